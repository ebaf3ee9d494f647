import { expect, it } from 'vitest'
import { cutTraining } from './cut-out.ts'
import { trainingInput } from './held-out.ts'
import { toyPanel } from './test-kit.ts'

it('keeps what every row of the bars says, and the rows of no other bar', () => {
  const { data } = toyPanel({ seed: 2, names: 12, bars: 120 })
  const all = Int32Array.from({ length: 120 }, (_, bar) => bar)
  const { input } = trainingInput(data, all, { seed: 1, validationShare: 0.2 })
  const bars = Int32Array.of(3, 50, 51, 110)
  const cut = cutTraining(input, bars, data.names)
  expect(cut.features).toMatchObject({ names: data.features.names, bars: 4 })
  const rowsIn = (rows: Int32Array): number => rows.filter((row) => bars.includes(row % 120)).length
  expect(cut.rows).toHaveLength(rowsIn(input.rows))
  expect(cut.validationRows).toHaveLength(rowsIn(input.validationRows))
  for (const row of [...cut.rows, ...cut.validationRows]) {
    const from = Math.floor(row / 4) * 120 + bars[row % 4]!
    expect(cut.labels.excessReturn[row]).toBe(data.labels.excessReturn[from])
    expect(cut.features.columns[0]![row]).toBe(data.features.columns[0]![from])
  }
})
