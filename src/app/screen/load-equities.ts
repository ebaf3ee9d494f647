import { loadBarRecording, type Recording } from '../../adapters/mod.ts'
import {
  type DayNumber,
  MarketCursor,
  newYorkDay,
  priceToNumber,
  quantityToNumber,
  RecordKind,
} from '../../core/mod.ts'
import type { EquityCandidate } from './equities-score.ts'

/** Daily bars by symbol, up to a day. */
export interface DailyBars {
  /** Session of the screen: the last one of the file up to the day asked for. */
  readonly day: DayNumber
  readonly bySymbol: ReadonlyMap<string, Omit<EquityCandidate, 'symbol' | 'sector'>>
  /** Whether scores are of adjusted closes. */
  readonly isAdjusted: boolean
}

/**
 * Reads daily bars up to and including `until` (null is all): prices and shares as traded, closes
 * for scores adjusted where the file has them. Null when the file has no bar by then. Throws
 * InputError.
 */
export async function loadDailyBars(
  file: string,
  until: DayNumber | null,
): Promise<DailyBars | null> {
  const raw = await loadBarRecording({ file, prices: 'raw' })
  const traded = columnsOf(raw, until)
  const hasAdjusted = raw.info.adjustment !== undefined
  const scored = hasAdjusted
    ? columnsOf(await loadBarRecording({ file, prices: 'adjusted' }), until)
    : traded
  let day = Number.NEGATIVE_INFINITY
  for (const { lastDay } of traded.values()) day = Math.max(day, lastDay)
  if (!Number.isFinite(day)) return null
  const bySymbol = new Map(
    [...traded].map(([symbol, own]) => [
      symbol,
      {
        closes: scored.get(symbol)?.closes ?? [],
        price: own.closes.at(-1)! / own.scale,
        volumes: own.volumes,
        isCurrent: own.lastDay === day,
      },
    ]),
  )
  return { day, bySymbol, isAdjusted: hasAdjusted }
}

interface Columns {
  /** Quanta, whole numbers: what rolling sums are exact of. */
  readonly closes: number[]
  readonly volumes: number[]
  /** Quanta of one currency unit. */
  readonly scale: number
  lastDay: DayNumber
}

function columnsOf(
  { batch, instruments }: Recording,
  until: DayNumber | null,
): ReadonlyMap<string, Columns> {
  const all = instruments.map(
    (instrument): Columns => ({
      ...{ closes: [], volumes: [], lastDay: Number.NEGATIVE_INFINITY },
      scale: 1 / priceToNumber(instrument, 1),
    }),
  )
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind !== RecordKind.bar) continue
    const day = newYorkDay(cursor.pool[cursor.aux + 5]!)
    if (until !== null && day > until) continue
    const own = all[cursor.instrument]!
    own.closes.push(cursor.pool[cursor.aux + 3]!)
    own.volumes.push(
      quantityToNumber(instruments[cursor.instrument]!, cursor.pool[cursor.aux + 4]!),
    )
    own.lastDay = day
  }
  return new Map(
    instruments.flatMap(({ symbol }, id) =>
      all[id]!.closes.length === 0 ? [] : [[symbol, all[id]!]],
    ),
  )
}
