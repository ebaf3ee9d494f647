import {
  type BarView,
  type InstrumentId,
  RollingZ,
  type Session,
  type StrategyView,
} from '../../core/mod.ts'
import type { EquitiesParameters } from './parameters.ts'

/** A bar of today that has not closed, scored as if it closed now. */
interface Provisional {
  readonly bar: BarView
  readonly z: number | null
  readonly mean: number | null
  readonly deviation: number | null
}

/**
 * The view with today's bar closed at the present mid: its z, mean and deviation are those of the
 * last closes with it. A name without a fresh quote has no z. The trend average stays that of the
 * last close.
 */
export function provisionalView(
  view: StrategyView,
  session: Session,
  history: { readonly closes: readonly number[][]; readonly window: EquitiesParameters['window'] },
): StrategyView {
  const made = new Map<InstrumentId, Provisional | null>()
  const of = (id: InstrumentId): Provisional | null => {
    if (!made.has(id)) made.set(id, provisionalOf(view, session, id, history))
    return made.get(id) ?? null
  }
  return Object.create(view, {
    bar: { value: (id: InstrumentId) => of(id)?.bar ?? view.bar(id) },
    zScore: { value: (id: InstrumentId) => of(id)?.z ?? null },
    rollingMean: { value: (id: InstrumentId) => of(id)?.mean ?? null },
    rollingDeviation: { value: (id: InstrumentId) => of(id)?.deviation ?? null },
  }) as StrategyView
}

function provisionalOf(
  view: StrategyView,
  session: Session,
  id: InstrumentId,
  { closes, window }: Parameters<typeof provisionalView>[2],
): Provisional | null {
  const last = view.bar(id)
  const bid = view.bestBid(id)
  const ask = view.bestAsk(id)
  if (last === null || bid === null || ask === null || !view.isBookFresh(id)) return null
  const close = bid + ask
  const score = new RollingZ(window.size, window.current)
  for (const each of closes[id] ?? []) score.push(each)
  score.push(close)
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value)
  return {
    bar: {
      count: last.count + 1,
      openTime: session.openTime,
      closeTime: session.closeTime,
      knownTime: view.now,
      close,
      gapBars: 0,
    },
    z: known(score.value),
    mean: known(score.mean()),
    deviation: known(score.deviation()),
  }
}
