import { expect } from 'vitest'
import { type Price, priceStep, quantity } from '../../../core/mod.ts'
import { type Card, held, sum, unique } from './play.ts'

/** Orders, cancels and fills when nothing goes wrong. */
export const placing: readonly Card[] = [
  {
    id: 'V01',
    title: 'a resting order is accepted with the venue’s id and listed under ours',
    async play({ stage, rest, report }) {
      const order = await rest()
      const accepted = stage.sink.of('orderReported').find((e) => e.report.evidence === 'accepted')
      expect(accepted?.report.venueOrderId).toMatch(/./)
      const { account } = await report()
      expect(account.openOrders).toEqual([
        {
          clientOrderId: order.clientOrderId,
          venueOrderId: accepted?.report.venueOrderId,
          instrument: 0,
          side: 'buy',
          price: order.price,
          leavesQuantity: order.quantity,
          reduceOnly: false,
        },
      ])
    },
  },
  {
    id: 'V02',
    title: 'a post-only order that would cross is rejected, with its code and without a fill',
    async play({ stage, submit, evidence, executions }) {
      const order = submit({ price: stage.asks[0]![0] as Price, postOnly: true })
      await evidence(order, 'rejected:postOnlyWouldCross')
      expect(executions()).toEqual([])
    },
  },
  {
    id: 'V03',
    title: 'an IOC order without a match is rejected, with its code',
    async play({ submit, evidence, report }) {
      await evidence(submit({ timeInForce: 'ioc' }), 'rejected:iocNoMatch')
      expect((await report()).account.openOrders).toEqual([])
    },
  },
  {
    id: 'V04',
    title: 'partial fills accumulate, each with its own id, and sum up to the order',
    async play({ stage, order: draft, rest, executed, executions, report, instrument }) {
      const lots = draft().quantity
      const order = await rest({ quantity: quantity(3 * lots) })
      for (let fills = 1; fills <= 3; fills++) {
        await stage.counterparty('sell', order.price, lots)
        await executed(order, fills)
      }
      const all = await executed(order, 3)
      expect(sum(all)).toBe(order.quantity)
      expect(unique(all)).toBe(3)
      for (const each of all) {
        expect(each).toMatchObject({ side: 'buy', price: order.price, liquidity: 'maker' })
        expect(each.instrument).toBe(instrument.id)
      }
      const { account } = await report()
      expect(account.positions).toMatchObject([
        { instrument: 0, quantity: held(instrument, executions()) },
      ])
      expect(account.openOrders).toEqual([])
    },
  },
  {
    id: 'V05',
    title: 'a canceled order is reported canceled and no longer listed',
    async play({ cancel, rest, evidence, report }) {
      const order = await rest()
      cancel(order)
      await evidence(order, 'canceled')
      expect((await report()).account.openOrders).toEqual([])
    },
  },
  {
    id: 'V06',
    title: 'canceling a filled order is refused as such, and says nothing about fills',
    async play({ stage, cancel, rest, executed, until }) {
      const order = await rest()
      await stage.counterparty('sell', order.price, order.quantity)
      await executed(order, 1)
      cancel(order)
      const refused = (): boolean =>
        stage.sink.evidence(order.clientOrderId).some((each) => each.startsWith('cancelRejected'))
      await until(refused, 'the cancel was not refused')
      expect(stage.sink.evidence(order.clientOrderId)).not.toContain('canceled')
    },
  },
  {
    id: 'V11',
    title: 'orders off the tick, below the minimum and of nothing are rejected with their codes',
    async play({ stage, submit, evidence, instrument, inside }) {
      const step = priceStep(instrument, stage.bids[0]![0])
      if (step > 1) await evidence(submit({ price: (inside(1) + 1) as Price }), 'rejected:tick')
      await evidence(submit({ quantity: quantity(1) }), 'rejected:minimumNotional')
      await evidence(submit({ quantity: quantity(0) }), 'rejected:lot')
    },
  },
  {
    id: 'V13',
    title: 'a reduce-only order is rejected when flat, and only reduces when not',
    async play({
      stage,
      submit,
      evidence,
      rest,
      executed,
      executions,
      report,
      inside,
      instrument,
    }) {
      await evidence(submit({ reduceOnly: true }), 'rejected:reduceOnlyWouldIncrease')
      const entry = await rest()
      await stage.counterparty('sell', entry.price, entry.quantity)
      await executed(entry, 1)
      const exit = await rest({
        side: 'sell',
        price: inside(3),
        quantity: quantity(held(instrument, executions())),
        reduceOnly: true,
      })
      await stage.counterparty('buy', exit.price, exit.quantity)
      await executed(exit, 1)
      const { positions } = (await report()).account
      expect(positions.filter(({ quantity: lots }) => lots !== 0)).toEqual([])
    },
  },
  {
    id: 'V20',
    title: 'an aggressive order takes the book level by level, and pays the taker’s fee',
    async play({ stage, submit, executed, instrument }) {
      const [[first, lots], [second]] = stage.asks as [[number, number], [number, number]]
      const order = submit({
        price: second as Price,
        quantity: quantity(lots + 1),
        timeInForce: 'ioc',
      })
      const fills = await executed(order, 2)
      expect(fills.map(({ price, quantity: taken }) => [price, taken])).toEqual([
        [first, lots],
        [second, 1],
      ])
      for (const fill of fills) {
        expect(fill.liquidity).toBe('taker')
        const scale = 10 ** (instrument.priceDecimals + instrument.quantityDecimals)
        const value = (fill.price * fill.quantity) / scale
        const fee = (value * instrument.fees.takerE9) / 1e9
        // One that is taken in coins is rounded up to their unit.
        const unitValue =
          instrument.kind === 'spot' ? fill.price / 10 ** instrument.priceDecimals / 1e9 : 0
        expect(Math.abs(Number(fill.fee) / 1e8 - fee)).toBeLessThanOrEqual(unitValue + 5e-6)
      }
    },
  },
  {
    id: 'V27',
    title: 'the rest of an IOC order filled in part is reported gone',
    async play({ stage, submit, executed, evidence, report }) {
      const [[best, lots]] = stage.asks as [[number, number]]
      const order = submit({
        price: best as Price,
        quantity: quantity(2 * lots),
        timeInForce: 'ioc',
      })
      expect(sum(await executed(order, 1))).toBe(lots)
      await evidence(order, 'canceled')
      expect((await report()).account.openOrders).toEqual([])
    },
  },
]
