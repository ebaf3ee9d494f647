import { createRandom } from '../../core/mod.ts'
import type { FaultRates } from './faults.ts'

/** A subset of the faults, each at a rate of its own, by the seed. */
export function drawRates(seed: number): FaultRates {
  const random = createRandom(seed ^ 0xfa17)
  const highest: Required<FaultRates> = {
    commandRefused: 0.1,
    commandRateLimited: 0.1,
    commandLost: 0.1,
    replyLost: 0.2,
    replyFailed: 0.2,
    replyLate: 0.2,
    queryFailed: 0.2,
    queryLost: 0.1,
    privateLost: 0.1,
    privateRepeated: 0.2,
    privateLate: 0.2,
    marketLost: 0.05,
    marketRepeated: 0.05,
    marketLate: 0.05,
    marketStalled: 0.0005,
    disconnected: 0.0005,
    snapshotMissing: 0.2,
  }
  const chosen = Object.entries(highest).map(([name, most]) => [
    name,
    random.next() < 0.5 ? Math.round(random.next() * most * 1e6) / 1e6 : 0,
  ])
  return Object.fromEntries(chosen) as FaultRates
}
