import fc from 'fast-check'
import { expect, it } from 'vitest'
import { haltAt, mergeHalts } from './halts.ts'

const window = fc
  .record({
    name: fc.constantFrom('CPI', 'GDP', 'FOMC'),
    fromTime: fc.integer({ min: 0, max: 200 }),
    length: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ name, fromTime, length }) => ({ name, fromTime, untilTime: fromTime + length }))

it('merged windows ascend, do not meet, and halt exactly when one of the windows did', () => {
  fc.assert(
    fc.property(fc.array(window, { maxLength: 12 }), (windows) => {
      const haltWindows = mergeHalts(windows)
      haltWindows.forEach(({ fromTime }, i) => {
        expect(fromTime).toBeGreaterThan(haltWindows[i - 1]?.untilTime ?? -1)
      })
      for (let now = 0; now < 250; now++) {
        const held = windows.filter(({ fromTime, untilTime }) => now >= fromTime && now < untilTime)
        const halt = haltAt({ haltedUntil: 0, announcedHalts: [] }, { haltWindows }, now)
        expect(halt !== null).toBe(held.length > 0)
        for (const { name, untilTime } of held) {
          expect(halt!.name.split(' + ')).toContain(name)
          expect(halt!.untilTime).toBeGreaterThanOrEqual(untilTime)
        }
      }
    }),
  )
})
