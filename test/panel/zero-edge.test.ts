import { describe, expect, it } from 'vitest'
import {
  annualFromBars,
  annualFromSessions,
  barCount,
  generatePanel,
  type HourPanel,
} from '../../src/core/mod.ts'

/** A score of a name by what is known when a bar is decided on; NaN leaves it out. */
type Score = (panel: HourPanel, name: number, bar: number) => number

const price = (panel: HourPanel, name: number, bar: number): number => {
  const at = name * barCount(panel.grid) + bar
  return panel.bars.close[at]! * panel.totalReturnFactor[at]!
}
const change = (panel: HourPanel, name: number, bar: number, back: number): number =>
  bar < back ? Number.NaN : price(panel, name, bar) / price(panel, name, bar - back) - 1

/** Simple rules, each with what a panel of martingales must not pay. */
const rules: Readonly<Record<string, Score>> = {
  everyMember: () => 1,
  winners: (panel, name, bar) => change(panel, name, bar, 20),
  losers: (panel, name, bar) => -change(panel, name, bar, 1),
  calm: (panel, name, bar) => {
    let square = 0
    for (let k = 0; k < 10; k++) square += change(panel, name, bar - k, 1) ** 2
    return -square
  },
  cheap: (panel, name, bar) => -panel.bars.close[name * barCount(panel.grid) + bar]!,
  goodNews: (panel, name, bar) => {
    const { knownTime, fields } = panel.sentiment![name]!
    const decision = panel.grid.decisionTime[bar]!
    const first = knownTime.findIndex((time) => time >= decision)
    const last = (first < 0 ? knownTime.length : first) - 1
    return last < 0 ? Number.NaN : fields['sentiment_score']![last]!
  },
}

/** What a share bought at the open of a bar is worth at the next one, by dividends and delistings. */
function growth(panel: HourPanel, name: number, bar: number): number {
  const bars = barCount(panel.grid)
  const at = name * bars + bar
  const open = panel.bars.open[at]! * panel.totalReturnFactor[at]!
  const next = panel.bars.open[at + 1]! * panel.totalReturnFactor[at + 1]!
  if (!Number.isNaN(next)) return next / open
  const end = panel.delistings.find((d) => d.name === name && d.bar === bar + 1)
  return (end!.lastPrice * panel.totalReturnFactor[at]!) / open
}

/** Gross returns from open to open of the better half of the members by a score, equally weighted. */
function returnsOf(panel: HourPanel, score: Score): Float64Array {
  const bars = barCount(panel.grid)
  const returns = new Float64Array(bars)
  for (let bar = 0; bar + 2 < bars; bar++) {
    const held = panel.symbols
      .map((_, name) => ({ name, score: score(panel, name, bar) }))
      .filter(({ name, score: s }) => panel.isMember[name * bars + bar] === 1 && !Number.isNaN(s))
      .filter(({ name }) => !Number.isNaN(panel.bars.open[name * bars + bar + 1]!))
      .sort((a, b) => b.score - a.score)
    const half = held.slice(0, Math.ceil(held.length / 2))
    const sum = half.reduce((total, { name }) => total + growth(panel, name, bar + 1) - 1, 0)
    returns[bar + 1] = half.length === 0 ? 0 : sum / half.length
  }
  return returns
}

const meanAndError = (values: readonly number[]): { mean: number; error: number } => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return { mean, error: Math.sqrt(square / (values.length - 1) / values.length) }
}

describe('two hundred panels without an edge', () => {
  const options = { names: 14, sessions: 30, changesPerYear: 1, delistingsPerYear: 0.3 } as const
  const panels = Array.from({ length: 200 }, (_, k) =>
    generatePanel({ seed: 7000 + k, ...options }),
  )

  it.each(Object.keys(rules))('pay nothing for holding by the rule %s', (rule) => {
    const bars: number[] = []
    const sessions: number[] = []
    for (const panel of panels) {
      const returns = returnsOf(panel, rules[rule]!)
      bars.push(annualFromBars(panel.grid, returns).sharpe!)
      sessions.push(annualFromSessions(panel.grid, returns).sharpe!)
    }
    for (const sharpes of [bars, sessions]) {
      const { mean, error } = meanAndError(sharpes)
      expect(Math.abs(mean), `${rule}: ${mean} +- ${error}`).toBeLessThan(2 * error)
    }
  })

  it('pay for a planted edge: the same rule finds it', () => {
    const edge = { column: 'sentiment_score', bpPer5Bars: 40 } as const
    const sharpes = panels.slice(0, 20).map((_, k) => {
      const panel = generatePanel({ seed: 7000 + k, ...options, edge })
      return annualFromBars(panel.grid, returnsOf(panel, rules['goodNews']!)).sharpe!
    })
    const { mean, error } = meanAndError(sharpes)
    expect(mean / error).toBeGreaterThan(4)
  })
})
