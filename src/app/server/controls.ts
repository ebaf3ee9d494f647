import type { Instrument, Mode } from '../../core/mod.ts'
import { fixed } from './text.ts'
import type { ControlKind, ControlView, EngineState, PositionView } from './views.ts'

/** What the buttons depend on. */
export interface ControlFacts {
  readonly mode: Mode
  readonly account: string
  readonly engineState: EngineState
  readonly isPaused: boolean
  readonly isHalted: boolean
  readonly isReconciled: boolean
  readonly openOrders: number
  readonly instruments: readonly Instrument[]
  readonly positions: readonly PositionView[]
}

/**
 * What each operator command would do now. Commands that reduce risk stay enabled whatever the
 * feeds say; only resume waits for the account. In live mode the account's name has to be typed,
 * except for pause, which has to be fast.
 */
export function controlViews(facts: ControlFacts): Readonly<Record<ControlKind, ControlView>> {
  const confirmWord = facts.mode === 'live' ? facts.account : null
  const orders = count(facts.openOrders, 'open order')
  const view = (reason: string | null, preview: readonly string[]): ControlView => ({
    enabled: reason === null,
    reason,
    preview,
    confirmWord,
  })
  const isOver = facts.engineState === 'stopping' ? 'the session is stopping' : null
  return {
    pause: {
      ...view(isOver ?? (facts.isPaused ? 'already paused' : null), [
        'No new entries from now on.',
        'Exits, stops and open orders go on as they are.',
      ]),
      confirmWord: null,
    },
    resume: view(isOver ?? resumeReason(facts), [
      'Entries are allowed again where every gate passes.',
      ...(facts.isHalted ? ['The tripped breaker is re-armed from the present equity.'] : []),
    ]),
    cancelAll: view(isOver ?? (facts.openOrders === 0 ? 'no open orders' : null), [
      `Cancels ${orders} at the venue.`,
      'Positions stay; entries under way end.',
    ]),
    flatten: view(isOver ?? flattenReason(facts), flattenPreview(facts, orders)),
    acceptDifference: view(isOver ?? differenceReason(facts), [
      'Asks the venue anew and takes its position over, whatever it is by then.',
      'Trading in the instrument goes on; what the journal does not explain stays unexplained.',
    ]),
  }
}

function resumeReason(facts: ControlFacts): string | null {
  if (!facts.isPaused && !facts.isHalted) return 'not paused'
  return facts.isReconciled ? null : 'the account is not reconciled with the venue yet'
}

function flattenReason(facts: ControlFacts): string | null {
  if (facts.engineState === 'flattening') return 'already flattening'
  const isFlat = facts.positions.every((position) => position.direction === 'flat')
  return isFlat && facts.openOrders === 0 ? 'no position and no open order' : null
}

const differenceReason = (facts: ControlFacts): string | null =>
  facts.positions.some((position) => position.stopped !== null)
    ? null
    : 'no instrument differs from the venue'

function flattenPreview(facts: ControlFacts, orders: string): readonly string[] {
  const lines = [`Cancels ${orders}, pauses entries.`]
  for (const position of facts.positions) {
    if (position.direction === 'flat') continue
    const { quoteCurrency, fees } = facts.instruments[position.instrument]!
    const size = position.quantity.replace('-', '')
    const value = position.notional === null ? null : Math.abs(Number(position.notional))
    const worth = value === null ? '' : ` ≈ ${fixed(value, 2)} ${quoteCurrency}`
    const verb = position.direction === 'long' ? 'Sells' : 'Buys'
    const cost = `taker fee ${fixed(fees.takerE9 / 1e5, 1)} bp plus half the spread`
    lines.push(`${verb} ${size} ${position.symbol}${worth} at the market (${cost}).`)
  }
  return lines
}

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`
