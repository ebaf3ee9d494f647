import { describe, expect, it } from 'vitest'
import { Stage, stageInstrument } from '../companions/test-kit.ts'
import { admit, capOf, type SectorCaps, sectorOf, takenSlots } from './sector-caps.ts'

const rules: SectorCaps = {
  cap: 3,
  caps: { Energy: 1, Semiconductors: 2 },
  sectors: { I0: 'Energy', I1: 'Energy', I2: 'Semiconductors' },
  freedBy: 'decision',
}

const wish = (symbol: string, z: number) => ({ symbol, z })
const stage = () => new Stage([0, 1, 2, 3].map((id) => stageInstrument(id)))

describe('sector caps', () => {
  it('count a name that no sector lists to a sector of its own', () => {
    expect(sectorOf(rules, 'I9')).toBe('Unknown')
    expect(capOf(rules, 'Unknown')).toBe(3)
    expect(capOf(rules, 'Energy')).toBe(1)
  })

  it('give slots to the largest |z|, longs and shorts alike, then by symbol', () => {
    const names = [wish('I1', -2), wish('I0', 3), wish('I7', 1.5), wish('I6', -1.5)]
    const given = admit(rules, new Map(), names)
    expect(given.map(({ candidate, isAdmitted }) => [candidate.symbol, isAdmitted])).toEqual([
      ['I0', true],
      ['I1', false],
      ['I6', true],
      ['I7', true],
    ])
  })

  it('say what the sector held when a name was refused', () => {
    const [only] = admit(rules, new Map([['Energy', 1]]), [wish('I0', 2)])
    expect(only).toMatchObject({ sector: 'Energy', cap: 1, taken: 1, isAdmitted: false })
  })

  it('are taken by positions and by entries at work, and by nothing else', () => {
    const { view, legs } = stage()
    expect(takenSlots(rules, view).size).toBe(0)
    legs[0]!.position = -5
    legs[2]!.working = 'entry'
    expect(Object.fromEntries(takenSlots(rules, view))).toEqual({ Energy: 1, Semiconductors: 1 })
    legs[2]!.working = null
    expect(takenSlots(rules, view).get('Semiconductors')).toBeUndefined()
  })

  it('count a partly filled entry once', () => {
    const { view, legs } = stage()
    Object.assign(legs[2]!, { position: 1, working: 'entry' })
    expect(takenSlots(rules, view).get('Semiconductors')).toBe(1)
  })

  it('are freed by an exit that is decided, or only by one that is filled', () => {
    const { view, legs } = stage()
    Object.assign(legs[0]!, { position: 5, working: 'exit' })
    Object.assign(legs[2]!, { position: 5 })
    const leaving = new Set([2])
    expect(takenSlots(rules, view, leaving).size).toBe(0)
    const atFill = { ...rules, freedBy: 'fill' } as const
    expect(takenSlots(atFill, view, leaving).size).toBe(2)
  })
})
