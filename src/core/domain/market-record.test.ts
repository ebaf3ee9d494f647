import { expect, it } from 'vitest'
import { AssertionFailure } from '../lib/assert.ts'
import { MarketCursor, MarketWriter, viewBatch } from './market-record.ts'

function written(venueTimes: readonly number[]): MarketWriter {
  const writer = new MarketWriter(1)
  venueTimes.forEach((venueTime, i) => {
    writer.trade({ receivedTime: 100 + i, venueTime, instrument: 0 }, 'buy', 7, 1, i)
  })
  return writer
}

it.each([
  [[], true],
  [[5, 5, 9], true],
  [[5, 4, 9], false],
])('a batch knows whether its venue times %j are in order', (venueTimes, isOrdered) => {
  const writer = written(venueTimes)
  expect(writer.batch().isVenueOrdered).toBe(isOrdered)
  writer.clear()
  expect(writer.batch().isVenueOrdered).toBe(true)
})

it('copied records are judged again, and a view over bytes knows nothing of their order', () => {
  const batch = written([5, 4, 9]).batch()
  const copy = new MarketWriter(1)
  for (const index of [1, 0, 2]) copy.copy(batch, index, new MarketCursor())
  expect(copy.batch().isVenueOrdered).toBe(true)
  const view = viewBatch(batch.u8.slice().buffer, batch.count, batch.pool)
  expect(view.isVenueOrdered).toBe(null)
})

it('a price that does not fit is a bug', () => {
  const head = { receivedTime: 1, venueTime: 1, instrument: 0 }
  expect(() => new MarketWriter().delta(head, 'bid', 2 ** 31, 1)).toThrow(AssertionFailure)
})
