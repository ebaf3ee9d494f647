import {
  type InstrumentId,
  newYorkDay,
  notionalFloat,
  type SeedBar,
  type Session,
  type StrategyView,
} from '../../core/mod.ts'
import { type BalancedBook, balanceBook, type Stake } from './beta-neutral.ts'
import { putClose, type SessionCloses } from './close-history.ts'
import { isLastClose } from './decision-time.ts'
import type { EquitiesParameters } from './parameters.ts'
import { closesKept, type ResidualParameters } from './residual-parameters.ts'
import { isReviewDue, type NullTables, type Review, reviewResiduals } from './residual-review.ts'
import { type ResidualScore, scoreResiduals } from './residual-scores.ts'
import { type ResidualReading, scoreOf } from './residual-view.ts'

/** What the scores are made of: plain data. */
export interface ResidualState {
  /** Oldest first. */
  readonly rows: SessionCloses[]
  review: Review | null
}

/** Notes the bar of a name that closed last. */
export function noteClose(
  p: ResidualParameters,
  { rows }: ResidualState,
  view: StrategyView,
  id: InstrumentId,
): void {
  const bar = view.bar(id)
  if (bar === null) return
  const close = { day: newYorkDay(bar.openTime), id, halfQuanta: bar.close }
  putClose(rows, close, { names: view.instruments.length, keep: closesKept(p) })
}

/** Notes finished bars of history, up to the last that the signal took. */
export function noteHistory(
  p: ResidualParameters,
  { rows }: ResidualState,
  view: StrategyView,
  seeded: { readonly instrument: InstrumentId; readonly bars: readonly SeedBar[] },
): void {
  const size = { names: view.instruments.length, keep: closesKept(p) }
  const last = view.bar(seeded.instrument)?.openTime ?? -1
  for (const { openTime, close } of seeded.bars) {
    if (openTime > last || !(close > 0)) continue
    const day = newYorkDay(openTime)
    putClose(rows, { day, id: seeded.instrument, halfQuanta: 2 * close }, size)
  }
}

/** Scores of all names now, with the tests renewed where they are due. */
export function readResiduals(
  p: EquitiesParameters & { readonly residual: ResidualParameters },
  view: StrategyView,
  state: ResidualState,
  at: { readonly session: Session | null; readonly tables: NullTables },
): ResidualReading {
  const { session, tables } = at
  const { residual } = p
  const symbols = view.instruments.map(({ symbol }) => symbol)
  const { tests } = residual
  if (tests !== null && isReviewDue(tests, state.review, state.rows)) {
    const enough = state.rows.length > tests.window
    if (enough) state.review = reviewResiduals({ ...residual, tests }, symbols, state.rows, tables)
  }
  const isProvisional = session !== null && p.decision === 'preclose'
  const rows = isProvisional ? [...state.rows, provisionalRow(view, session)] : state.rows
  return {
    p: residual,
    scores: scoreResiduals(residual, symbols, rows),
    review: state.review,
    rows,
    isKnown: (id) => session === null || isLastClose(view, session, id),
  }
}

/** Today's closes as if the session closed at the present mids. */
function provisionalRow(view: StrategyView, session: Session): SessionCloses {
  const closes = view.instruments.map(({ id }) => {
    const [bid, ask] = [view.bestBid(id), view.bestAsk(id)]
    return view.isBookFresh(id) && bid !== null && ask !== null ? bid + ask : 0
  })
  return { day: session.day, closes }
}

/** An entry that is weighed against the book. */
export interface Weighed {
  readonly id: InstrumentId
  /** Lots, bought above 0. */
  readonly lots: number
}

/**
 * What of the wishes the book can carry with no beta, in groups by what beta is against. `leaving`
 * names are as good as gone; an entry at work counts when it has filled.
 */
export function balanceResiduals(
  residual: ResidualReading,
  view: StrategyView,
  wishes: readonly Weighed[],
  leaving: ReadonlySet<InstrumentId>,
): { readonly shares: ReadonlyMap<InstrumentId, number>; readonly books: readonly BalancedBook[] } {
  const { neutral } = residual.p
  const shares = new Map<InstrumentId, number>()
  const books: BalancedBook[] = []
  if (neutral === null) return { shares, books }
  const held = view.instruments.flatMap(({ id }) =>
    view.position(id) === 0 || view.isWorking(id) === 'exit' || leaving.has(id)
      ? []
      : [stakeOf(residual, view, { id, lots: view.position(id) })],
  )
  const asked = wishes.map((wish) => stakeOf(residual, view, wish))
  for (const group of new Set([...held, ...asked].map((stake) => stake.group))) {
    const own = asked.filter((stake) => stake.group === group)
    const ours = held.filter((stake) => stake.group === group)
    const book = balanceBook(ours, own, neutral.tolerance)
    own.forEach(({ id }, i) => {
      shares.set(id, book.shares[i]!)
    })
    books.push(book)
  }
  return { shares, books }
}

/** A name without a score moves with the market as it is: its beta is taken to be 1. */
function stakeOf(
  residual: ResidualReading,
  view: StrategyView,
  { id, lots }: Weighed,
): Stake & { readonly group: string } {
  const { p } = residual
  const instrument = view.instrument(id)
  const score = scoreOf(residual, id)
  const value = notionalFloat(instrument, (view.bar(id)?.close ?? 0) / 2, lots)
  const isBySector = p.neutral?.by === 'sector' && p.factors.kind === 'sector'
  const sector = p.factors.kind === 'sector' ? p.factors.sectors[instrument.symbol] : undefined
  return {
    id,
    exposure: value * betaOf(score, isBySector),
    strength: Math.abs(score?.s ?? 0),
    group: isBySector ? (sector ?? '') : '',
  }
}

const betaOf = (score: ResidualScore | null, isBySector: boolean): number =>
  score === null ? 1 : isBySector ? (score.factorBeta ?? 1) : score.marketBeta
