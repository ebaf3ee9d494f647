import {
  type GateReading,
  quantity,
  type Strategy,
  type StrategyOutput,
  type StrategyView,
} from '../../src/core/mod.ts'

/** What the first strategy may be told. */
export interface FadeParameters {
  /** Enter long when z is below this; negative. */
  readonly entry: number
  /** Money per entry, in the quote currency. */
  readonly notional: number
}

/**
 * Buys when the last bar closed far below its rolling mean, and leaves when it is back. It only says
 * what it wants: prices, order types, retries, limits and stale books are other parts' business.
 */
export function createFade(parameters: FadeParameters): Strategy<unknown> {
  return {
    id: 'fade',
    init: () => null,
    on(trigger, view, _state, output) {
      if (trigger.kind !== 'barClosed') return
      const isFlat = view.position(trigger.instrument) === 0
      if (isFlat) enter(parameters, trigger.instrument, view, output)
      else leave(trigger.instrument, view, output)
    },
  }
}

function enter(p: FadeParameters, id: number, view: StrategyView, output: StrategyOutput): void {
  const z = view.zScore(id)
  const ask = view.bestAsk(id)
  const gates: GateReading[] = [
    { gate: 'z', value: z, operator: '<', threshold: p.entry, passed: z !== null && z < p.entry },
  ]
  if (!view.isBookFresh(id) || ask === null) return output.evaluated(id, 'book', gates)
  if (!gates.every((gate) => gate.passed)) return output.evaluated(id, 'z', gates)
  const { priceDecimals, quantityDecimals } = view.instrument(id)
  const lots = Math.floor((p.notional * 10 ** (priceDecimals + quantityDecimals)) / ask)
  output.evaluated(id, 'enter long', gates)
  output.intent({
    kind: 'enter',
    instrument: id,
    side: 'buy',
    quantity: quantity(lots),
    urgency: 'aggressive',
    reason: 'z low',
  })
}

function leave(id: number, view: StrategyView, output: StrategyOutput): void {
  const z = view.zScore(id)
  const passed = z !== null && z > 0
  const gates: GateReading[] = [{ gate: 'z exit', value: z, operator: '>', threshold: 0, passed }]
  output.evaluated(id, passed ? 'exit: back at the mean' : 'holding', gates)
  if (!passed) return
  output.intent({ kind: 'exit', instrument: id, urgency: 'aggressive', reason: 'back at the mean' })
}
