import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanceBook, type Stake } from './beta-neutral.ts'

const stake = (id: number, exposure: number, strength = 1): Stake => ({ id, exposure, strength })

describe('a book without beta', () => {
  it('enters nothing while only one side has names', () => {
    const { shares, exits } = balanceBook([], [stake(0, 100), stake(1, 50)], 0.05)
    expect([shares, exits]).toEqual([[0, 0], []])
  })

  it('enters the lighter side whole and the strongest of the heavier as far as it carries', () => {
    const wishes = [stake(0, 100, 1.5), stake(1, 100, 2), stake(2, -130, 1.3)]
    expect(balanceBook([], wishes, 0.05).shares).toEqual([0.3, 1, 1])
  })

  it('fills up against what is held', () => {
    const { shares, exits } = balanceBook([stake(5, 80)], [stake(0, 100), stake(1, -100)], 0.05)
    expect(shares).toEqual([0.2, 1])
    expect(exits).toEqual([])
  })

  it('leaves the weakest names where no wish can balance them', () => {
    const held = [stake(1, 100, 0.6), stake(2, 100, 1.2), stake(3, -100, 0.7)]
    expect(balanceBook(held, [], 0.05)).toEqual({ shares: [], exits: [1], imbalance: 0 })
  })

  it('counts a short of a name with a negative beta as what it is', () => {
    expect(balanceBook([], [stake(0, 70), stake(1, -70)], 0.05).shares).toEqual([1, 1])
  })
})

const stakes = (least: number) =>
  fc
    .array(
      fc.record({
        exposure: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        strength: fc.double({ min: 0, max: 5, noNaN: true }),
      }),
      { maxLength: 12 },
    )
    .map((all) => all.map((each, i) => ({ ...each, id: least + i })))

describe('a book of any positions and wishes', () => {
  it('ends at no net exposure, within the tolerance, or where no name could improve it', () => {
    fc.assert(
      fc.property(
        stakes(0),
        stakes(100),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (held, wishes, tolerance) => {
          const { shares, exits, imbalance } = balanceBook(held, wishes, tolerance)
          const kept = held.filter(({ id }) => !exits.includes(id)).map(({ exposure }) => exposure)
          const taken = wishes.map(({ exposure }, i) => exposure * shares[i]!)
          const all = [...kept, ...taken]
          const net = all.reduce((sum, each) => sum + each, 0)
          const gross = all.reduce((sum, each) => sum + Math.abs(each), 0)
          expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
          expect(Math.abs(Math.abs(net) - imbalance * gross)).toBeLessThan(1e-6)
          if (held.length === 0) expect(Math.abs(net)).toBeLessThan(1e-6)
          const helps = kept.some((each) => Math.abs(net - each) < Math.abs(net) - 1e-6)
          expect(Math.abs(net) <= tolerance * gross + 1e-6 || !helps).toBe(true)
        },
      ),
    )
  })

  it('never leaves a name of the lighter side', () => {
    fc.assert(
      fc.property(stakes(0), (held) => {
        const { exits } = balanceBook(held, [], 0)
        const net = held.reduce((sum, { exposure }) => sum + exposure, 0)
        const first = held.find(({ id }) => id === exits[0])
        expect(first === undefined || Math.sign(first.exposure) === Math.sign(net)).toBe(true)
      }),
    )
  })
})
