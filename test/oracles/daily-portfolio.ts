import {
  nextOpens,
  type PriceColumns,
  restartRows,
  type TradeList,
  zColumnWithRestarts,
} from '../../src/core/mod.ts'
import { admit, type SectorCaps, sectorOf } from '../../src/strategies/mod.ts'
import { sharedData } from '../data/shared-data.ts'
import { numbers, readColumns } from './columns.ts'

/** One name of the universe on the common sessions. */
export interface DailyName {
  readonly symbol: string
  readonly sector: string
  /** z of the last 60 adjusted closes, NaN where there is none. */
  readonly z: Float64Array
  readonly prices: PriceColumns
}

/** The 138 names with adjusted prices (open x adjusted close / close), by symbol. */
export async function readDailyNames(): Promise<{
  readonly times: Float64Array
  readonly names: readonly DailyName[]
}> {
  const file = sharedData('equities_daily/us_daily_shared_2010_2018.parquet')
  const universe = sharedData('equities_daily/universe_138.csv')
  const columns = await readColumns(
    `select symbol, sector, epoch_us(date) as time, adjusted_close as close,
       open * adjusted_close / close as open
     from '${file}' join read_csv('${universe}') using (symbol)
     where date between '2010-01-04' and '2018-12-31' order by symbol, date`,
  )
  const symbols = columns['symbol'] as string[]
  const sessions = symbols.lastIndexOf(symbols[0]!) + 1
  const [times, opens, closes] = ['time', 'open', 'close'].map((key) => numbers(columns[key])) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const names = Array.from({ length: symbols.length / sessions }, (_, i) => {
    const of = (column: Float64Array) => column.subarray(i * sessions, (i + 1) * sessions)
    const fills = nextOpens(of(opens))
    return {
      symbol: symbols[i * sessions]!,
      sector: (columns['sector'] as string[])[i * sessions]!,
      z: zColumnWithRestarts(
        toTicks(of(closes)),
        restartRows(of(times), 1, Infinity),
        60,
        'include',
      ),
      prices: { buy: fills, sell: fills, marks: of(closes), delay: 1 as const },
    }
  })
  return { times: times.subarray(0, sessions), names }
}

function toTicks(prices: Float64Array): Float64Array {
  let decimals = 0
  for (const price of prices) decimals = Math.max(decimals, `${price}`.split('.')[1]?.length ?? 0)
  return prices.map((price) => Math.round(price * 10 ** decimals))
}

/** How a whole portfolio was decided. */
export interface Decided {
  /** By name, in the order of the names. */
  readonly trades: readonly TradeList[]
  /** Entries that found no slot. */
  readonly refusals: number
  /** Most names of one sector held at once. */
  readonly most: number
}

/**
 * Decides all names session by session: exits first, whose slots are free at once, then entries by
 * the rules of the caps. The thresholds are -1.25 / -0.5 and 1.25 / 0.5.
 */
export function decidePortfolio(names: readonly DailyName[], caps: SectorCaps): Decided {
  const rows: [entry: number, exit: number, direction: 1 | -1][][] = names.map(() => [])
  const held = names.map(() => 0)
  let refusals = 0
  let most = 0
  for (let t = 0; t < names[0]!.z.length; t++) {
    const taken = new Map<string, number>()
    const wishes: { readonly i: number; readonly symbol: string; readonly z: number }[] = []
    names.forEach(({ symbol, z: column }, i) => {
      const z = column[t]!
      const direction = held[i]!
      if (direction === 0) {
        if (Math.abs(z) > 1.25) wishes.push({ i, symbol, z })
      } else if (direction > 0 ? z > -0.5 : z < 0.5) {
        held[i] = 0
        rows[i]!.at(-1)![1] = t
      } else {
        const sector = sectorOf(caps, symbol)
        taken.set(sector, (taken.get(sector) ?? 0) + 1)
      }
    })
    for (const { candidate, isAdmitted, taken: before } of admit(caps, taken, wishes)) {
      if (!isAdmitted) {
        refusals++
        continue
      }
      const direction = candidate.z < 0 ? 1 : -1
      held[candidate.i] = direction
      rows[candidate.i]!.push([t, -1, direction])
      most = Math.max(most, before + 1)
    }
  }
  const trades = rows.map((own) => ({
    count: own.length,
    entryRows: Int32Array.from(own, ([entry]) => entry),
    exitRows: Int32Array.from(own, ([, exit]) => exit),
    directions: Int8Array.from(own, ([, , direction]) => direction),
  }))
  return { trades, refusals, most }
}

/** Caps by the sectors of the universe. */
export const capsOf = (names: readonly DailyName[], cap: number): SectorCaps => ({
  ...{ cap, caps: {}, freedBy: 'decision' },
  sectors: Object.fromEntries(names.map(({ symbol, sector }) => [symbol, sector])),
})
