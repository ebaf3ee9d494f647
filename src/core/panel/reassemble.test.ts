import { expect, it } from 'vitest'
import { assemblePanel } from './assemble-panel.ts'
import { generatePanel } from './generated/generate-panel.ts'
import type { HourPanel } from './hour-panel.ts'
import { tablesOfPanel } from './take-apart.ts'

it('a generated panel taken apart into tables and assembled again is the same', () => {
  const panel = generatePanel({
    seed: 17,
    names: 24,
    sessions: 130,
    changesPerYear: 2,
    delistingsPerYear: 0.5,
    reserveShare: 0.3,
  })
  const made = assemblePanel(tablesOfPanel(panel), {
    grid: panel.grid,
    dataKind: 'generated',
    sectorNames: panel.sectorNames,
    symbols: panel.symbols,
  })
  if (made.kind === 'refused') throw new Error(JSON.stringify(made.problems))
  expect(panel.actions.length).toBeGreaterThan(15)
  expect(panel.delistings.length).toBeGreaterThan(2)
  const whole = (p: HourPanel): unknown => {
    const {
      provenance: _,
      tables: __,
      splitFactor,
      totalReturnFactor,
      sharesOutstanding,
      ...rest
    } = p
    // A name that trades no more keeps its last known count of shares.
    const shares = [...sharesOutstanding].map((x, k) => (Number.isNaN(p.bars.close[k]!) ? null : x))
    const near = (column: Float64Array): number[] => [...column].map((x) => +x.toPrecision(10))
    return { ...rest, shares, split: near(splitFactor), total: near(totalReturnFactor) }
  }
  expect(whole(made.panel)).toEqual(whole(panel))
})
