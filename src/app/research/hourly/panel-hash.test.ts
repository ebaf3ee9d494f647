import { expect, it } from 'vitest'
import { generatePanel } from '../../../core/mod.ts'
import { panelHash } from './panel-hash.ts'

it('tells panels apart, and prices of minutes, which labels are made of', () => {
  const panel = generatePanel({ seed: 1, names: 2, sessions: 30 })
  const minutesOf = (price: number) => [
    { openTime: Float64Array.of(panel.grid.openTime[1]!), open: Float64Array.of(price) },
    null,
  ]
  const hashes = [
    panelHash({ panel, minutes: null }),
    panelHash({ panel, minutes: minutesOf(10) }),
    panelHash({ panel, minutes: minutesOf(11) }),
    panelHash({ panel: generatePanel({ seed: 2, names: 2, sessions: 30 }), minutes: null }),
  ]
  expect(new Set(hashes).size).toBe(4)
  expect(panelHash({ panel: { ...panel, provenance: ['other words'] }, minutes: null })).toBe(
    hashes[0],
  )
})
