import { describe, expect, it } from 'vitest'
import { type Routing, routeEntry, routeExit } from './routing.ts'

const native = { symbol: 'BTC' }
const builder = { symbol: 'xyz:TSLA' }
const tight = { lifetimeUs: 30_000_000, repricesMax: 5 }
const patient = { lifetimeUs: 120_000_000, repricesMax: 15 }
const routing: Routing = {
  native: { entry: 'passive', takeFrom: null, exit: 'passive', resting: tight },
  builder: { entry: 'passive', takeFrom: 3, exit: 'aggressive', resting: patient },
}
const routed = { entryUrgency: 'aggressive', exitUrgency: 'aggressive', routing } as const

describe('routes', () => {
  it('rest an entry in a native instrument whatever its z', () => {
    for (const z of [-1.5, 3, -9, null]) {
      expect(routeEntry(routed, native, z)).toEqual({ urgency: 'passive', resting: tight })
    }
  })

  it("rest an entry in a builder's instrument below |z| 3 and take from there on", () => {
    for (const z of [2.999, -2.999, null]) {
      expect(routeEntry(routed, builder, z)).toEqual({ urgency: 'passive', resting: patient })
    }
    for (const z of [3, -3, 7]) {
      expect(routeEntry(routed, builder, z)).toEqual({ urgency: 'aggressive' })
    }
  })

  it('rest an exit of a native instrument, as configured, and take one of a builder', () => {
    expect(routeExit(routed, native)).toEqual({ urgency: 'passive', resting: tight })
    expect(routeExit(routed, builder)).toEqual({ urgency: 'aggressive' })
    const taking = {
      ...routed,
      routing: { ...routing, native: { ...routing.native, exit: 'aggressive' } },
    } as const
    expect(routeExit(taking, native)).toEqual({ urgency: 'aggressive' })
  })

  it('leave everything to the two urgencies where there are none', () => {
    const plain = { entryUrgency: 'passive', exitUrgency: 'aggressive' } as const
    expect(routeEntry(plain, builder, 9)).toEqual({ urgency: 'passive' })
    expect(routeExit(plain, native)).toEqual({ urgency: 'aggressive' })
  })
})
