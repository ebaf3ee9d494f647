import { expect } from 'vitest'
import { type Card, held, type RecordedAccount, spent } from './play.ts'

/** Some venues round cash up to a unit finer than ours: 10^-8 dollars. */
const VENUE_ROUNDING = 1

/** Account reports and funding. */
export const account: readonly Card[] = [
  {
    id: 'V10',
    title: 'a failed account query never reads as flat',
    async play({ stage, rest, executed, report, until }) {
      const order = await rest()
      await stage.counterparty('sell', order.price, order.quantity)
      await executed(order, 1)
      stage.faults.failQueries(true)
      stage.adapter.queryAccount(0)
      const failed = (): boolean => stage.sink.of('accountQueryFailed').length > 0
      await until(failed, 'the failure was not told', 30_000)
      expect(stage.sink.of('accountReported')).toEqual([])
      stage.faults.failQueries(false)
      expect((await report()).account.positions).toHaveLength(1)
    },
  },
  {
    id: 'V14',
    title: 'funding is paid once, with the sign of who pays',
    beforeFunding: true,
    async play({ stage, rest, executed, until }) {
      const order = await rest()
      await stage.counterparty('sell', order.price, order.quantity)
      await executed(order, 1)
      const paid = (): boolean => stage.sink.of('fundingPaid').length > 0
      await until(paid, 'no funding', stage.fundingInMs)
      await stage.run(500)
      const payments = stage.sink.of('fundingPaid')
      expect(payments).toHaveLength(1)
      expect(Math.sign(payments[0]!.rateE9)).toBe(-Math.sign(Number(payments[0]!.amount)))
      expect(payments[0]!.amount).not.toBe(0n)
    },
  },
  {
    id: 'V21',
    title: 'an account report lists position, entry price, cash, orders and executions since',
    async play({ rest, stage, executed, executions, report, instrument }) {
      const before = await report()
      const entry = await rest()
      await stage.counterparty('sell', entry.price, entry.quantity)
      const [fill] = await executed(entry, 1)
      const open = await rest()
      const after = await report()
      expect(after.account.positions).toMatchObject([
        {
          instrument: 0,
          quantity: held(instrument, executions()),
          averageEntryPrice: expect.closeTo(entry.price, 6),
        },
      ])
      expect(after.account.openOrders).toHaveLength(1)
      expect(after.account.openOrders[0]!.clientOrderId).toBe(open.clientOrderId)
      expect(after.account.executions).toEqual(executions())
      expect(after.account.executions).toContainEqual(fill)
      const cash = (report: RecordedAccount): bigint =>
        report.account.balances.find(({ currency }) => currency === instrument.quoteCurrency)!
          .amount
      const paid = Number(cash(before) - cash(after) - spent(instrument, executions()))
      expect(Math.abs(paid)).toBeLessThanOrEqual(VENUE_ROUNDING)
      const later = await report(fill!.venueTime + 1_000)
      expect(later.account.executions).toEqual([])
    },
  },
]
