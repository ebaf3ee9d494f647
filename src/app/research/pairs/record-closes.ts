import type { Recording } from '../../../adapters/mod.ts'
import { MarketCursor, median, RecordKind, type Strategy } from '../../../core/mod.ts'
import { type CloseWindow, emptyWindow, takeBar } from '../../../strategies/mod.ts'
import type { Config } from '../../config/schema.ts'
import { runBacktest } from '../../run/backtest.ts'
import type { CloseSeries } from './evaluate-pair.ts'

/** Closes as a session would have seen them, and when the last of them could be known. */
export interface RecordedCloses {
  readonly series: readonly CloseSeries[]
  /** Span of the bars, open of the first to close of the last, us. */
  readonly from: number
  readonly to: number
  readonly knownTime: number
}

interface Recorded {
  readonly window: CloseWindow
  readonly knownTimes: number[]
  /** Relative spread at each close. */
  readonly spreads: number[]
}

/**
 * The closes of every instrument that were known in the `lookbackUs` up to `until`, made by the
 * same signals that a session trades on.
 */
export function recordCloses(
  config: Config,
  recording: Recording,
  span: { readonly lookbackUs: number; readonly until: number },
): RecordedCloses {
  const { companions: _, ...alone } = config
  let recorded: readonly Recorded[] = []
  const recorder: Strategy<unknown> = {
    id: 'closes',
    init: (instruments) => {
      recorded = instruments.map(() => ({ window: emptyWindow(), knownTimes: [], spreads: [] }))
      return {}
    },
    on(trigger, view) {
      if (trigger.kind !== 'barClosed' || view.now > span.until) return
      const bar = view.bar(trigger.instrument)
      if (bar === null) return
      const { window, knownTimes, spreads } = recorded[trigger.instrument]!
      takeBar(window, bar, { size: Infinity, maxGap: Infinity })
      const bid = view.bestBid(trigger.instrument) ?? 0
      const ask = view.bestAsk(trigger.instrument) ?? 0
      while (knownTimes.length < window.closes.length) {
        knownTimes.push(view.now)
        spreads.push(bid > 0 ? (ask - bid) / bid : Number.NaN)
      }
    },
  }
  const { instruments } = runBacktest({
    config: alone,
    configurationHash: '',
    codeHash: '',
    recording,
    strategy: recorder,
  })
  const intervalUs = config.signal.interval
  const last = Math.max(0, ...recorded.flatMap(({ knownTimes }) => knownTimes.slice(-1)))
  const from = Math.min(span.until, last) - span.lookbackUs
  const turnovers = medianTurnovers(recording, { from, until: span.until })
  const taken = recorded.map(({ window, knownTimes, spreads }, id) => {
    const start = knownTimes.findIndex((time) => time > from)
    const cut = start < 0 ? knownTimes.length : start
    const paid = spreads.slice(cut).filter((value) => value > 0)
    const spread = paid.length === 0 ? null : median(paid)
    return {
      symbol: instruments[id]!.symbol,
      openTimes: window.openTimes.slice(cut),
      closes: window.closes.slice(cut),
      liquidity: turnovers[id] ?? (spread === null ? null : 1 / spread),
      knownTime: knownTimes.at(-1) ?? 0,
    }
  })
  const times = taken.flatMap(({ openTimes }) =>
    [openTimes[0] ?? [], openTimes.at(-1) ?? []].flat(),
  )
  return {
    series: taken,
    from: Math.min(...times),
    to: Math.max(...times) + intervalUs,
    knownTime: Math.max(...taken.map(({ knownTime }) => knownTime)),
  }
}

/** Median value traded per bar by instrument, null where volumes are unknown. */
function medianTurnovers(
  { batch, instruments }: Recording,
  span: { readonly from: number; readonly until: number },
): (number | null)[] {
  const values: number[][] = instruments.map(() => [])
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind !== RecordKind.bar) continue
    const { receivedTime, instrument: id, pool, aux } = cursor
    if (receivedTime <= span.from || receivedTime > span.until) continue
    const { priceDecimals, quantityDecimals } = instruments[id]!
    values[id]!.push((pool[aux + 3]! * pool[aux + 4]!) / 10 ** (priceDecimals + quantityDecimals))
  }
  return values.map((each) => (each.some((value) => value > 0) ? median(each) : null))
}
