import { expect } from 'vitest'
import { type Card, WAIT_MS } from './play.ts'

/** Commands whose outcome is not known, and restarts. */
export const unknowns: readonly Card[] = [
  {
    id: 'V07',
    title: 'a reply lost after acceptance leaves the order unknown until a query finds it',
    async play({ stage, submit, evidence, report }) {
      stage.faults.loseReplies(true)
      const order = submit()
      await evidence(order, 'unknown')
      stage.faults.loseReplies(false)
      expect(stage.sink.evidence(order.clientOrderId)).not.toContain('rejected:other')
      const before = stage.sink.evidence(order.clientOrderId).length
      stage.adapter.queryOrder(order.clientOrderId)
      await stage.until(() => stage.sink.evidence(order.clientOrderId).length > before, WAIT_MS)
      expect(stage.sink.evidence(order.clientOrderId).at(-1)).toBe('accepted')
      expect((await report()).account.openOrders).toHaveLength(1)
    },
  },
  {
    id: 'V18',
    title: 'a request lost on its way is unknown, then not found, and never placed twice',
    async play({ stage, submit, evidence, report, until }) {
      stage.faults.loseRequests(true)
      const order = submit()
      await evidence(order, 'unknown')
      stage.faults.loseRequests(false)
      stage.adapter.queryOrder(order.clientOrderId)
      const isNotFound = (): boolean =>
        stage.sink.evidence(order.clientOrderId).includes('notFound')
      await until(isNotFound, 'not found was not reported', 30_000)
      expect((await report()).account.openOrders).toEqual([])
      expect(stage.sink.evidence(order.clientOrderId)).toEqual(['unknown', 'notFound'])
    },
  },
  {
    id: 'V19',
    title: 'a cancel whose reply was lost is unknown until a query tells',
    async play({ stage, rest, cancel, evidence, until }) {
      const order = await rest()
      stage.faults.loseReplies(true)
      // Without the streams nothing but the reply could tell.
      stage.faults.cutStreams(true)
      cancel(order)
      await evidence(order, 'unknown')
      stage.faults.loseReplies(false)
      stage.adapter.queryOrder(order.clientOrderId)
      await until(
        () => stage.sink.evidence(order.clientOrderId).includes('canceled'),
        'the query did not tell that it was canceled',
      )
    },
  },
  {
    id: 'V12',
    title: 'after a restart commands are accepted again and no order is forgotten',
    async play({ stage, rest, submit, evidence, cancel, report }) {
      const first = await rest()
      await stage.restart()
      await stage.settle(stage.adapter.loadInstruments([stage.symbol]))
      await stage.settle(stage.adapter.start(stage.sink))
      const second = submit()
      await evidence(second, 'accepted')
      const { account } = await report()
      expect(account.openOrders.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(
        [first.clientOrderId, second.clientOrderId].sort(),
      )
      cancel(first)
      await evidence(first, 'canceled')
    },
  },
  {
    id: 'V25',
    title: 'a cancel is not held up by an order whose reply does not come',
    async play({ stage, rest, submit, cancel, evidence }) {
      const resting = await rest()
      stage.faults.loseReplies(true)
      const hanging = submit()
      await stage.run(1)
      stage.faults.loseReplies(false)
      cancel(resting)
      await evidence(resting, 'canceled')
      expect(stage.sink.evidence(hanging.clientOrderId)).not.toContain('unknown')
    },
  },
  {
    id: 'V26',
    title: 'a storm of orders: each has an outcome, none is dropped in silence',
    async play({ stage, submit, inside, until }) {
      const sent = Array.from({ length: 60 }, () => submit({ price: inside(0) }))
      const undecided = (): number =>
        sent.filter(({ clientOrderId }) => stage.sink.evidence(clientOrderId).length === 0).length
      await until(() => undecided() === 0, 'orders without an outcome')
    },
  },
]
