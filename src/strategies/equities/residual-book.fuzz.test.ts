import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, nextSession } from '../../core/mod.ts'
import type { ResidualParameters } from './residual-parameters.ts'
import { scoreResiduals } from './residual-scores.ts'
import { DailyStage, dailyConfig } from './test-kit.ts'

const MINUTE = 60_000_000
const NAMES = 12
const TOLERANCE = 0.05

const symbols = Array.from({ length: NAMES }, (_, i) => `I${i}`)
const residual: ResidualParameters = {
  factors: {
    kind: 'sector',
    sectors: Object.fromEntries(symbols.map((symbol, i) => [symbol, i % 2 === 0 ? 'A' : 'B'])),
    proxies: {},
  },
  ...{ market: null, window: 20, kappaMin: 0, centreMeans: false, withDrift: false },
  ...{ maxGap: 0, tests: null, neutral: { by: 'market', tolerance: TOLERANCE } },
}

/** What a share more or less of every short may move the book by, USD. */
const SHARE = 80

interface Book {
  readonly net: number
  readonly gross: number
  /** Exposures of what is held. */
  readonly exposures: readonly number[]
  readonly shorts: number
}

/** Value times beta of what is held, by the closes that the strategy knows. */
function bookOf({ engine }: DailyStage): Book {
  const { residual: own } = engine.snapshot().strategyState as {
    residual: { rows: Parameters<typeof scoreResiduals>[2] }
  }
  const { byName } = scoreResiduals(residual, symbols, own.rows)
  const exposures = byName.flatMap((score, id) => {
    const lots = engine.view.position(id)
    if (lots === 0) return []
    const beta = typeof score === 'string' ? 1 : score.marketBeta
    return [((lots * engine.view.bar(id)!.close) / 2 / 1e4) * beta]
  })
  return {
    net: exposures.reduce((sum, each) => sum + each, 0),
    gross: exposures.reduce((sum, each) => sum + Math.abs(each), 0),
    exposures,
    shorts: engine.view.instruments.filter(({ id }) => engine.view.position(id) < 0).length,
  }
}

/** Days of closes that follow a market and sectors; every order is filled before the next day. */
function run(seed: number, check: (book: Book) => void): void {
  const tier = { longEntry: -0.8, longExit: -0.2, shortEntry: 0.8, shortExit: 0.2 }
  const stage = new DailyStage(dailyConfig(NAMES, { prices: 'bar', residual }, { tier }), seed)
  stage.begin()
  const random = createRandom(seed)
  const levels = new Float64Array(NAMES)
  let market = 0
  for (let day = 0; day < 45; day++) {
    const session = nextSession('us-equities', stage.now)!
    stage.beat(session.closeTime + MINUTE)
    market += 0.01 * random.normal()
    for (let i = 0; i < NAMES; i++) {
      levels[i] = 0.8 * levels[i]! + 0.01 * random.normal()
      const beta = 0.5 + (i % 4) / 3
      stage.bar(i, session, Math.round(5000 * Math.exp(beta * market + levels[i]!)))
    }
    stage.beat(session.closeTime + 2 * MINUTE)
    stage.fillAll()
    check(bookOf(stage))
  }
}

describe('a book of residuals', () => {
  it('has no beta after any decision, up to whole shares and what no name could improve', () => {
    let held = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
        run(seed, ({ net, gross, exposures, shorts }) => {
          const rounding = SHARE * (shorts + 1)
          const isNear = Math.abs(net) <= TOLERANCE * gross + rounding
          const helps = exposures.some((each) => Math.abs(net - each) < Math.abs(net) - rounding)
          if (exposures.length > 1) held++
          expect(isNear || !helps, `net ${net} of ${gross}`).toBe(true)
        })
      }),
      { numRuns: 3 },
    )
    expect(held).toBeGreaterThan(20)
  })
})
