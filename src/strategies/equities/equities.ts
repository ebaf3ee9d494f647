import type {
  GateReading,
  Instrument,
  InstrumentId,
  Session,
  StrategyOutput,
  StrategyView,
} from '../../core/mod.ts'
import { quantity } from '../../core/mod.ts'
import type { ReversionParameters } from '../reversion/parameters.ts'
import { createReversion, type ReversionState } from '../reversion/reversion.ts'
import { routeExit } from '../routing.ts'
import type { SeededStrategy } from '../seeded-strategy.ts'
import { reading } from '../stops.ts'
import { type Captured, captureEntry, watchExits } from './capture.ts'
import { isLastClose, momentOf, sessionView } from './decision-time.ts'
import type { EquitiesParameters } from './parameters.ts'
import { provisionalView } from './provisional.ts'
import {
  balanceResiduals,
  noteClose,
  noteHistory,
  type ResidualState,
  readResiduals,
} from './residual-decision.ts'
import type { NullTables } from './residual-review.ts'
import {
  failing,
  lostProcess,
  type ResidualReading,
  residualGates,
  residualView,
  scoreOf,
  scoreReadings,
} from './residual-view.ts'
import { type Admission, admit, takenSlots } from './sector-caps.ts'

/** State of reversion, with what the sessions add; slots are not part of it: see `takenSlots`. */
export interface EquitiesState extends ReversionState {
  /** By instrument: day of the session last decided, or count of the bar; -1 before the first. */
  readonly decided: number[]
  /** The closes that a provisional one joins, half quanta, oldest first. */
  readonly closes: number[][]
  /** Where the signal is a residual. */
  readonly residual?: ResidualState
}

/**
 * z-score reversion on daily bars of US equities: what `createReversion` decides bar by bar is
 * decided once a session for all names together, exits first, and entries share the slots of their
 * sectors. Stops are looked at with every heartbeat while the market is open. Shorts are whole
 * shares of names that may be sold short. With `parameters.residual` the score is that of residual
 * returns, and the book may be held without beta.
 */
export function createEquities(
  reversion: ReversionParameters,
  parameters: EquitiesParameters,
): SeededStrategy {
  const inner = createReversion(reversion)
  const tables: NullTables = new Map()
  const { residual } = parameters
  return {
    id: inner.id,
    init: (instruments): EquitiesState => ({
      ...(inner.init(instruments) as ReversionState),
      decided: instruments.map(() => -1),
      closes: instruments.map(() => []),
      ...(residual === null ? {} : { residual: { rows: [], review: null } }),
    }),
    on(trigger, view, state, output) {
      const own = state as EquitiesState
      const call: Call = { p: parameters, reversion, inner, tables, view, state: own, output }
      if (trigger.kind === 'heartbeat') onHeartbeat(call)
      else if (trigger.kind === 'barClosed') keepClose(call, trigger.instrument)
    },
    set: (change, state) => inner.set?.(change, state),
    seed(seeded, view, state) {
      inner.seed(seeded, view, state)
      const kept = (state as EquitiesState).residual
      if (residual !== null && kept !== undefined) noteHistory(residual, kept, view, seeded)
      const last = view.bar(seeded.instrument)
      const closes = seeded.bars.filter(({ openTime }) => openTime <= (last?.openTime ?? -1))
      const own = (state as EquitiesState).closes
      own[seeded.instrument] = closes.map(({ close }) => 2 * close)
      trim(own[seeded.instrument]!, view.warmth(seeded.instrument).have)
    },
  }
}

interface Call {
  readonly p: EquitiesParameters
  readonly reversion: ReversionParameters
  readonly inner: SeededStrategy
  readonly tables: NullTables
  readonly view: StrategyView
  readonly state: EquitiesState
  readonly output: StrategyOutput
}

/** The signal has as many values as are usable: a gap that restarted it restarts these. */
function keepClose({ p, view, state }: Call, id: InstrumentId): void {
  const bar = view.bar(id)
  if (p.residual !== null && state.residual !== undefined) {
    noteClose(p.residual, state.residual, view, id)
  }
  if (p.decision !== 'preclose' || bar === null) return
  const closes = state.closes[id]!
  closes.push(bar.close)
  trim(closes, view.warmth(id).have)
}

function trim(closes: number[], length: number): void {
  closes.splice(0, Math.max(0, closes.length - length))
}

function onHeartbeat(call: Call): void {
  const { p, view, state } = call
  const moment = momentOf(p, view, state.decided)
  switch (moment.kind) {
    case 'closed':
      return
    case 'flattening':
      giveUpEntries(call, 'flatten at close')
      return leaveAll(call)
    case 'watching':
      return watchStops(call, moment.session)
    case 'deciding':
      if (moment.due.length > 0) decide(call, moment.session, moment.due)
  }
}

function giveUpEntries({ view, output }: Call, reason: string): void {
  for (const { id } of view.instruments) {
    if (view.isWorking(id) !== 'entry') continue
    output.evaluated(id, `entry given up: ${reason}`, [])
    output.intent({ kind: 'abandonEntry', instrument: id, reason })
  }
}

/** Asked again until it is done: an exit that rests becomes one that takes. */
function leaveAll({ view, output }: Call): void {
  for (const { id } of view.instruments) {
    if (view.position(id) === 0) continue
    output.evaluated(id, 'exit: flatten at close', [])
    const reason = 'flatten at close'
    output.intent({ kind: 'exit', instrument: id, urgency: 'aggressive', reason })
  }
}

function watchStops({ inner, view, state, output }: Call, session: Session): void {
  inner.on({ kind: 'heartbeat' }, sessionView(view, session), state, output)
}

/** One decision on all names that are due: exits, then the entries that find a slot. */
function decide(call: Call, session: Session | null, due: readonly InstrumentId[]): void {
  const { inner, view, state, output } = call
  const residual = residualsOf(call, session)
  const judged = viewOf(call, session)
  const seen = residual === null ? judged : residualView(judged, residual)
  const leaving = new Set<InstrumentId>()
  const watched = watchExits(residual === null ? output : withScores(output, residual), leaving)
  for (const id of due) {
    state.decided[id] = session?.day ?? view.bar(id)!.count
    if (view.position(id) === 0) continue
    const lost = residual === null ? null : lostProcess(residual, id)
    if (lost !== null) leave(call, id, lost, watched)
    else inner.on({ kind: 'barClosed', instrument: id }, seen, state, watched)
  }
  const wishes: Wish[] = []
  for (const id of due) {
    if (view.position(id) !== 0) continue
    const said = captureEntry(id, output, (own) =>
      inner.on({ kind: 'barClosed', instrument: id }, seen, state, own),
    )
    if (said === null) continue
    const instrument = view.instrument(id)
    const wish = wishOf(call, { session, said, instrument, seen, residual })
    if (wish === null) tell(output, id, said)
    else wishes.push(wish)
  }
  const admitted = call.p.sectors === null ? wishes : place(call, wishes, leaving)
  const carried = residual === null ? admitted : balance(call, residual, admitted, leaving)
  for (const wish of carried) enter(output, wish)
}

function residualsOf({ p, view, state, tables }: Call, session: Session | null) {
  const { residual } = p
  if (residual === null || state.residual === undefined) return null
  return readResiduals({ ...p, residual }, view, state.residual, { session, tables })
}

/** Whatever is said of a name is said with what its score is made of. */
function withScores(output: StrategyOutput, residual: ResidualReading): StrategyOutput {
  return {
    keeps: (id, outcome) => output.keeps(id, outcome),
    intent: (intent) => output.intent(intent),
    evaluated(id, outcome, gates, estimate) {
      const score = scoreOf(residual, id)
      const further = score === null ? [] : scoreReadings(score)
      output.evaluated(id, outcome, [...gates, ...further], estimate)
    },
  }
}

/** Leaves a position for a reason that the score does not hold. */
function leave(call: Call, id: InstrumentId, reason: string, output: StrategyOutput): void {
  if (call.view.isWorking(id) === 'exit') return
  output.evaluated(id, `exit: ${reason}`, [])
  const route = routeExit(call.reversion, call.view.instrument(id))
  output.intent({ kind: 'exit', instrument: id, ...route, reason })
}

/** The part of the wishes that leaves the book without beta; names that are too heavy leave. */
function balance(
  call: Call,
  residual: ResidualReading,
  wishes: readonly Wish[],
  leaving: ReadonlySet<InstrumentId>,
): readonly Wish[] {
  const { view, output } = call
  const tolerance = residual.p.neutral?.tolerance ?? 0
  const weighed = wishes.map(({ id, lots, said }) => ({
    id,
    lots: said.enter?.side === 'sell' ? -lots : lots,
  }))
  const { shares, books } = balanceResiduals(residual, view, weighed, leaving)
  for (const { exits, imbalance } of books) {
    for (const id of exits) {
      const gates = [reading('net beta share', imbalance, '<=', tolerance)]
      output.evaluated(id, 'exit: net beta', gates)
      const route = routeExit(call.reversion, view.instrument(id))
      output.intent({ kind: 'exit', instrument: id, ...route, reason: 'net beta' })
    }
  }
  return wishes.flatMap((wish) => {
    const share = shares.get(wish.id) ?? 1
    const { said, id } = wish
    const instrument = view.instrument(id)
    const wanted = Math.floor(wish.lots * share)
    const lots = said.enter?.side === 'sell' ? wholeShares(instrument, wanted) : wanted
    said.gates = [...said.gates, reading('share the book carries', share, '>', 0)]
    if (lots >= instrument.minimumQuantity) return [{ ...wish, lots }]
    tell(output, id, { ...said, outcome: 'net beta' })
    return []
  })
}

/** What the names are judged by: the last close, or today's provisional one. */
function viewOf({ p, view, state }: Call, session: Session | null): StrategyView {
  if (session === null) return view
  const own = sessionView(view, session)
  if (p.decision === 'open') return own
  return provisionalView(own, session, { closes: state.closes, window: p.window })
}

/** An entry that wants a slot. */
interface Wish {
  readonly symbol: string
  readonly z: number
  readonly id: InstrumentId
  readonly said: Captured
  readonly lots: number
}

/** The entry that a name wants and may have; null where there is none, said why in `said`. */
function wishOf(
  { p, view }: Call,
  asked: {
    readonly session: Session | null
    readonly said: Captured
    readonly instrument: Instrument
    readonly seen: StrategyView
    readonly residual: ResidualReading | null
  },
): Wish | null {
  const { session, said, instrument, seen, residual } = asked
  const { id, symbol } = instrument
  if (session !== null && !isLastClose(view, session, id)) said.outcome = 'last close missing'
  if (session !== null && p.decision === 'preclose') {
    const close = (seen.bar(id)?.close ?? 0) / 2 / 10 ** instrument.priceDecimals
    const provisional = { gate: 'provisional close', operator: '=', threshold: close } as const
    said.gates = [...said.gates, { ...provisional, value: close, passed: true }]
  }
  const gates = residual === null ? [] : explain(residual, id, said)
  if (said.enter === null) return null
  const failed = failing(gates)
  if (failed !== null) return refuse(said, failed.gate, [])
  const isShort = said.enter.side === 'sell'
  const isListed = p.shortable === null || p.shortable.has(symbol)
  const unborrowed = isListed ? (view.shortRefusal?.(id) ?? null) : 'not shortable'
  if (isShort && unborrowed !== null) return refuse(said, unborrowed, [])
  const lots = isShort ? wholeShares(instrument, said.enter.quantity) : said.enter.quantity
  if (lots < instrument.minimumQuantity) {
    return refuse(said, 'whole shares', [reading('shares short', lots, '>=', 1)])
  }
  return { symbol, z: seen.zScore(id) ?? 0, id, said, lots }
}

/** Adds what the score is made of; returns what it must show beside it, added too. */
function explain(
  residual: ResidualReading,
  id: InstrumentId,
  said: Captured,
): readonly GateReading[] {
  const score = scoreOf(residual, id)
  if (score === null) {
    const why = residual.scores.byName[id]
    if (typeof why === 'string' && said.outcome === 'z') {
      said.outcome = `no score: ${why}`
      // That it is not known is what the outcome says better.
      said.gates = said.gates.filter(({ gate }) => !gate.startsWith('z'))
    }
    return []
  }
  const gates = residualGates(residual, id, score)
  said.gates = [...said.gates, ...gates, ...scoreReadings(score)]
  return gates
}

function refuse(said: Captured, outcome: string, gates: readonly GateReading[]): null {
  said.outcome = outcome
  said.gates = [...said.gates, ...gates]
  said.enter = null
  return null
}

/** Shorts are whole shares: a fraction can be sold only by who holds it. */
function wholeShares({ quantityDecimals }: Instrument, lots: number): number {
  const share = 10 ** quantityDecimals
  return Math.floor(lots / share) * share
}

/** Wishes that get a slot of their sector; the others are told so. */
function place(
  { p, view, output }: Call,
  wishes: readonly Wish[],
  leaving: ReadonlySet<InstrumentId>,
): readonly Wish[] {
  const rules = p.sectors!
  return admit(rules, takenSlots(rules, view, leaving), wishes).flatMap((admission) => {
    const { candidate, sector } = admission
    const { said, id } = candidate
    said.gates = [...said.gates, slotReading(admission)]
    if (admission.isAdmitted) return [candidate]
    tell(output, id, { ...said, outcome: `sector cap: ${sector}` })
    return []
  })
}

const slotReading = ({ sector, taken, cap }: Admission<Wish>): GateReading =>
  reading(`sector ${sector}`, taken, '<', cap)

function enter(output: StrategyOutput, { id, said, lots }: Wish): void {
  tell(output, id, said)
  if (said.enter !== null) output.intent({ ...said.enter, quantity: quantity(lots) })
}

function tell(output: StrategyOutput, id: InstrumentId, said: Captured): void {
  output.evaluated(id, said.outcome, said.gates, said.estimate)
}
