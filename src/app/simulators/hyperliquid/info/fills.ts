import { divideHalfEven, parseDecimal } from '../../../../core/mod.ts'
import type { JsonObject } from '../../json.ts'
import type { WireFill } from '../state/account.ts'
import { asAddress } from '../wire/addresses.ts'
import { wireDecimal } from '../wire/numbers.ts'
import { type InfoHandler, json, wrongShape } from './handler.ts'
import { inTimeRange, readTimeRange } from './time-range.ts'

/** Fills in one reply. */
export const FILLS_PER_REPLY = 2_000
const DECIMALS = 8

/**
 * Joins neighbouring fills of one order at one time when asked to: sizes, fees and profits add up,
 * the price is their mean weighted by size.
 */
export function joinFills(fills: readonly WireFill[], request: JsonObject): readonly WireFill[] {
  if (request['aggregateByTime'] !== true) return fills
  const joined: WireFill[] = []
  for (const fill of fills) {
    const last = joined[joined.length - 1]
    if (last?.oid === fill.oid && last.time === fill.time && last.crossed && fill.crossed) {
      joined[joined.length - 1] = join(last, fill)
    } else joined.push(fill)
  }
  return joined
}

function join(first: WireFill, second: WireFill): WireFill {
  const read = (text: string): bigint => parseDecimal(text, DECIMALS)!
  const sum = (field: 'sz' | 'fee' | 'closedPnl'): string =>
    wireDecimal(read(first[field]) + read(second[field]), DECIMALS)
  const [a, b] = [read(first.sz), read(second.sz)]
  const price = divideHalfEven(read(first.px) * a + read(second.px) * b, a + b)
  return {
    ...first,
    px: wireDecimal(price, DECIMALS),
    sz: sum('sz'),
    fee: sum('fee'),
    closedPnl: sum('closedPnl'),
  }
}

const userFills: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  if (user === null) return wrongShape
  const fills = joinFills(state.accounts.get(user)?.fills ?? [], request)
  return json(fills.slice(-FILLS_PER_REPLY).reverse())
}

const userFillsByTime: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const range = readTimeRange(request)
  if (user === null || range === null) return wrongShape
  const fills = joinFills(state.accounts.get(user)?.fills ?? [], request)
  const ordered = request['reversed'] === true ? [...fills].reverse() : fills
  return json(inTimeRange(ordered, range, FILLS_PER_REPLY))
}

/** userFills (newest first), userFillsByTime (oldest first unless reversed). */
export const fillHandlers: Readonly<Record<string, InfoHandler>> = { userFills, userFillsByTime }
