import { expect, it } from 'vitest'
import { moneyFromNumber } from '../domain/money.ts'
import { testInstrument } from '../matching/test-kit.ts'
import { createLotsMoved } from './lots-moved.ts'
import { roundTrips } from './round-trips.ts'
import type { RunFill, RunRecord } from './run-record.ts'

const instruments = [testInstrument({ kind: 'spot', feeIn: 'received', quoteCurrency: 'USD' })]

const fill = (change: Partial<RunFill>): RunFill =>
  ({
    time: 1,
    instrument: 0,
    side: 'buy',
    price: 1000,
    quantity: 1000,
    liquidity: 'taker',
    fee: 0n,
    reason: 'entry',
    intentId: 'i',
    decisionTime: null,
    arrivalPrice: null,
    arrivalMidHalfQuanta: null,
    midHalfQuanta: null,
    ...change,
  }) as RunFill

it('a fee in coins moves the position by whole lots and carries what is left', () => {
  const { moved, dusts } = createLotsMoved({ instruments })
  expect(moved(fill({ assetFee: 2_500_000n }))).toBe(997)
  expect(moved(fill({ side: 'sell', quantity: 997 as never }))).toBe(-997)
  expect(moved(fill({ assetFee: 2_500_000n }))).toBe(998)
  expect(dusts.get(0)).toBe(0n)
})

it('a round trip whose fee was taken in coins ends when all lots are sold, and counts it once', () => {
  const record = {
    instruments,
    fills: [
      fill({ fee: moneyFromNumber(0.25), assetFee: 2_500_000n }),
      fill({ side: 'sell', quantity: 997 as never, fee: moneyFromNumber(0.25), time: 2 }),
      fill({ fee: moneyFromNumber(0.25), assetFee: 2_500_000n, time: 3 }),
    ],
    funding: [],
    mids: [{ instrument: 0, time: Float64Array.of(1), halfMid: Float64Array.of(2000) }],
    bars: [],
    data: { lastTime: 4 },
  } as unknown as RunRecord
  const { trips, dust } = roundTrips(record)
  const [first, second] = trips
  // 1 coin at 100 costs 100, of which 0.25 are the fee; half a lot, worth 0.05, is carried.
  expect(first).toMatchObject({ exitTime: 2, fees: moneyFromNumber(0.5), fills: 2 })
  expect(first!.net).toBe(moneyFromNumber(-0.5 - 0.05))
  expect(second!.exitTime).toBeNull()
  expect(dust).toBe(0n)
  const before = roundTrips({ ...record, fills: record.fills.slice(0, 2) }).dust
  expect(before).toBe(moneyFromNumber(0.05))
})
