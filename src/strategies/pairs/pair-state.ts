import type { Instrument, StrategyOutput, StrategyView } from '../../core/mod.ts'
import type { CloseWindow } from '../sizing/close-window.ts'
import type { PairTrade } from './pair-trade.ts'
import type { PairsParameters } from './parameters.ts'

/** A whitelisted pair in terms of the session's instruments. */
export interface Pair {
  readonly index: number
  /** "A/B" */
  readonly name: string
  readonly legA: Instrument
  readonly legB: Instrument
  /** The legs in the order in which they are traded. */
  readonly first: Instrument
  readonly second: Instrument
}

/** What is remembered of a pair. */
export interface PairState {
  readonly trade: PairTrade
  /** Present hedge ratio; fixed while a trade is on. */
  beta: number
  /** Last refit that was tried, us; -1 before the first bar. */
  refitTime: number
  /** True when the last refit was rejected: no entry before one is accepted. */
  isDrifting: boolean
}

/** State beyond what the core keeps. */
export interface PairsState {
  /** By instrument. */
  readonly windows: CloseWindow[]
  /** By whitelisted pair. */
  readonly pairs: PairState[]
}

/** One call of the strategy. */
export interface PairsCall {
  readonly p: PairsParameters
  readonly pairs: readonly Pair[]
  readonly view: StrategyView
  readonly state: PairsState
  readonly output: StrategyOutput
}

/** True when an instrument is a leg of the pair. */
export const hasLeg = ({ legA, legB }: Pair, instrument: number): boolean =>
  legA.id === instrument || legB.id === instrument

/** True while a pair's trade is anything but flat. */
export const isOn = (state: PairsState, pair: Pair): boolean =>
  state.pairs[pair.index]!.trade.phase !== 'flat'
