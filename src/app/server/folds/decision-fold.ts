import type { EffectOf, EntryEstimate, GateReading, Instrument } from '../../../core/mod.ts'
import { estimateCostBp, estimateText, gateLabel, gateMargin, gateValueText } from '../gates.ts'
import { instant } from '../text.ts'
import type { DecisionView, EstimateView, GateView } from '../views.ts'
import { explain, firstFailing, type WhyContext } from '../why.ts'

const HISTORY_MAX = 120
const HOUR_US = 3_600_000_000

type Evaluated = EffectOf<'evaluated'>

/** From when on a gate was the first failing one; null when none was. */
interface Blocker {
  readonly since: number
  readonly gate: string | null
}

interface Instance {
  latest: Evaluated | null
  since: number
  readonly history: { readonly evaluated: Evaluated; readonly sentence: string }[]
  readonly blockers: Blocker[]
  refusal: { readonly text: string; readonly time: number } | null
}

/** Values that a gate reads off the market, as they are now. */
export interface LiveReadings {
  readonly z: number | null
  readonly imbalance: number | null
}

/** The last evaluation of every instrument, its changes, and which gate blocked for how long. */
export class DecisionFold {
  readonly #instruments: readonly Instrument[]
  readonly #instances: readonly Instance[]
  evaluations = 0
  signals = 0
  #revision = 1

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
    this.#instances = instruments.map(() => ({
      latest: null,
      since: 0,
      history: [],
      blockers: [],
      refusal: null,
    }))
  }

  get revision(): number {
    return this.#revision
  }

  onEvaluated(evaluated: Evaluated, context: WhyContext): void {
    const instance = this.#instances[evaluated.instrument]
    if (instance === undefined) return
    this.#revision++
    this.evaluations++
    if (evaluated.outcome.startsWith('enter')) this.signals++
    const isChange = instance.latest?.outcome !== evaluated.outcome
    instance.latest = evaluated
    const gate = firstFailing(evaluated.gates)?.gate ?? null
    if (instance.blockers.at(-1)?.gate !== gate || instance.blockers.length === 0) {
      instance.blockers.push({ since: evaluated.time, gate })
    }
    dropOld(instance.blockers, evaluated.time)
    if (!isChange) return
    instance.since = evaluated.time
    instance.refusal = null
    const sentence = explain(evaluated, { ...context, refusal: null, working: null })
    instance.history.unshift({ evaluated, sentence })
    if (instance.history.length > HISTORY_MAX) instance.history.pop()
  }

  /** An entry that was decided on was refused; `text` says by whom and why. */
  onRefused(instrument: number, text: string, time: number): void {
    const instance = this.#instances[instrument]
    if (instance === undefined) return
    this.#revision++
    instance.refusal = { text, time }
  }

  /** The refusal that followed the last evaluation; null when there was none. */
  refusal(instrument: number): string | null {
    const instance = this.#instances[instrument]
    if (!instance?.refusal) return null
    return instance.refusal.time >= (instance.latest?.time ?? 0) ? instance.refusal.text : null
  }

  view(
    id: number,
    context: WhyContext,
    live: LiveReadings,
    now: number,
  ): Omit<DecisionView, 'shadow'> {
    const instance = this.#instances[id]!
    const { latest, history } = instance
    const shares = blockedShares(instance.blockers, now)
    return {
      instrument: id,
      symbol: this.#instruments[id]!.symbol,
      strategy: latest?.strategy ?? null,
      time: latest === null ? null : instant(latest.time),
      barCloseTime: latest === null ? null : instant(latest.barCloseTime),
      close:
        latest === null ? null : latest.close / (2 * 10 ** this.#instruments[id]!.priceDecimals),
      z: latest?.z ?? null,
      imbalance: latest?.imbalance ?? null,
      outcome: latest?.outcome ?? null,
      since: latest === null ? null : instant(instance.since),
      sentence: explain(latest, context),
      observedSeconds: observed(instance.blockers, now) / 1e6,
      firstFailing: latest === null ? null : (firstFailing(latest.gates)?.gate ?? null),
      estimate: estimateView(latest?.estimate ?? null),
      gates: (latest?.gates ?? []).map((gate) => gateView(gate, shares, live)),
      history: history.slice(0, 30).map(({ evaluated, sentence }) => ({
        time: instant(evaluated.time),
        outcome: evaluated.outcome,
        sentence,
        z: evaluated.z,
        imbalance: evaluated.imbalance,
      })),
    }
  }
}

const estimateView = (estimate: EntryEstimate | null): EstimateView | null =>
  estimate === null
    ? null
    : { ...estimate, costBp: estimateCostBp(estimate), text: estimateText(estimate) }

function gateView(
  reading: GateReading,
  shares: ReadonlyMap<string, number>,
  live: LiveReadings,
): GateView {
  const { gate, value, operator, threshold, passed } = reading
  const now = gate.startsWith('imbalance') ? live.imbalance : gate.startsWith('z') ? live.z : null
  return {
    gate,
    label: gateLabel(gate),
    value,
    valueText: gateValueText(gate, value),
    operator,
    threshold,
    thresholdText: gateValueText(gate, threshold),
    passed,
    margin: gateMargin(reading),
    liveText: now === null ? null : gateValueText(gate, now),
    blockedShare: shares.get(gate) ?? 0,
  }
}

/** How much of the last hour was seen, us. */
const observed = (blockers: readonly Blocker[], now: number): number =>
  Math.max(0, Math.min(HOUR_US, now - (blockers[0]?.since ?? now)))

/** Share of the last hour (of what was seen of it) in which each gate was the first failing. */
function blockedShares(blockers: readonly Blocker[], now: number): ReadonlyMap<string, number> {
  const shares = new Map<string, number>()
  const span = observed(blockers, now)
  if (span <= 0) return shares
  const from = now - span
  for (let i = 0; i < blockers.length; i++) {
    const { since, gate } = blockers[i]!
    const until = blockers[i + 1]?.since ?? now
    const time = until - Math.max(since, from)
    if (gate !== null && time > 0) shares.set(gate, (shares.get(gate) ?? 0) + time / span)
  }
  return shares
}

function dropOld(blockers: Blocker[], now: number): void {
  while (blockers.length > 1 && blockers[1]!.since < now - HOUR_US) blockers.shift()
}
