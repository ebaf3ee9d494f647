import { describe, expect, it } from 'vitest'
import type {
  EntryEstimate,
  GateReading,
  Instrument,
  Intent,
  StrategyView,
  Trigger,
} from '../../core/mod.ts'
import { notionalOf, type ReversionParameters } from './parameters.ts'
import { createReversion } from './reversion.ts'

const instrument = {
  id: 0,
  symbol: 'BTC',
  priceDecimals: 1,
  quantityDecimals: 3,
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
} as Instrument

const parameters: ReversionParameters = {
  tier: { longEntry: -1.25, longExit: -0.5, shortEntry: 1.25, shortExit: 0.5 },
  overrides: {},
  direction: 'both',
  imbalanceThreshold: 0.2,
  trendGate: true,
  revertGate: { holdUs: 60_000_000, favourableBp: 10 },
  stopLoss: 0.01,
  timeStopUs: 3_600_000_000,
  costGate: { marginBp: 0, holdUs: 3_600_000_000 },
  notional: 250,
  entryUrgency: 'aggressive',
  exitUrgency: 'aggressive',
}

/** What the scripted view answers; prices in quanta, values of the signal in half quanta. */
interface Scene {
  now: number
  bid: number | null
  ask: number | null
  imbalance: number | null
  isFresh: boolean
  close: number
  count: number
  hasBar: boolean
  z: number | null
  deviation: number | null
  trend: number | null
  have: number
  position: number
  entryPrice: number | null
  entryTime: number | null
  working: 'entry' | 'exit' | null
  fundingE9: number | null
}

/** Every gate passes for a long: mid 10 000.0, z -2, one deviation is 0.2 %. */
const longScene: Scene = {
  now: 10_000_000_000,
  bid: 99_999,
  ask: 100_001,
  imbalance: 0.5,
  isFresh: true,
  close: 200_000,
  count: 300,
  hasBar: true,
  z: -2,
  deviation: 400,
  trend: 199_000,
  have: 60,
  position: 0,
  entryPrice: null,
  entryTime: null,
  working: null,
  fundingE9: null,
}

const shortScene: Scene = { ...longScene, imbalance: -0.5, z: 2, trend: 201_000 }

/** A long of 25 lots bought at 10 000.0 two minutes ago. */
const heldScene: Scene = {
  ...longScene,
  z: -1,
  position: 25,
  entryPrice: 100_000,
  entryTime: longScene.now - 120_000_000,
}

const heldShort: Scene = { ...heldScene, position: -25, z: 1 }

function viewOf(scene: Scene, of: Instrument): StrategyView {
  return {
    now: scene.now,
    instruments: [of],
    instrument: () => of,
    bestBid: () => scene.bid,
    bestAsk: () => scene.ask,
    imbalance: () => scene.imbalance,
    bookAge: () => 0,
    isBookFresh: () => scene.isFresh,
    bar: () =>
      scene.hasBar
        ? {
            count: scene.count,
            openTime: 0,
            closeTime: 0,
            knownTime: 0,
            close: scene.close,
            gapBars: 0,
          }
        : null,
    zScore: () => scene.z,
    rollingMean: () => 0,
    rollingDeviation: () => scene.deviation,
    trendAverage: () => scene.trend,
    warmth: () => ({ have: scene.have, need: 60 }),
    position: () => scene.position as never,
    averageEntryPrice: () => scene.entryPrice,
    entryTime: () => scene.entryTime,
    isWorking: () => scene.working,
    equity: 10_000,
    fundingRateE9: () => scene.fundingE9,
  }
}

const barClosed: Trigger = { kind: 'barClosed', instrument: 0 }
const heartbeat: Trigger = { kind: 'heartbeat' }

/** A strategy with its state, stepped through scenes. */
function stage(changes: Partial<ReversionParameters> = {}, of: Instrument = instrument) {
  const strategy = createReversion({ ...parameters, ...changes })
  const state = strategy.init([of])
  return (scene: Scene, trigger: Trigger = barClosed) => {
    const intents: Intent[] = []
    const outcomes: string[] = []
    const estimates: (EntryEstimate | null)[] = []
    let gates: readonly GateReading[] = []
    strategy.on(trigger, viewOf(scene, of), state, {
      keeps: () => true,
      intent: (intent) => intents.push(intent),
      evaluated: (_id, outcome, given, estimate = null) => {
        outcomes.push(outcome)
        estimates.push(estimate)
        gates = given
      },
    })
    return {
      intents,
      outcomes,
      estimates,
      gate: (name: string) => gates.find((g) => g.gate === name),
    }
  }
}

const outcomeOf = (scene: Scene, changes: Partial<ReversionParameters> = {}): string =>
  stage(changes)(scene).outcomes.join()

describe('entry', () => {
  it('enters long when every gate passes, for the notional over the ask in whole lots', () => {
    const { intents, outcomes } = stage()(longScene)
    expect(outcomes).toEqual(['enter long'])
    // 250 / 10 000.1 = 0.02499975 = 24 lots of 0.001.
    expect(intents).toEqual([
      {
        kind: 'enter',
        instrument: 0,
        side: 'buy',
        quantity: 24,
        urgency: 'aggressive',
        reason: 'z low',
      },
    ])
  })

  it('enters short on the mirrored scene', () => {
    const { intents, outcomes } = stage()(shortScene)
    expect(outcomes).toEqual(['enter short'])
    expect(intents[0]).toMatchObject({ kind: 'enter', side: 'sell', quantity: 24 })
  })

  it.each<[string, Partial<Scene>, string]>([
    ['no bar yet', { hasBar: false }, 'warming'],
    ['a window one value short', { have: 59 }, 'warm-up'],
    ['a stale book', { isFresh: false }, 'book'],
    ['an unknown z', { z: null }, 'z'],
    ['z at the threshold', { z: -1.25 }, 'z'],
    ['an unknown imbalance', { imbalance: null }, 'imbalance'],
    ['imbalance at the threshold', { imbalance: 0.2 }, 'imbalance'],
    ['imbalance on the other side', { imbalance: -0.5 }, 'imbalance'],
    ['an unknown trend', { trend: null }, 'trend'],
    ['a close at the trend average', { trend: 200_000 }, 'trend'],
    ['a close below the trend average', { trend: 200_001 }, 'trend'],
    ['an unknown deviation', { deviation: null }, 'cost'],
    ['an empty bid side', { bid: null }, 'cost'],
  ])('refuses a long on %s', (_name, change, outcome) => {
    const { intents, outcomes } = stage()({ ...longScene, ...change })
    expect(outcomes).toEqual([outcome])
    expect(intents).toEqual([])
  })

  it.each<[string, Partial<Scene>, string]>([
    ['z at the threshold', { z: 1.25 }, 'z'],
    ['imbalance at the threshold', { imbalance: -0.2 }, 'imbalance'],
    ['imbalance on the other side', { imbalance: 0.5 }, 'imbalance'],
    ['a close at the trend average', { trend: 200_000 }, 'trend'],
    ['a close above the trend average', { trend: 199_999 }, 'trend'],
  ])('refuses a short on %s', (_name, change, outcome) => {
    const { intents, outcomes } = stage()({ ...shortScene, ...change })
    expect(outcomes).toEqual([outcome])
    expect(intents).toEqual([])
  })

  it('reads no gate that is switched off', () => {
    const off = { imbalanceThreshold: null, trendGate: false, costGate: null }
    const blind = { ...longScene, imbalance: null, trend: null, deviation: null }
    expect(outcomeOf(blind, off)).toBe('enter long')
  })

  it('never shorts when told to go long only, nor an instrument that cannot be sold short', () => {
    expect(outcomeOf(shortScene, { direction: 'long' })).toBe('z')
    const spot = stage({}, { ...instrument, longOnly: true })(shortScene)
    expect(spot.outcomes).toEqual(['z'])
    expect(spot.intents).toEqual([])
    expect(spot.gate('z')).toMatchObject({ operator: '<', threshold: -1.25, passed: false })
  })

  it('reads both sides where z points to neither, and one where only one is asked for', () => {
    const quiet = { ...longScene, z: -0.24 }
    const { outcomes, gate } = stage()(quiet)
    expect(outcomes).toEqual(['z'])
    expect(gate('z')).toMatchObject({ operator: '<', threshold: -1.25, passed: false })
    expect(gate('z short')).toMatchObject({ value: -0.24, operator: '>', threshold: 1.25 })
    expect(gate('imbalance short')).toMatchObject({ operator: '<', threshold: -0.2, passed: false })
    expect(gate('trend short')).toMatchObject({ operator: '<', threshold: 0 })
    expect(stage()({ ...quiet, z: 0.24 }).gate('z long')).toMatchObject({ threshold: -1.25 })
    expect(stage({ direction: 'long' })(quiet).gate('z short')).toBeUndefined()
    expect(stage()(longScene).gate('z short')).toBeUndefined()
    expect(stage()({ ...quiet, working: 'entry' }).gate('z short')).toBeUndefined()
  })

  it('uses the tier of the symbol where there is one', () => {
    const strict = { ...parameters.tier, longEntry: -2.5 }
    expect(outcomeOf(longScene, { overrides: { BTC: strict } })).toBe('z')
    expect(outcomeOf(longScene, { overrides: { ETH: strict } })).toBe('enter long')
  })

  it("enters for the symbol's own value, else its dex's, else that of all", () => {
    const lots = (notionals: Record<string, number>) => stage({ notionals })(longScene).intents
    expect(lots({ BTC: 100, 'BTC:*': 50 })).toMatchObject([{ quantity: 9 }])
    expect(lots({ ETH: 100, 'xyz:*': 50 })).toMatchObject([{ quantity: 24 }])
    const values = { notional: 250, notionals: { 'xyz:*': 100, 'xyz:GOLD': 50 } }
    const worth = ['BTC', 'xyz:TSLA', 'xyz:GOLD'].map((symbol) => notionalOf(values, symbol))
    expect(worth).toEqual([250, 100, 50])
  })

  it('goes by what an operator set, and keeps it in its state', () => {
    const strategy = createReversion(parameters)
    const state = strategy.init([instrument])
    const enter = (): unknown[] => {
      const intents: unknown[] = []
      strategy.on(barClosed, viewOf(longScene, instrument), state, {
        keeps: () => true,
        intent: (intent) => intents.push(intent),
        evaluated: () => {},
      })
      return intents
    }
    strategy.set?.({ instrument: 0, key: 'notional', value: 100 }, state)
    expect(enter()).toMatchObject([{ quantity: 9 }])
    strategy.set?.({ instrument: 0, key: 'longEntry', value: -2 }, state)
    expect(enter()).toEqual([])
    expect(JSON.parse(JSON.stringify(state))).toMatchObject({
      adjustments: [{ notional: 100, longEntry: -2 }],
    })
  })

  it('refuses an entry of less than one lot', () => {
    expect(outcomeOf(longScene, { notional: 10.0001 })).toBe('enter long')
    expect(outcomeOf(longScene, { notional: 10 })).toBe('size')
  })

  it('gives an entry up when its signal is gone, and only then', () => {
    const working: Scene = { ...longScene, working: 'entry' }
    expect(stage()(working)).toMatchObject({ intents: [], outcomes: ['working entry'] })
    expect(stage()({ ...working, imbalance: 0 }).intents).toEqual([])
    expect(stage()({ ...working, z: -1 }).intents).toEqual([
      { kind: 'abandonEntry', instrument: 0, reason: 'signal gone' },
    ])
  })

  it('gives a resting entry up when z crosses over to the other side', () => {
    const abandoned = [{ kind: 'abandonEntry', instrument: 0, reason: 'signal gone' }]
    for (const [first, crossed] of [
      [longScene, shortScene],
      [shortScene, longScene],
    ] as const) {
      const bar = stage({ entryUrgency: 'passive' })
      expect(bar(first).intents).toMatchObject([{ kind: 'enter' }])
      expect(bar({ ...first, working: 'entry' }).intents).toEqual([])
      const { intents, outcomes, gate } = bar({ ...crossed, working: 'entry' })
      expect(intents).toEqual(abandoned)
      expect(outcomes).toEqual(['working entry'])
      expect(gate('z')).toMatchObject({ operator: first === longScene ? '<' : '>', passed: false })
      expect(bar({ ...crossed, working: 'entry', isFresh: false }).intents).toEqual(abandoned)
      // The other side is entered in a later bar, when nothing is at work any more.
      const side = crossed === longScene ? 'buy' : 'sell'
      expect(bar({ ...crossed, count: 301 }).intents).toMatchObject([{ kind: 'enter', side }])
    }
  })

  it('waits while an exit is working', () => {
    expect(stage()({ ...longScene, working: 'exit' })).toMatchObject({
      intents: [],
      outcomes: ['working exit'],
    })
  })
})

describe('cost gate', () => {
  it('takes fees, spread and funding from the way to the exit threshold, in basis points', () => {
    // (2 - 0.5) x 400 / 200 000 = 30 bp; fees 2 x 4.5 bp; spread 2 x 0.1 bp; funding 1.25 bp.
    const { gate } = stage()({ ...longScene, fundingE9: 125_000 })
    expect(gate('cost')?.value).toBeCloseTo(30 - 9 - 0.2 - 1.25, 9)
  })

  it('charges a passive side the maker fee and no spread', () => {
    const { gate } = stage({ entryUrgency: 'passive' })(longScene)
    expect(gate('cost')?.value).toBeCloseTo(30 - 6 - 0.1, 9)
    const both = stage({ entryUrgency: 'passive', exitUrgency: 'passive' })(longScene)
    expect(both.gate('cost')?.value).toBeCloseTo(30 - 3, 9)
  })

  it('charges the route that the entry would take, and says both sides of the comparison', () => {
    const plan = { entry: 'passive', takeFrom: 2, exit: 'passive' } as const
    const routing = { native: plan, builder: { ...plan, exit: 'aggressive' } } as const
    const { gate, estimates, intents } = stage({ routing })(longScene)
    expect(gate('cost')?.value).toBeCloseTo(30 - 6 - 0.1, 9)
    const [estimate] = estimates
    expect(estimate).toMatchObject({ entry: 'taker', exit: 'maker', feeBp: 6, fundingBp: 0 })
    expect(estimate?.edgeBp).toBeCloseTo(30, 9)
    expect(estimate?.spreadBp).toBeCloseTo(0.1, 9)
    expect(intents).toMatchObject([{ kind: 'enter', urgency: 'aggressive' }])
    const calm = stage({ routing })({ ...longScene, z: -1.9 })
    expect(calm.estimates[0]).toMatchObject({ entry: 'maker', exit: 'maker', feeBp: 3 })
    expect(calm.intents).toMatchObject([{ kind: 'enter', urgency: 'passive' }])
  })

  it('says what an entry would cost also where the gate is off or another one fails', () => {
    expect(stage({ costGate: null })(longScene).estimates[0]).toMatchObject({ feeBp: 9 })
    expect(stage()({ ...longScene, imbalance: 0 }).estimates[0]).toMatchObject({ feeBp: 9 })
  })

  it('counts funding against the position for every started hour, and none in its favour', () => {
    const costGate = { marginBp: 0, holdUs: 3_600_000_001 }
    const paid = { fundingE9: 125_000 }
    expect(stage({ costGate })({ ...longScene, ...paid }).gate('cost')?.value).toBeCloseTo(18.3, 9)
    expect(stage({ costGate })({ ...shortScene, ...paid }).gate('cost')?.value).toBeCloseTo(20.8, 9)
    const received = { fundingE9: -125_000 }
    expect(stage({ costGate })({ ...shortScene, ...received }).gate('cost')?.value).toBeCloseTo(
      18.3,
      9,
    )
  })

  it('measures the whole way to an exit beyond the mean', () => {
    const tier = { longEntry: -1.25, longExit: 0.5, shortEntry: 1.25, shortExit: -0.5 }
    expect(stage({ tier })(longScene).gate('cost')?.value).toBeCloseTo(50 - 9.2, 9)
    expect(stage({ tier })(shortScene).gate('cost')?.value).toBeCloseTo(50 - 9.2, 9)
  })

  it('needs more than the margin', () => {
    const net = stage()(longScene).gate('cost')!.value!
    const holdUs = 3_600_000_000
    expect(outcomeOf(longScene, { costGate: { marginBp: net, holdUs } })).toBe('cost')
    expect(outcomeOf(longScene, { costGate: { marginBp: net - 1e-9, holdUs } })).toBe('enter long')
  })
})

describe('exit', () => {
  const free = { revertGate: null }

  it.each<[string, Scene, string]>([
    ['a long past its exit', { ...heldScene, z: -0.49 }, 'exit: z revert'],
    ['a long at its exit', { ...heldScene, z: -0.5 }, 'holding'],
    ['a short past its exit', { ...heldShort, z: 0.49 }, 'exit: z revert'],
    ['a short at its exit', { ...heldShort, z: 0.5 }, 'holding'],
    ['an unknown z', { ...heldScene, z: null }, 'holding'],
  ])('decides on %s', (_name, scene, outcome) => {
    const { intents, outcomes } = stage(free)(scene)
    expect(outcomes).toEqual([outcome])
    expect(intents).toHaveLength(outcome === 'holding' ? 0 : 1)
  })

  it('holds a z exit back until the position is old and ahead enough', () => {
    const ahead = { bid: 100_099, ask: 100_101 }
    const reverted = { ...heldScene, ...ahead, z: 0, entryTime: heldScene.now - 60_000_000 }
    expect(outcomeOf(reverted)).toBe('exit: z revert')
    expect(outcomeOf({ ...reverted, entryTime: reverted.now - 59_999_999 })).toBe(
      'revert suppressed',
    )
    expect(outcomeOf({ ...reverted, ask: 100_100 })).toBe('revert suppressed')
    expect(outcomeOf({ ...reverted, bid: null })).toBe('revert suppressed')
    expect(outcomeOf({ ...reverted, position: -25 })).not.toBe('exit: z revert')
  })

  it('leaves with the urgency of exits when z reverts', () => {
    const { intents } = stage({ ...free, exitUrgency: 'passive' })({ ...heldScene, z: 0 })
    expect(intents).toEqual([
      { kind: 'exit', instrument: 0, urgency: 'passive', reason: 'z revert' },
    ])
  })

  it.each([barClosed, heartbeat])('stops a loss on $kind, at the limit and beyond', (trigger) => {
    const off = { timeStopUs: null }
    const at = { ...heldScene, bid: 98_999, ask: 99_001 }
    const stopped = stage(off)(at, trigger)
    expect(stopped.intents).toEqual([
      { kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'stop loss' },
    ])
    expect(stage(off)({ ...at, ask: 99_003 }, trigger).intents).toEqual([])
    const short = { ...heldShort, bid: 100_999, ask: 101_001 }
    expect(stage(off)(short, trigger).intents).toHaveLength(1)
    expect(stage(off)({ ...at, position: -25, z: 1 }, trigger).intents).toEqual([])
    expect(stage({ ...off, stopLoss: null })(at, trigger).intents).toEqual([])
  })

  it.each([barClosed, heartbeat])('stops by time on $kind, held that long or longer', (trigger) => {
    const at = { ...heldScene, entryTime: heldScene.now - 3_600_000_000 }
    expect(stage()(at, trigger).intents).toEqual([
      { kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'time stop' },
    ])
    const before = { ...at, entryTime: at.entryTime + 1 }
    expect(stage()(before, trigger).intents).toEqual([])
    expect(stage({ timeStopUs: null })(at, trigger).intents).toEqual([])
  })

  it.each([
    ['2026-01-05T15:00:00Z', 1800],
    ['2026-01-05T21:00:00Z', 3600],
    ['2026-01-04T15:00:00Z', 3600],
    ['2026-01-19T15:00:00Z', 3600],
  ])('has a time stop of its own while US stocks trade: at %s after %i s', (iso, seconds) => {
    const now = Date.parse(iso) * 1000
    const held = (ms: number) => ({ ...heldScene, now, entryTime: now - seconds * 1e6 + ms * 1000 })
    const step = stage({ timeStopStockHoursUs: 1_800_000_000 })
    expect(step(held(1), heartbeat).intents).toEqual([])
    expect(step(held(0), heartbeat).intents).toMatchObject([{ reason: 'time stop' }])
  })

  it('makes a passive exit under way aggressive when a stop is met', () => {
    const lossy: Scene = { ...heldScene, bid: 98_999, ask: 99_001, working: 'exit' }
    expect(stage({ exitUrgency: 'passive' })(lossy, heartbeat).intents).toEqual([
      { kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'stop loss' },
    ])
    expect(stage()(lossy, heartbeat).intents).toEqual([])
  })

  it('says nothing on a heartbeat that stops nothing, and nothing when a position changed', () => {
    expect(stage()(heldScene, heartbeat).outcomes).toEqual([])
    expect(stage()(heldScene, { kind: 'positionChanged', instrument: 0 }).outcomes).toEqual([])
    expect(stage()(longScene, heartbeat).intents).toEqual([])
  })
})

describe('one transition per bar', () => {
  it('does not enter on the bar that decided an exit', () => {
    const step = stage({ revertGate: null })
    expect(step({ ...heldScene, z: 0 }).outcomes).toEqual(['exit: z revert'])
    expect(step(longScene).outcomes).toEqual(['exited this bar'])
    expect(step({ ...longScene, count: 301 }).outcomes).toEqual(['enter long'])
  })

  it('does not enter at the close of the bar in which a heartbeat stopped a position', () => {
    const step = stage()
    const lossy = { ...heldScene, bid: 98_999, ask: 99_001 }
    expect(step(lossy, heartbeat).outcomes).toEqual(['exit: stop loss'])
    expect(step({ ...longScene, count: 301 }).outcomes).toEqual(['exited this bar'])
    expect(step({ ...longScene, count: 302 }).outcomes).toEqual(['enter long'])
  })
})

describe('a position that is held', () => {
  it('shows every way out with its value and its threshold', () => {
    const stops = { stopLoss: 0.01, timeStopUs: 600_000_000 }
    const { outcomes, gate } = stage(stops)(heldScene)
    expect(outcomes).toEqual(['holding'])
    expect(gate('z exit')).toMatchObject({ value: -1, operator: '>', passed: false })
    expect(gate('stop loss bp')).toMatchObject({ operator: '<=', threshold: -100, passed: false })
    expect(gate('stop loss bp')?.value).toBeCloseTo(0, 0)
    expect(gate('time stop s')).toEqual({
      ...{ gate: 'time stop s', value: 120, operator: '>=', threshold: 600, passed: false },
    })
    const bare = stage({ stopLoss: null, timeStopUs: null })(heldScene)
    expect(bare.gate('stop loss bp')).toBeUndefined()
    expect(bare.gate('time stop s')).toBeUndefined()
  })
})
