import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { RollingZ } from './rolling-z.ts'

function walk(seed: number, length: number, step: number, start = 1_000_000): number[] {
  const random = createRandom(seed)
  let value = start
  return Array.from({ length }, () => {
    value += Math.round(random.normal() * step)
    return value
  })
}

const scores = (values: readonly number[], z: RollingZ): number[] =>
  values.map((value) => {
    z.push(value)
    return z.value
  })

describe('RollingZ', () => {
  it('scores the current value against a window that holds it', () => {
    const z = new RollingZ(4, 'include')
    expect(scores([2, 4, 4], z)).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect([z.count, z.needed]).toEqual([3, 4])
    z.push(6)
    expect(z.mean()).toBe(4)
    expect(z.deviation()).toBeCloseTo(Math.sqrt(8 / 3), 15)
    expect(z.value).toBeCloseTo(2 / Math.sqrt(8 / 3), 15)
    expect(z.count).toBe(4)
  })

  it('scores the current value against the window before it', () => {
    const z = new RollingZ(4, 'exclude')
    expect(scores([2, 4, 4, 6], z)).toEqual(new Array(4).fill(Number.NaN))
    expect([z.count, z.needed]).toEqual([4, 5])
    z.push(10)
    expect(z.mean()).toBe(4)
    expect(z.value).toBeCloseTo(6 / Math.sqrt(8 / 3), 15)
    z.push(10)
    expect(z.mean()).toBe(6)
  })

  it('is null at zero variance, and so are its mean and deviation', () => {
    for (const current of ['include', 'exclude'] as const) {
      const z = new RollingZ(3, current)
      scores([7, 7, 7, 7], z)
      expect([z.value, z.mean(), z.deviation()]).toEqual([Number.NaN, Number.NaN, Number.NaN])
      z.push(8)
      expect(Number.isNaN(z.value)).toBe(current === 'exclude')
      z.push(8)
      expect(z.value).not.toBeNaN()
    }
  })

  it('never passes (W - 1) / sqrt(W) when the window holds the value', () => {
    const z = new RollingZ(60, 'include')
    scores([...new Array<number>(59).fill(100), 1e9], z)
    expect(z.value).toBeCloseTo(59 / Math.sqrt(60), 12)
  })

  it('gives the same bits wherever the run started', () => {
    const values = walk(4, 5000, 40_000, 300_000_000)
    values[2000] = values[2000]! - 200_000_000
    const random = createRandom(5)
    for (const current of ['include', 'exclude'] as const) {
      const whole = scores(values, new RollingZ(60, current))
      for (let run = 0; run < 100; run++) {
        const start = random.integer(4900)
        const z = new RollingZ(60, current)
        const part = scores(values.slice(start), z)
        const warm = z.needed - 1
        expect(part.slice(warm), `start ${start}`).toEqual(whole.slice(start + warm))
      }
    }
  })

  it('forgets everything on clear', () => {
    const values = walk(6, 200, 30)
    for (const current of ['include', 'exclude'] as const) {
      const used = new RollingZ(20, current)
      scores([1e12, 3, -1e12, ...values], used)
      used.clear()
      expect(used.count).toBe(0)
      expect(used.value).toBeNaN()
      expect(scores(values, used)).toEqual(scores(values, new RollingZ(20, current)))
    }
  })

  it('goes on from its state through JSON as if never stopped', () => {
    const values = walk(7, 300, 1e7, 1e12)
    for (const current of ['include', 'exclude'] as const) {
      const whole = new RollingZ(20, current)
      const expected = scores(values, whole)
      for (const cut of [0, 1, 19, 20, 21, 22, 150]) {
        const before = new RollingZ(20, current)
        scores(values.slice(0, cut), before)
        const state = JSON.parse(JSON.stringify(before.snapshot()))
        const after = RollingZ.restore(state)
        expect([after.value, after.mean(), after.deviation(), after.count]).toEqual([
          before.value,
          before.mean(),
          before.deviation(),
          before.count,
        ])
        expect(scores(values.slice(cut), after)).toEqual(expected.slice(cut))
      }
    }
  })

  it('refuses values that are not safe integers and windows that are no windows', () => {
    for (const current of ['include', 'exclude'] as const) {
      const z = new RollingZ(2, current)
      for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
        expect(() => z.push(bad)).toThrow(/safe integer/)
      }
    }
    for (const bad of [1, 0, 2.5, Number.NaN, 2 ** 21]) {
      expect(() => new RollingZ(bad, 'include')).toThrow(/window of/)
    }
  })
})
