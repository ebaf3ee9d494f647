export {
  createVirtualEnvironment,
  type VirtualEnvironment,
  type VirtualRoute,
} from '../../src/adapters/mod.ts'
