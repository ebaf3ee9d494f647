import type { Instrument, Strategy, StrategyOutput, StrategyView, Trigger } from '../../core/mod.ts'
import { assert, quantity } from '../../core/mod.ts'
import type { SeededStrategy } from '../seeded-strategy.ts'
import { emptyWindow, seedWindow, takeBar } from '../sizing/close-window.ts'
import { lotsOf } from '../stops.ts'
import { entryGates } from './entry-gates.ts'
import { hedgeLots, isTooSmall, openLoss } from './hedge.ts'
import {
  hasLeg,
  isOn,
  type Pair,
  type PairState,
  type PairsCall,
  type PairsState,
} from './pair-state.ts'
import {
  beginTrade,
  flatTrade,
  type LegSide,
  type LegView,
  type PairAction,
  type PairTrade,
  stepTrade,
} from './pair-trade.ts'
import type { PairsParameters } from './parameters.ts'
import { type CommonCloses, commonCloses, refitBeta, scoreSpread } from './spread.ts'

/**
 * Trades the log spread of whitelisted pairs: enters at |z| >= `entry` the first leg, then of the
 * second leg what hedges the first one's fills (beta-weighted), leaves at |z| <= `exit`, stops at
 * |z| >= `stop`. A hedge that fails, is late or too partial unwinds what was filled. Positions exist
 * only as filled; all exits are reduce-only.
 */
export function createPairs(parameters: PairsParameters): SeededStrategy {
  let known: { readonly of: readonly Instrument[]; readonly pairs: readonly Pair[] } | null = null
  const pairsOf = (view: StrategyView): readonly Pair[] => {
    if (known?.of !== view.instruments) {
      known = { of: view.instruments, pairs: resolvePairs(parameters, view.instruments) }
    }
    return known.pairs
  }
  const rules = { size: parameters.window, maxGap: parameters.maxGap }
  const strategy: Strategy<unknown> = {
    id: 'pairs',
    init: (instruments): PairsState => ({
      windows: instruments.map(emptyWindow),
      pairs: parameters.whitelist.pairs.map(({ beta }) => ({
        trade: flatTrade(),
        beta,
        refitTime: -1,
        isDrifting: false,
      })),
    }),
    on(trigger, view, state, output) {
      const pairs = pairsOf(view)
      onTrigger({ p: parameters, pairs, view, state: state as PairsState, output }, trigger)
    },
  }
  return {
    ...strategy,
    seed({ instrument, bars }, view, state) {
      const window = (state as PairsState).windows[instrument]!
      seedWindow(window, bars, view.bar(instrument), rules)
    },
  }
}

/** Pairs whose legs the session has both. */
function resolvePairs(p: PairsParameters, instruments: readonly Instrument[]): readonly Pair[] {
  const named = (symbol: string) => instruments.find((each) => each.symbol === symbol)
  return p.whitelist.pairs.map(({ legA, legB, first }, index) => {
    const a = named(legA)
    const b = named(legB)
    assert(a !== undefined && b !== undefined, `pair ${legA}/${legB} has no instruments`)
    const isAFirst = first === 'a'
    return {
      ...{ index, name: `${legA}/${legB}`, legA: a, legB: b },
      ...{ first: isAFirst ? a : b, second: isAFirst ? b : a },
    }
  })
}

function onTrigger(call: PairsCall, trigger: Trigger): void {
  const { p, pairs, view, state } = call
  switch (trigger.kind) {
    case 'barClosed': {
      const { instrument } = trigger
      const bar = view.bar(instrument)
      if (bar === null) return
      takeBar(state.windows[instrument]!, bar, { size: p.window, maxGap: p.maxGap })
      for (const pair of pairs) if (hasLeg(pair, instrument)) onBar(call, pair)
      return
    }
    case 'positionChanged':
      for (const pair of pairs) {
        const isOn = state.pairs[pair.index]!.trade.phase !== 'flat'
        if (isOn && hasLeg(pair, trigger.instrument)) care(call, pair, 'none')
      }
      return
    case 'heartbeat':
      for (const pair of pairs) care(call, pair, isLossTooLarge(call, pair) ? 'stop' : 'none')
      return
  }
}

/** Both legs' bars of one instant are there: refit, then stop, leave or enter. */
function onBar(call: PairsCall, pair: Pair): void {
  const { p, view, state, output } = call
  const { legA, legB, index, name } = pair
  const own = state.pairs[index]!
  const closes = commonCloses(state.windows[legA.id]!, state.windows[legB.id]!, p.window)
  const isFlat = own.trade.phase === 'flat'
  if (closes === null) {
    // The other leg's bar of this instant may come next.
    const isBehind = view.bar(legA.id)?.openTime !== view.bar(legB.id)?.openTime
    if (isFlat && !isBehind) output.evaluated(legA.id, `${name}: warm-up`, [])
    return
  }
  if (isFlat) refit(call, own, { closes, discovered: p.whitelist.pairs[index]!.beta })
  const score = scoreSpread(closes, own.beta)
  const z = score?.z ?? null
  if (!isFlat) {
    const side = spreadSide(pair, own.trade)
    const isStop = z !== null && side * z <= -p.stop
    const isBack = z !== null && side * z >= -p.exit
    const gates = [
      { gate: 'z exit', value: z, operator: '<=' as const, threshold: p.exit, passed: isBack },
      { gate: 'z stop', value: z, operator: '>=' as const, threshold: p.stop, passed: isStop },
    ]
    output.evaluated(legA.id, `${name}: ${own.trade.phase}`, gates)
    return care(call, pair, isStop ? 'stop' : isBack ? 'leave' : 'none')
  }
  care(call, pair, 'none')
  if (own.trade.phase === 'flat') tryEntry(call, pair, score)
}

/** 1 when the spread was bought: leg A long. */
function spreadSide({ first, legA }: Pair, { firstSide, secondSide }: PairTrade): LegSide {
  return first.id === legA.id ? firstSide : secondSide
}

/**
 * The pause before the first refit begins with the first whole window. Held against the discovered
 * beta: against the last one it could wander off in small steps, and then reject the way back.
 */
function refit({ p, view }: PairsCall, own: PairState, fit: Refit): void {
  if (own.refitTime < 0) own.refitTime = view.now
  if (view.now - own.refitTime < p.refitUs) return
  own.refitTime = view.now
  const beta = refitBeta(fit.closes, fit.discovered, p.betaChangeMax)
  own.isDrifting = beta === null
  if (beta !== null) own.beta = beta
}

interface Refit {
  readonly closes: CommonCloses
  readonly discovered: number
}

function tryEntry(
  call: PairsCall,
  pair: Pair,
  score: { readonly z: number; readonly deviation: number } | null,
): void {
  const { p, view, state, output } = call
  const { legA, first, second, index, name } = pair
  const own = state.pairs[index]!
  const gates = entryGates(call, pair, score)
  const failed = gates.find((gate) => !gate.passed)?.gate ?? null
  if (failed !== null) return output.evaluated(legA.id, `${name}: ${failed}`, gates)
  const bought: LegSide = score!.z < 0 ? 1 : -1
  const sideA = bought
  const sideB: LegSide = own.beta > 0 ? (bought > 0 ? -1 : 1) : bought
  const isAFirst = first.id === legA.id
  const sides = { first: isAFirst ? sideA : sideB, second: isAFirst ? sideB : sideA }
  for (const [leg, side] of [
    [first, sides.first],
    [second, sides.second],
  ] as const) {
    if (side < 0 && leg.longOnly) return output.evaluated(legA.id, `${name}: short`, gates)
  }
  const notional = isAFirst ? p.notional : p.notional * Math.abs(own.beta)
  const lots = lotsOf(notional, first, view)
  const hedge = hedgeLots(pair, { beta: own.beta, firstLots: lots, firstPrice: null }, view)
  if (isTooSmall(first, lots, view) || isTooSmall(second, hedge, view)) {
    return output.evaluated(legA.id, `${name}: size`, gates)
  }
  beginTrade(own.trade, sides, view.now)
  output.evaluated(legA.id, `${name}: enter ${bought > 0 ? 'long' : 'short'}`, gates)
  output.intent({
    kind: 'enter',
    instrument: first.id,
    side: sides.first > 0 ? 'buy' : 'sell',
    quantity: quantity(lots),
    urgency: 'aggressive',
    reason: `pairs ${name}: first leg`,
  })
}

/** Steps the pair's trade by what is held now, and asks for what it wants. */
function care(call: PairsCall, pair: Pair, wish: 'none' | 'leave' | 'stop'): void {
  const { p, view, state, output } = call
  const { first, second, legA, index, name } = pair
  const own = state.pairs[index]!
  const { trade } = own
  const phase = trade.phase
  const actions = stepTrade(
    trade,
    {
      now: view.now,
      first: legOf(call, pair, first),
      second: legOf(call, pair, second),
      wish,
      hedge: (firstLots) => {
        const firstPrice = view.averageEntryPrice(first.id)
        const lots = hedgeLots(pair, { beta: own.beta, firstLots, firstPrice }, view)
        return isTooSmall(second, lots, view) ? 0 : lots
      },
    },
    p,
  )
  if (trade.phase !== phase) {
    output.evaluated(legA.id, `${name}: ${trade.phase}, ${trade.reason}`, [])
  }
  for (const action of actions) ask(output, pair, trade, action)
}

/** A leg that belongs to another pair's trade looks idle to this one. */
function legOf({ view, state, pairs }: PairsCall, pair: Pair, { id }: Instrument): LegView {
  const isFlat = state.pairs[pair.index]!.trade.phase === 'flat'
  const isForeign =
    isFlat && pairs.some((other) => hasLeg(other, id) && isOn(state, other) && other !== pair)
  if (isForeign) return { lots: 0, working: null }
  return { lots: view.position(id), working: view.isWorking(id) }
}

function ask(output: StrategyOutput, pair: Pair, trade: PairTrade, action: PairAction): void {
  const { first, second, name } = pair
  const tag = `pairs ${name}:`
  switch (action.kind) {
    case 'enterSecond':
      return output.intent({
        kind: 'enter',
        instrument: second.id,
        side: trade.secondSide > 0 ? 'buy' : 'sell',
        quantity: quantity(action.lots),
        urgency: 'aggressive',
        reason: `${tag} second leg`,
      })
    case 'abandon': {
      const instrument = action.leg === 'first' ? first.id : second.id
      return output.intent({ kind: 'abandonEntry', instrument, reason: `${tag} ${trade.reason}` })
    }
    case 'exit': {
      const instrument = action.leg === 'first' ? first.id : second.id
      const reason = `${tag} ${trade.reason}`
      return output.intent({ kind: 'exit', instrument, urgency: 'aggressive', reason })
    }
  }
}

function isLossTooLarge({ p, view, state }: PairsCall, pair: Pair): boolean {
  if (p.lossMax === null || state.pairs[pair.index]!.trade.phase !== 'open') return false
  return openLoss(pair, view) >= p.lossMax
}
