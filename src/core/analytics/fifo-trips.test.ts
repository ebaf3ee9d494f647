import { describe, expect, it } from 'vitest'
import { type FifoFill, fifoTrips } from './fifo-trips.ts'

const fill = (time: number, side: 'buy' | 'sell', shares: number, price: number): FifoFill => ({
  ...{ time, instrument: 0, side, shares, price, fee: 1 },
})

describe('round trips, first in, first out', () => {
  it('close the oldest shares first, a trip for each purchase touched', () => {
    const trips = fifoTrips([
      fill(1, 'buy', 10, 100),
      fill(2, 'buy', 10, 110),
      fill(5, 'sell', 15, 120),
    ])
    expect(trips).toMatchObject([
      { entryTime: 1, exitTime: 5, shares: 10, cost: 1000, proceeds: 1200 },
      { entryTime: 2, exitTime: 5, shares: 5, cost: 550, proceeds: 600 },
    ])
    expect(trips[0]!.net).toBeCloseTo(200 - 1 - 2 / 3, 12)
    expect(trips[1]!.net).toBeCloseTo(50 - 0.5 - 1 / 3, 12)
  })

  it('leave out what is still held, and keep names apart', () => {
    const other = { ...fill(3, 'sell', 5, 90), instrument: 1 }
    expect(fifoTrips([fill(1, 'buy', 10, 100), other])).toEqual([])
  })

  it('count the shares of a split anew at an unchanged cost', () => {
    const splits = [{ time: 2, instrument: 0, ratio: 4 }]
    const trips = fifoTrips([fill(1, 'buy', 10, 100), fill(3, 'sell', 40, 25)], splits)
    expect(trips).toMatchObject([{ shares: 40, cost: 1000, proceeds: 1000, net: -2 }])
  })

  it('add up to the cash that came and went once everything is sold', () => {
    const fills = [
      fill(1, 'buy', 7, 10),
      fill(2, 'sell', 3, 11),
      fill(3, 'buy', 5, 12),
      fill(4, 'sell', 9, 9),
    ]
    const cash = fills.reduce(
      (sum, { side, shares, price, fee }) => sum + (side === 'buy' ? -1 : 1) * shares * price - fee,
      0,
    )
    expect(fifoTrips(fills).reduce((sum, { net }) => sum + net, 0)).toBeCloseTo(cash, 12)
  })
})
