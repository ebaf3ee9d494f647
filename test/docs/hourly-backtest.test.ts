import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HOURLY_DEFINITIONS } from '../../src/app/research/hourly/portfolio-figures-table.ts'
import { HOURLY_PRESETS } from '../../src/strategies/mod.ts'

const page = readFileSync(new URL('../../docs/hourly-backtest.md', import.meta.url), 'utf8')
const { seed, corrected } = HOURLY_PRESETS

/** Cells of the row that begins with a name in code. */
const row = (name: string): string => {
  const found = page.split('\n').find((line) => line.startsWith(`| \`${name}\``))
  if (found === undefined) throw new Error(`no row of ${name}`)
  return found.split('|')[2]!.trim()
}

describe('docs/hourly-backtest.md', () => {
  it('gives the limits of the presets', () => {
    for (const { limits, costs, dollarVolumeMin, band } of [seed, corrected]) {
      for (const key of ['nameMax', 'sectorMax', 'exposureMax', 'turnoverMax'] as const) {
        expect(Number(row(key))).toBe(limits[key])
      }
      expect(Number(row('costs.participationMax'))).toBe(costs.participationMax)
      expect(Number(row('dollarVolumeMin').replaceAll(',', ''))).toBe(dollarVolumeMin)
      expect(row('band').split(' to ').map(Number)).toEqual([band.low, band.high])
    }
  })

  it('gives the steps of the governor', () => {
    for (const { enterAt, leaveAt, exposure } of corrected.governor.steps) {
      const line = page.split('\n').find((each) => each.startsWith(`| ${enterAt * 100} % |`))
      expect(line).toContain(` ${exposure === 0 ? 0 : exposure.toFixed(2)}, `)
      expect(line).toContain(`| ${leaveAt * 100} % |`)
    }
    expect(page).toContain(`\`patience\` (${corrected.governor.patience})`)
  })

  it('gives the costs of both', () => {
    const { halfSpread, slippageBp } = corrected.costs
    expect([slippageBp, seed.costs.slippageBp]).toEqual([1, 1])
    const said =
      /0\.5 bp from 1,000 million.*1 from 100, 1\.5 from 30, 2\.5 from 10, 4 from 3, 8 below/
    expect(page).toMatch(said)
    expect(halfSpread.map(({ dollarsFrom, bp }) => [dollarsFrom / 1e6, bp])).toEqual([
      [1000, 0.5],
      [100, 1],
      [30, 1.5],
      [10, 2.5],
      [3, 4],
      [0, 8],
    ])
    expect(seed.costs.halfSpread).toEqual([{ dollarsFrom: 0, bp: 0.5 }])
  })

  it('defines the figures as the report does', () => {
    for (const [name, text] of HOURLY_DEFINITIONS) {
      expect(page).toContain(`| ${name} | ${text.replaceAll('|', '\\|')} |`)
    }
  })
})
