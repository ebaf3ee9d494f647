export * from './errors.ts'
export * from './venues/port.ts'
