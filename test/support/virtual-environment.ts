export {
  createVirtualEnvironment,
  type FrameFault,
  type HttpFault,
  type VirtualConnection,
  type VirtualEnvironment,
  type VirtualFaults,
  type VirtualLatency,
  type VirtualRoute,
} from '../../src/adapters/mod.ts'
