import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../core/mod.ts'
import { MINUTE, Stage, seedBar, stageInstrument } from '../companions/test-kit.ts'
import type { Sizer } from '../sizing/sizer.ts'
import { createMomentum } from './momentum.ts'
import type { MomentumParameters } from './parameters.ts'
import { trendOf } from './trend.ts'

const parameters: MomentumParameters = {
  ...{ slowWindow: 8, fastWindow: 4, slowEntry: 0.5, fastEntry: 1.25, slowExit: 0 },
  ...{ direction: 'both', stopLoss: 0.03, timeStopUs: 60 * MINUTE, notional: 1000 },
  sizer: { kind: 'fixed' },
  maxGap: 5,
  entryUrgency: 'aggressive',
  exitUrgency: 'aggressive',
}

function play(changes: Partial<MomentumParameters> = {}, of: Instrument = stageInstrument(0)) {
  const strategy = createMomentum({ ...parameters, ...changes })
  const stage = new Stage([of])
  let state: unknown = strategy.init([of])
  const bars = (...mids: readonly number[]): void => {
    for (const mid of mids) {
      stage.clear()
      stage.close(0, mid)
      // Plain data only: a copy does as well.
      state = JSON.parse(JSON.stringify(state))
      strategy.on({ kind: 'barClosed', instrument: 0 }, stage.view, state, stage.output)
      stage.pass()
    }
  }
  const beat = (): void => {
    stage.clear()
    strategy.on({ kind: 'heartbeat' }, stage.view, state, stage.output)
  }
  const seed = (closes: readonly number[]): void => {
    const from = stage.now - closes.length * MINUTE
    const history = closes.map((close, i) => seedBar(from + i * MINUTE, close))
    stage.legs[0]!.count = closes.length
    stage.legs[0]!.openTime = stage.now - MINUTE
    strategy.seed({ instrument: 0, bars: history }, stage.view, state)
  }
  return { stage, bars, beat, seed }
}

const flat = [9990, 10_010, 9990, 10_010, 9990, 10_010, 9990, 10_010]

describe('momentum', () => {
  it('buys a break above the slow average, under its own tag', () => {
    const { stage, bars } = play()
    bars(...flat)
    expect(stage.intents).toEqual([])
    bars(10_100)
    expect(stage.outcomes).toEqual(['enter long'])
    expect(stage.intents).toEqual([
      {
        ...{ kind: 'enter', instrument: 0, side: 'buy', urgency: 'aggressive' },
        ...{ quantity: Math.floor((1000 * 1e5) / 10_100.5), reason: 'momentum: trend up' },
      },
    ])
  })

  it('sells a break below, and not where shorts are not taken', () => {
    const short = play()
    short.bars(...flat, 9900)
    expect(short.stage.intents).toMatchObject([{ side: 'sell', reason: 'momentum: trend down' }])
    for (const longOnly of [
      play({ direction: 'long' }),
      play({}, stageInstrument(0, { longOnly: true })),
    ]) {
      longOnly.bars(...flat, 9900)
      expect(longOnly.stage.intents).toEqual([])
      expect(longOnly.stage.outcomes).toEqual(['trend'])
    }
  })

  it('names the first gate that fails', () => {
    const { stage, bars } = play()
    bars(10_000)
    expect(stage.outcomes).toEqual(['warm-up'])
    bars(...flat, 10_003)
    expect(stage.outcomes).toEqual(['slow z'])
    stage.legs[0]!.isFresh = false
    bars(10_200)
    expect(stage.outcomes).toEqual(['book'])
    const slow = play({ fastEntry: 9 })
    slow.bars(...flat, 10_100)
    expect(slow.stage.outcomes).toEqual(['fast z'])
  })

  it('leaves when the close crosses its average, once', () => {
    const { stage, bars } = play()
    bars(...flat, 10_100)
    stage.hold(0, 90)
    bars(10_110)
    expect(stage.outcomes).toEqual(['holding'])
    bars(9990)
    expect(stage.outcomes).toEqual(['exit: trend break'])
    expect(stage.intents).toEqual([
      { kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'momentum: trend break' },
    ])
  })

  it('leaves earlier where the slow z must stay above more than its sign', () => {
    const { stage, bars } = play({ slowExit: 0.4 })
    bars(...flat, 10_100)
    stage.hold(0, 90)
    bars(10_030)
    expect(stage.outcomes).toEqual(['exit: trend faded'])
  })

  it('mirrors its exits for shorts', () => {
    const { stage, bars } = play()
    bars(...flat, 9900)
    stage.hold(0, -90)
    bars(9890)
    expect(stage.outcomes).toEqual(['holding'])
    bars(10_020)
    expect(stage.outcomes).toEqual(['exit: trend break'])
  })

  it('stops at a loss and after its time, also between bars', () => {
    const { stage, bars, beat } = play()
    bars(...flat, 10_100)
    stage.hold(0, 90)
    stage.legs[0]!.mid = 9797
    beat()
    expect(stage.outcomes).toEqual(['exit: stop loss'])
    stage.legs[0]!.mid = 10_100
    beat()
    expect(stage.intents).toEqual([])
    stage.pass(60 * MINUTE)
    beat()
    expect(stage.outcomes).toEqual(['exit: time stop'])
    stage.legs[0]!.working = 'exit'
    beat()
    expect(stage.intents).toEqual([])
  })

  it('does not enter again in the bar in which it left', () => {
    const { stage, bars, beat } = play()
    bars(...flat, 10_100)
    stage.hold(0, 90)
    stage.legs[0]!.mid = 9700
    beat()
    stage.hold(0, 0)
    bars(10_200)
    expect(stage.outcomes).toEqual(['exited this bar'])
    bars(10_900)
    expect(stage.outcomes).toEqual(['enter long'])
  })

  it('gives a resting entry up when its trend is gone', () => {
    const { stage, bars } = play({ entryUrgency: 'passive' })
    bars(...flat, 10_100)
    stage.legs[0]!.working = 'entry'
    bars(10_200)
    expect(stage.intents).toEqual([])
    bars(9900)
    expect(stage.intents).toEqual([
      { kind: 'abandonEntry', instrument: 0, reason: 'momentum: signal gone' },
    ])
    stage.legs[0]!.working = 'exit'
    bars(9900)
    expect(stage.outcomes).toEqual(['working exit'])
  })

  it('is warm at once after history', () => {
    const { stage, bars, seed } = play()
    seed(flat)
    bars(10_100)
    expect(stage.outcomes).toEqual(['enter long'])
  })

  it('sizes by the configured sizer', () => {
    const kelly: Extract<Sizer, { kind: 'kelly' }> = {
      kind: 'kelly',
      ...{ fraction: 0.5, cap: 0.02, horizon: 5, by: 'mean', confidence: 0.9, window: 8 },
    }
    const up = play({ sizer: kelly })
    up.bars(...flat, 10_100)
    const [intent] = up.stage.intents
    const lots = Math.floor((0.02 * 10_000 * 1e5) / 10_100.5)
    expect(intent).toMatchObject({ kind: 'enter', quantity: lots })
    const careful = play({ sizer: { ...kelly, by: 'lower' } })
    careful.bars(...flat, 10_100)
    expect(careful.stage.outcomes).toEqual(['no edge'])
    expect(careful.stage.gates.map(({ gate }) => gate)).toContain('lower move bp')
  })
})

describe('a trend', () => {
  it('agrees with sums done by hand', () => {
    const found = trendOf([2, 4, 4, 4, 5, 5, 7, 9], { slowWindow: 8, fastWindow: 2 })!
    expect(found.distanceBp).toBeCloseTo((9 / 5 - 1) * 1e4, 9)
    expect(found.slowZ).toBeCloseTo(4 / Math.sqrt(32 / 7), 12)
    expect(found.fastZ).toBeCloseTo(1 / Math.sqrt(2), 12)
    expect(trendOf([5, 5, 5], { slowWindow: 3, fastWindow: 2 })).toBeNull()
    expect(trendOf([5, 6], { slowWindow: 3, fastWindow: 2 })).toBeNull()
  })
})
