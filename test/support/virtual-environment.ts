export {
  createVirtualEnvironment,
  type VirtualConnection,
  type VirtualEnvironment,
  type VirtualLatency,
  type VirtualRoute,
} from '../../src/adapters/mod.ts'
