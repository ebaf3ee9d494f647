export * from './reversion/parameters.ts'
export * from './reversion/reversion.ts'
