import { expect } from 'vitest'
import { quantity } from '../../../core/mod.ts'
import { type Card, sum, WAIT_MS } from './play.ts'

/** Orders that take the place of others at once. */
export const replacing: readonly Card[] = [
  {
    id: 'V28',
    title: 'a replaced order ends and the new one rests in its place',
    async play({ stage, rest, replace, evidence, report, inside }) {
      const old = await rest()
      const made = replace(old, { price: inside(2) })
      await evidence(made, 'accepted')
      await evidence(old, 'canceled')
      const { openOrders } = (await report()).account
      expect(openOrders).toMatchObject([
        {
          clientOrderId: made.clientOrderId,
          price: made.price,
          leavesQuantity: made.quantity,
        },
      ])
      expect(stage.sink.evidence(made.clientOrderId)).not.toContain('rejected:other')
    },
  },
  {
    id: 'V29',
    title: 'what filled of the replaced order is taken off the new one, known or not',
    async play({ stage, order: draft, rest, replace, evidence, executed, report, inside }) {
      const lots = draft().quantity
      const old = await rest({ quantity: quantity(4 * lots) })
      await stage.counterparty('sell', old.price, lots)
      await executed(old, 1)
      // One more fills that the new order is asked for without knowing of.
      await stage.counterparty('sell', old.price, lots)
      await executed(old, 2)
      const made = replace(old, { price: inside(2), quantity: quantity(3 * lots) }, lots)
      await evidence(made, 'accepted')
      expect((await report()).account.openOrders[0]!.leavesQuantity).toBe(2 * lots)
      await stage.counterparty('sell', made.price, 2 * lots)
      expect(sum(await executed(made, 1))).toBe(2 * lots)
      expect((await report()).account.openOrders).toEqual([])
    },
  },
  {
    id: 'V30',
    title: 'an order that is gone is not replaced, and one that may not be rests on',
    async play({ stage, rest, replace, evidence, executed, report, inside }) {
      const old = await rest()
      const wrong = replace(old, { price: inside(2), quantity: quantity(1e9) })
      await evidence(wrong, 'rejected:insufficientMargin')
      await evidence(old, 'cancelRejected:insufficientMargin')
      expect((await report()).account.openOrders).toHaveLength(1)
      await stage.counterparty('sell', old.price, old.quantity)
      await executed(old, 1)
      const late = replace(old, { price: inside(2) })
      await evidence(late, 'rejected:other')
      await evidence(old, 'cancelRejected:other')
      expect((await report()).account.openOrders).toEqual([])
    },
  },
  {
    id: 'V31',
    title: 'a replacement whose reply was lost is unknown, as is the old order, until queries tell',
    async play({ stage, rest, replace, evidence, report, until, inside }) {
      const old = await rest()
      stage.faults.loseReplies(true)
      stage.faults.cutStreams(true)
      const made = replace(old, { price: inside(2) })
      await evidence(made, 'unknown')
      await evidence(old, 'unknown')
      stage.faults.loseReplies(false)
      stage.faults.cutStreams(false)
      for (const { clientOrderId } of [made, old]) stage.adapter.queryOrder(clientOrderId)
      await evidence(made, 'accepted')
      await evidence(old, 'canceled')
      expect((await report()).account.openOrders).toHaveLength(1)
      stage.faults.loseRequests(true)
      const lost = replace(made, { price: inside(3) })
      await evidence(lost, 'unknown')
      stage.faults.loseRequests(false)
      const heard = stage.sink.evidence(made.clientOrderId).length
      for (const { clientOrderId } of [lost, made]) stage.adapter.queryOrder(clientOrderId)
      await until(
        () => stage.sink.evidence(lost.clientOrderId).includes('notFound'),
        'not found was not reported',
        2 * WAIT_MS,
      )
      expect(stage.sink.evidence(made.clientOrderId).slice(heard)).toContain('accepted')
      expect((await report()).account.openOrders[0]).toMatchObject({
        clientOrderId: made.clientOrderId,
        leavesQuantity: made.quantity,
      })
    },
  },
]
