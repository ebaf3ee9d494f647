import { sign } from '../domain/units.ts'
import type { RunRecord } from './run-record.ts'

const HOUR_US = 3_600_000_000

/**
 * Perpetuals of which the data hold no funding rate, with the full hours (UTC) at which a position
 * was held all the same; those without any are left out.
 */
export function unfundedHours({
  data,
  fills,
  instruments,
}: RunRecord): readonly { readonly symbol: string; readonly hours: number }[] {
  return instruments.flatMap(({ id, kind, symbol }) => {
    const feed = data.feeds.find(({ instrument }) => instrument === id)
    if (kind !== 'perpetual' || feed === undefined || feed.hasFunding) return []
    const own = fills.filter(({ instrument }) => instrument === id)
    let lots = 0
    let hours = 0
    own.forEach(({ side, quantity, time }, i) => {
      lots += sign(side) * quantity
      // As the venue counts: a fill of the full hour itself is held at it.
      const until = own[i + 1]?.time ?? data.lastTime + 1
      if (lots !== 0) hours += Math.ceil(until / HOUR_US) - Math.ceil(time / HOUR_US)
    })
    return hours > 0 ? [{ symbol, hours }] : []
  })
}
