import { describe, expect, it } from 'vitest'
import { MarketWriter } from '../domain/market-record.ts'
import type { EngineConfig } from './config.ts'
import { Bench, SECOND, testConfig } from './test-kit.ts'

const signal = (prices?: 'bar' | 'book'): EngineConfig['signal'] => {
  const plain = testConfig({ id: 'none', init: () => ({}), on: () => {} }).signal
  return { ...plain, source: 'bar', ...(prices === undefined ? {} : { prices }) }
}

function bench(prices?: 'bar' | 'book'): Bench {
  const made = new Bench({ signal: signal(prices) })
  made.session(false)
  made.stream('book', 'connected')
  made.stream('account', 'connected')
  made.account()
  return made
}

function bar(made: Bench, close: number): void {
  const writer = new MarketWriter(1)
  const head = { receivedTime: made.now, venueTime: made.now, instrument: 0 }
  const openTime = made.now - SECOND
  writer.bar(head, { open: close, high: close, low: close, close, volume: 1, openTime })
  made.market(writer)
}

describe('finished bars', () => {
  it('are the prices where nothing else is fed', () => {
    for (const made of [bench(), bench('bar')]) {
      bar(made, 900)
      const { view } = made.engine
      expect([view.bestBid(0), view.bestAsk(0), view.isBookFresh(0)]).toEqual([900, 900, true])
    }
  })

  it('leave prices to a book that is fed beside them', () => {
    const made = bench('book')
    bar(made, 900)
    const { view, world } = made.engine
    expect([view.bestBid(0), view.bestAsk(0), view.isBookFresh(0)]).toEqual([null, null, false])
    made.book(0, 1000, 1002)
    expect([view.bestBid(0), view.bestAsk(0), view.isBookFresh(0)]).toEqual([1000, 1002, true])
    made.now += SECOND
    bar(made, 910)
    expect(view.bar(0)?.close).toBe(1820)
    expect([view.bestBid(0), view.bookAge(0)]).toEqual([1000, SECOND])
    made.pass(1, false)
    expect(world.halfMarks[0]).toBe(2002)
  })

  it('let an entry go out at the book, and none without one', () => {
    const made = bench('book')
    bar(made, 900)
    made.wanted.push({
      ...{ kind: 'enter', instrument: 0, side: 'buy', urgency: 'aggressive', reason: 'test' },
      quantity: 10 as never,
    })
    made.pass(1, false)
    expect(made.denials).toEqual(['BOOK_UNKNOWN'])
    made.book(0, 1000, 1002)
    expect(made.enter('buy', 10, { urgency: 'aggressive' }).price).toBe(1003)
  })
})
