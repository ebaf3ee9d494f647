import type { EntryEstimate, Instrument, StrategyView } from '../../core/mod.ts'
import { routeEntry, routeExit } from '../routing.ts'
import type { ReversionParameters } from './parameters.ts'

/** All costs of an entry together, basis points. */
export const costBp = ({ feeBp, spreadBp, fundingBp }: EntryEstimate): number =>
  feeBp + spreadBp + fundingBp

const HOUR_US = 3_600_000_000

/**
 * Expected reversion = distance from the present close to the exit threshold on the other side of
 * it, direction x (zExit - z) x sd, as if the whole way were earned: an upper bound. Costs = entry
 * and exit fees by the route of each, half the spread per aggressive side, and funding against
 * the position over the horizon (funding in its favour counts as zero).
 */
export function estimateEdge(
  view: StrategyView,
  instrument: Instrument,
  parameters: ReversionParameters,
  side: { readonly direction: 1 | -1; readonly z: number; readonly exit: number },
): EntryEstimate | null {
  const { id, fees } = instrument
  const close = view.bar(id)?.close ?? 0
  const deviation = view.rollingDeviation(id)
  const bid = view.bestBid(id)
  const ask = view.bestAsk(id)
  if (close <= 0 || deviation === null || bid === null || ask === null) return null
  const distance = Math.max(0, side.direction * (side.exit - side.z)) * deviation
  const isEntryTaker = routeEntry(parameters, instrument, side.z).urgency === 'aggressive'
  const isExitTaker = routeExit(parameters, instrument).urgency === 'aggressive'
  const feeE9 =
    (isEntryTaker ? fees.takerE9 : fees.makerE9) + (isExitTaker ? fees.takerE9 : fees.makerE9)
  const halfSpread = (ask - bid) / (ask + bid)
  const crossings = (isEntryTaker ? 1 : 0) + (isExitTaker ? 1 : 0)
  const rate = (view.fundingRateE9(id) ?? 0) * side.direction
  const hours = Math.ceil((parameters.costGate?.holdUs ?? 0) / HOUR_US)
  return {
    entry: isEntryTaker ? 'taker' : 'maker',
    exit: isExitTaker ? 'taker' : 'maker',
    edgeBp: (distance / close) * 1e4,
    feeBp: feeE9 / 1e5,
    spreadBp: crossings * halfSpread * 1e4,
    fundingBp: (Math.max(0, rate) * hours) / 1e5,
  }
}
