import { describe, expect, it } from 'vitest'
import { createRandom, moneyFromNumber } from '../../core/mod.ts'
import { MINUTE, Stage, seedBar, stageInstrument } from '../companions/test-kit.ts'
import type { PairsState } from './pair-state.ts'
import { createPairs } from './pairs.ts'
import type { PairsParameters } from './parameters.ts'

const START = 1_767_571_200_000_000
const BETA = 0.8
const WINDOW = 40

const parameters: PairsParameters = {
  whitelist: {
    knownTime: START - MINUTE,
    pairs: [{ legA: 'I0', legB: 'I1', beta: BETA, first: 'a' }],
  },
  ...{ whitelistAgeMaxUs: 48 * 60 * MINUTE, window: WINDOW, entry: 2, exit: 0.5, stop: 4 },
  ...{ refitUs: 60 * MINUTE, betaChangeMax: 0.5, fundingMax: 0.0005, lockoutUs: 30 * MINUTE },
  ...{ openMax: 3, notional: 1000, legTimeoutUs: MINUTE / 6, hedgeErrorMax: 0.1, lossMax: 15 },
  ...{ costMarginBp: 0, maxGap: 5 },
}

/** Two instruments whose spread is noise, until a test pulls it. */
class PairStage {
  readonly stage: Stage
  readonly #strategy
  readonly #random = createRandom(4)
  #state: unknown
  #b = 0

  constructor(changes: Partial<PairsParameters> = {}, count = 2, longOnly = false) {
    const instruments = Array.from({ length: count }, (_, id) =>
      stageInstrument(id, { longOnly, minimumNotional: moneyFromNumber(10) }),
    )
    this.stage = new Stage(instruments)
    this.#strategy = createPairs({ ...parameters, ...changes })
    this.#state = this.#strategy.init(instruments)
  }

  get state(): PairsState {
    return this.#state as PairsState
  }

  /** Closes both legs' bars; the spread is noise of about 20 bp, or what is given. */
  bar(spread = this.#random.normal() * 0.002, beta = BETA): void {
    const { stage } = this
    stage.pass()
    stage.clear()
    this.#b += this.#random.normal() * 0.004
    stage.close(0, Math.round(50_000 * Math.exp(beta * this.#b + spread)))
    this.#tell(0)
    for (let id = 1; id < stage.instruments.length; id++) {
      stage.close(id, Math.round(50_000 * Math.exp(this.#b)))
      this.#tell(id)
    }
  }

  bars(count: number, beta = BETA): this {
    for (let i = 0; i < count; i++) this.bar(undefined, beta)
    return this
  }

  beat(): void {
    this.stage.clear()
    this.#on({ kind: 'heartbeat' })
  }

  moved(instrument: number): void {
    this.stage.clear()
    this.#on({ kind: 'positionChanged', instrument })
  }

  seed(id: number, closes: readonly number[]): void {
    const { stage } = this
    const from = stage.now - (closes.length - 1) * MINUTE
    stage.legs[id]!.count = closes.length
    stage.legs[id]!.openTime = stage.now
    const bars = closes.map((close, i) => seedBar(from + i * MINUTE, close))
    this.#strategy.seed({ instrument: id, bars }, stage.view, this.#state)
  }

  /** Enters short of the spread and fills both legs as they are asked for. */
  open(): this {
    this.bars(WINDOW + 1).bar(0.009)
    this.stage.hold(0, -2000)
    this.moved(0)
    this.stage.hold(1, 1600)
    this.moved(1)
    return this
  }

  #tell(instrument: number): void {
    this.#on({ kind: 'barClosed', instrument })
  }

  #on(trigger: Parameters<ReturnType<typeof createPairs>['on']>[0]): void {
    // Every call may be the first after a restart.
    this.#state = JSON.parse(JSON.stringify(this.#state))
    this.#strategy.on(trigger, this.stage.view, this.#state, this.stage.output)
  }
}

const outcomeAfter = (changes: Partial<PairsParameters>, prepare?: (on: Stage) => void): string => {
  const play = new PairStage(changes).bars(WINDOW + 1)
  prepare?.(play.stage)
  play.bar(0.009)
  return play.stage.outcomes.at(-1)!.replace('I0/I1: ', '')
}

describe('an entry of a pair', () => {
  it('sells a rich spread: the first leg, then of the other beta times what filled', () => {
    const play = new PairStage().bars(WINDOW + 1)
    const { stage } = play
    play.bar(0.009)
    expect(stage.intents).toMatchObject([
      { kind: 'enter', instrument: 0, side: 'sell', reason: 'pairs I0/I1: first leg' },
    ])
    // Nothing on the second leg before the first one's order is over.
    stage.legs[0]!.working = 'entry'
    play.beat()
    expect(stage.intents).toEqual([])
    // It filled for two fifths only.
    stage.hold(0, -800)
    play.moved(0)
    const filled = (800 * stage.legs[0]!.mid) / 1e5
    const lots = Math.round((BETA * filled * 1e5) / stage.legs[1]!.mid)
    expect(stage.intents).toEqual([
      {
        ...{ kind: 'enter', instrument: 1, side: 'buy', quantity: lots, urgency: 'aggressive' },
        reason: 'pairs I0/I1: second leg',
      },
    ])
    stage.hold(1, lots)
    play.moved(1)
    expect(stage.outcomes).toEqual(['I0/I1: open, hedged'])
  })

  it('buys a cheap spread', () => {
    const play = new PairStage().bars(WINDOW + 1)
    play.bar(-0.007)
    expect(play.stage.intents).toMatchObject([{ instrument: 0, side: 'buy' }])
  })

  it('trades both legs one way where beta is negative', () => {
    const whitelist = {
      ...parameters.whitelist,
      pairs: [{ legA: 'I0', legB: 'I1', beta: -BETA, first: 'a' as const }],
    }
    const play = new PairStage({ whitelist }).bars(WINDOW + 1, -BETA)
    play.bar(0.009, -BETA)
    play.stage.hold(0, -1000)
    play.moved(0)
    expect(play.stage.intents).toMatchObject([{ instrument: 1, side: 'sell' }])
  })

  it('begins with leg B where that is the less liquid one, of the same ratio', () => {
    const whitelist = {
      ...parameters.whitelist,
      pairs: [{ legA: 'I0', legB: 'I1', beta: BETA, first: 'b' as const }],
    }
    const play = new PairStage({ whitelist }).bars(WINDOW + 1)
    const { stage } = play
    play.bar(0.009)
    expect(stage.intents).toMatchObject([{ instrument: 1, side: 'buy' }])
    const [first] = stage.intents
    const lots = first?.kind === 'enter' ? first.quantity : 0
    expect((lots * stage.legs[1]!.mid) / 1e5).toBeCloseTo(BETA * 1000, 0)
    stage.hold(1, 800)
    play.moved(1)
    const filled = (800 * stage.legs[1]!.mid) / 1e5
    const hedge = Math.round((filled / BETA / stage.legs[0]!.mid) * 1e5)
    expect(stage.intents).toMatchObject([{ instrument: 0, side: 'sell', quantity: hedge }])
  })

  it('needs every gate', () => {
    expect(outcomeAfter({})).toBe('enter short')
    expect(outcomeAfter({ window: 60 })).toBe('warm-up')
    expect(outcomeAfter({ entry: 5, stop: 9 })).toBe('z')
    expect(outcomeAfter({ stop: 2.1 })).toBe('z below stop')
    expect(outcomeAfter({ costMarginBp: 1000 })).toBe('cost')
    expect(outcomeAfter({ notional: 5 })).toBe('size')
    expect(outcomeAfter({ openMax: 0 })).toBe('open pairs')
    const change = (leg: object) => (stage: Stage) => void Object.assign(stage.legs[1]!, leg)
    expect(outcomeAfter({}, change({ isFresh: false }))).toBe('book')
    expect(outcomeAfter({}, change({ fundingE9: -600_000 }))).toBe('funding I1')
    expect(outcomeAfter({}, change({ fundingE9: null }))).toBe('funding I1')
    expect(outcomeAfter({ fundingMax: null }, change({ fundingE9: null }))).toBe('enter short')
    const longOnly = new PairStage({}, 2, true).bars(WINDOW + 1)
    longOnly.bar(0.009)
    expect(longOnly.stage.outcomes.at(-1)).toBe('I0/I1: short')
  })

  it('uses a whitelist neither before it was known nor when it is old', () => {
    const { whitelist } = parameters
    const later = { ...whitelist, knownTime: START + 500 * MINUTE }
    expect(outcomeAfter({ whitelist: later })).toBe('whitelist known')
    const old = { ...whitelist, knownTime: START - 48 * 60 * MINUTE }
    expect(outcomeAfter({ whitelist: old })).toBe('whitelist age')
    expect(outcomeAfter({ whitelist: old, whitelistAgeMaxUs: null })).toBe('enter short')
  })

  it('leaves a leg alone that another pair holds', () => {
    const pairs = [
      { legA: 'I0', legB: 'I1', beta: BETA, first: 'a' as const },
      { legA: 'I0', legB: 'I2', beta: BETA, first: 'a' as const },
    ]
    const whitelist = { ...parameters.whitelist, pairs }
    const play = new PairStage({ whitelist }, 3).bars(WINDOW + 1)
    play.bar(0.009)
    expect(play.stage.intents).toHaveLength(1)
    expect(play.stage.outcomes).toContain('I0/I2: free legs')
    play.stage.hold(0, -2000)
    play.moved(0)
    play.stage.legs[1]!.working = 'entry'
    play.beat()
    expect(play.state.pairs.map(({ trade }) => trade.phase)).toEqual(['enteringSecond', 'flat'])
  })

  it('waits for both bars of an instant, and is warm at once after history', () => {
    const play = new PairStage().bars(WINDOW + 1)
    const { stage } = play
    const other = new PairStage()
    const quanta = (id: number) => play.state.windows[id]!.closes.map((close) => close / 2)
    other.stage.now = stage.now
    other.seed(0, quanta(0))
    other.seed(1, quanta(1))
    expect(other.state.windows[0]!.closes).toEqual(play.state.windows[0]!.closes)
    expect(other.state.windows[1]!.openTimes).toEqual(play.state.windows[1]!.openTimes)
  })
})

describe('an open pair', () => {
  it('leaves when the spread is back: the second leg first', () => {
    const play = new PairStage().open()
    const { stage } = play
    play.bar(0)
    expect(stage.intents).toMatchObject([{ kind: 'exit', instrument: 1 }])
    stage.legs[1]!.working = 'exit'
    play.beat()
    expect(stage.intents).toEqual([])
    stage.hold(1, 0)
    play.moved(1)
    expect(stage.intents).toMatchObject([{ kind: 'exit', instrument: 0 }])
    stage.hold(0, 0)
    play.moved(0)
    expect(stage.outcomes).toEqual(['I0/I1: flat, reverted'])
    play.bar(0.009)
    expect(stage.outcomes.at(-1)).toBe('I0/I1: enter short')
  })

  it('stops when the spread runs on, and pauses', () => {
    const play = new PairStage().open()
    const { stage } = play
    play.bar(0.04)
    expect(play.state.pairs[0]!.trade).toMatchObject({ phase: 'closing', reason: 'stop' })
    stage.hold(1, 0)
    stage.hold(0, 0)
    play.beat()
    const lockout = () => stage.gates.find(({ gate }) => gate === 'lockout s')
    play.bar()
    expect(lockout()).toMatchObject({ passed: false })
    play.bars(29)
    expect(lockout()).toMatchObject({ value: 0, passed: true })
  })

  it('stops at a loss of both legs together, also between bars', () => {
    const play = new PairStage().open()
    const { stage } = play
    // Both up alike: one leg's loss is the other's gain.
    for (const leg of stage.legs) leg.mid = Math.round(leg.mid * 1.01)
    play.beat()
    expect(stage.intents).toEqual([])
    stage.legs[0]!.mid = Math.round(stage.legs[0]!.mid * 1.03)
    play.beat()
    expect(stage.intents).toMatchObject([{ kind: 'exit', instrument: 1 }])
  })

  it('unwinds when its hedge is late', () => {
    const play = new PairStage().bars(WINDOW + 1)
    const { stage } = play
    play.bar(0.009)
    stage.hold(0, -2000)
    play.moved(0)
    stage.legs[1]!.working = 'entry'
    stage.pass(MINUTE / 3)
    play.beat()
    expect(stage.intents).toMatchObject([
      { kind: 'abandonEntry', instrument: 1, reason: 'pairs I0/I1: second leg late' },
      { kind: 'exit', instrument: 0 },
    ])
  })

  it('closes a leg that is held without its pair', () => {
    const play = new PairStage()
    play.stage.hold(1, 5)
    play.beat()
    expect(play.stage.intents).toMatchObject([{ kind: 'exit', instrument: 1 }])
  })
})

describe('the hedge ratio', () => {
  it('follows a small change at the next refit, after the first pause', () => {
    const play = new PairStage().bars(70, 1)
    expect(play.state.pairs[0]!.beta).toBe(BETA)
    play.bars(32, 1)
    expect(play.state.pairs[0]!.beta).toBeCloseTo(1, 1)
    expect(play.state.pairs[0]!.isDrifting).toBe(false)
  })

  it('rejects a large change, and enters nothing until a refit is accepted again', () => {
    const play = new PairStage().bars(140, 2)
    expect(play.state.pairs[0]!).toMatchObject({ beta: BETA, isDrifting: true })
    for (const spread of [0.05, -0.05]) play.bar(spread, 2)
    expect(play.stage.intents).toEqual([])
    const turned = new PairStage().bars(140, -BETA)
    expect(turned.state.pairs[0]!).toMatchObject({ beta: BETA, isDrifting: true })
    turned.bars(120, BETA)
    expect(turned.state.pairs[0]!.isDrifting).toBe(false)
  })

  it('stays what it was while a trade is on', () => {
    const play = new PairStage({ stop: 1e9, exit: 0, lossMax: null, refitUs: MINUTE }).open()
    const { beta } = play.state.pairs[0]!
    for (let i = 0; i < 80; i++) play.bar(0.1 + i * 0.01, 1.1)
    expect(play.state.pairs[0]!).toMatchObject({ beta, trade: { phase: 'open' } })
  })
})
