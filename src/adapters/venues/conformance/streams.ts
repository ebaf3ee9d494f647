import { expect } from 'vitest'
import { type Card, unique } from './play.ts'

/** Market data and executions across lost connections. */
export const streams: readonly Card[] = [
  {
    id: 'V08',
    title: 'a fill while disconnected is delivered exactly once after the reconnect',
    async play({ stage, rest, executed, executions, until }) {
      const order = await rest()
      stage.faults.cutStreams(true)
      const lost = stage.sink.of('streamStatus').filter(({ status }) => status === 'disconnected')
      expect(lost.map(({ stream }) => stream)).toContain('account')
      expect(lost.map(({ stream }) => stream)).toContain('book')
      await stage.counterparty('sell', order.price, order.quantity)
      stage.faults.cutStreams(false)
      await executed(order, 1)
      const isBack = (): boolean =>
        stage.sink
          .of('streamStatus')
          .filter((e) => e.stream === 'account')
          .at(-1)?.status === 'connected'
      await until(isBack, 'the account’s stream did not come back')
      await stage.run(500)
      expect(executions(order)).toHaveLength(1)
    },
  },
  {
    id: 'V09',
    title: 'fills delivered twice are one execution by their id',
    async play({ stage, rest, executed, executions }) {
      stage.faults.repeatFrames(true)
      const order = await rest()
      await stage.counterparty('sell', order.price, order.quantity)
      await executed(order, 1)
      await stage.run(500)
      expect(unique(executions(order))).toBe(1)
      const content = new Set(executions(order).map(({ price, quantity: q }) => `${price} ${q}`))
      expect(content.size).toBe(1)
    },
  },
  {
    id: 'V15',
    title: 'resubscribing brings the book again and no execution twice',
    async play({ stage, rest, executed, executions, until }) {
      const order = await rest()
      await stage.counterparty('sell', order.price, order.quantity)
      await executed(order, 1)
      for (let i = 0; i < 2; i++) {
        const books = stage.sink.books.length
        stage.faults.cutStreams(true)
        stage.faults.cutStreams(false)
        await until(() => stage.sink.books.length > books, 'no book after the reconnect', 20_000)
      }
      await stage.run(500)
      expect(executions(order)).toHaveLength(1)
    },
  },
  {
    id: 'V16',
    title: 'a book snapshot carries exactly the venue’s prices and quantities',
    async play({ stage, until }) {
      await until(() => stage.sink.books.length > 0, 'no book')
      const { bids, asks, instrument, venueTime, receivedTime } = stage.sink.books[0]!
      expect(instrument).toBe(0)
      expect(venueTime).toBeGreaterThan(0)
      expect(receivedTime).toBeGreaterThan(0)
      const depth = Math.min(stage.adapter.capabilities.bookLevels, stage.bids.length)
      expect(bids).toEqual(stage.bids.slice(0, depth))
      expect(asks).toEqual(stage.asks.slice(0, depth))
    },
  },
  {
    id: 'V22',
    title: 'public trades carry price, quantity and aggressor, each once',
    async play({ stage, rest, until }) {
      stage.faults.repeatFrames(true)
      const order = await rest()
      await stage.counterparty('sell', order.price, order.quantity)
      await until(() => stage.sink.trades.length > 0, 'no trade')
      await stage.run(500)
      const [trade, ...more] = stage.sink.trades
      expect(trade).toMatchObject({
        instrument: 0,
        aggressor: 'sell',
        price: order.price,
        quantity: order.quantity,
      })
      expect(more).toEqual([])
    },
  },
]
