import { describe, expect, it } from 'vitest'
import {
  type Approved,
  type CancelOrder,
  type Execution,
  type Instrument,
  type NewOrder,
  type Price,
  priceStep,
  quantity,
  roundPrice,
  type Side,
  type TimeUs,
} from '../../core/mod.ts'
import type { VenueAdapter } from './port.ts'
import type { RecordingSink } from './recording-sink.ts'

/** Faults that a stage can put between an adapter and its venue. */
export interface ConformanceFaults {
  /** Commands are carried out, their replies never come. */
  loseReplies(isOn: boolean): void
  /** Commands never arrive. */
  loseRequests(isOn: boolean): void
  /** Queries of the account and of orders are answered with a failure. */
  failQueries(isOn: boolean): void
  /** Every frame of the streams is delivered twice. */
  repeatFrames(isOn: boolean): void
  /** The network is down: the streams end at once and do not come back while it is on. */
  cutStreams(isOn: boolean): void
}

/**
 * One adapter before one venue with a quiet market: a book that only moves when somebody trades.
 * Nobody else trades but the counterparty of the stage.
 */
export interface ConformanceStage {
  readonly adapter: VenueAdapter
  readonly sink: RecordingSink
  /** The instrument the cards trade. */
  readonly symbol: string
  /** The quiet book: (quanta, lots), best first, at least two levels a side and a spread of 4 steps. */
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
  readonly faults: ConformanceFaults
  /** Texts that may appear in nothing the adapter says: keys, tokens. */
  readonly secrets: readonly string[]
  /** Waits for what the adapter promised, letting time pass. */
  settle<Value>(promise: Promise<Value>): Promise<Value>
  /** Lets time pass. */
  run(ms: number): Promise<void>
  /** Lets time pass until the condition holds; false when it does not within `limitMs`. */
  until(condition: () => boolean, limitMs: number): Promise<boolean>
  /** Somebody else sends an IOC order of this side. */
  counterparty(side: Side, price: Price, lots: number): Promise<void>
  /** Stops the process without a word and starts another one on what it had stored. */
  restart(): Promise<void>
  /** Positive when the next funding is near: ms until it is paid for sure. */
  readonly fundingInMs: number
  close(): Promise<void>
}

/** How a venue joins the suite. */
export interface ConformanceSetup {
  /** A fresh venue with a funded account; `beforeFunding` puts the next funding a few seconds off. */
  open(options: { readonly beforeFunding: boolean }): Promise<ConformanceStage>
  /** Test double of the risk gate. */
  approve<Command extends NewOrder | CancelOrder>(command: Command): Approved<Command>
  /** Cards this venue cannot play, each with its reason. */
  readonly skips?: Readonly<Record<string, string>>
  /** Only these cards (all). */
  readonly cards?: readonly string[]
}

interface Play {
  readonly stage: ConformanceStage
  readonly instrument: Instrument
  /** A fresh order; by default a buy that rests inside the spread, twice the minimum. */
  order(changes?: Partial<NewOrder>): Approved<NewOrder>
  submit(changes?: Partial<NewOrder>): Approved<NewOrder>
  cancel(order: NewOrder): void
  /** Waits until the order's evidence contains the one named. */
  evidence(order: NewOrder, wanted: string): Promise<void>
  executions(order?: NewOrder): readonly Execution[]
  /** Waits for so many executions of the order. */
  executed(order: NewOrder, count: number): Promise<readonly Execution[]>
  /** Submits and waits until it rests. */
  rest(changes?: Partial<NewOrder>): Promise<Approved<NewOrder>>
  report(since?: TimeUs): Promise<RecordedAccount>
  until(condition: () => boolean, what: string, limitMs?: number): Promise<void>
  /** Steps of the price above the best bid. */
  inside(steps: number): Price
}
type RecordedAccount = ReturnType<RecordingSink['of']>[number] & { kind: 'accountReported' }

interface Card {
  readonly id: string
  readonly title: string
  readonly beforeFunding?: boolean
  play(play: Play): Promise<void>
}

const WAIT_MS = 15_000

/**
 * Declares one test per card: what the core relies on in every adapter. Each card opens its own
 * venue. Skipped cards show their reason.
 */
export function venueConformance(name: string, setup: ConformanceSetup): void {
  describe(`${name}: venue conformance`, () => {
    for (const card of cards) {
      if (setup.cards !== undefined && !setup.cards.includes(card.id)) continue
      const reason = setup.skips?.[card.id]
      if (reason !== undefined) {
        it.skip(`${card.id} ${card.title} (skipped: ${reason})`)
        continue
      }
      it(`${card.id} ${card.title}`, () => playCard(card.id, setup))
    }
  })
}

/** Plays one card; rejects when the adapter does not conform. For negative controls. */
export async function playCard(id: string, setup: ConformanceSetup): Promise<void> {
  const card = cards.find((each) => each.id === id)
  if (card === undefined) throw new Error(`there is no card ${id}`)
  const stage = await setup.open({ beforeFunding: card.beforeFunding === true })
  try {
    await card.play(await begin(stage, setup))
    expectSoundness(stage)
  } finally {
    await stage.close()
  }
}

/** What holds after every card: time runs forward, secrets stay inside, ids are unique. */
function expectSoundness(stage: ConformanceStage): void {
  const { receivedTimes, events } = stage.sink
  for (let i = 1; i < receivedTimes.length; i++) {
    expect(receivedTimes[i]!).toBeGreaterThanOrEqual(receivedTimes[i - 1]!)
  }
  const text = JSON.stringify(events, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  for (const secret of stage.secrets) {
    expect(text.toLowerCase()).not.toContain(secret.toLowerCase().replace(/^0x/, ''))
  }
}

let orders = 0

async function begin(stage: ConformanceStage, setup: ConformanceSetup): Promise<Play> {
  const [instrument] = await stage.settle(stage.adapter.loadInstruments([stage.symbol]))
  await stage.settle(stage.adapter.start(stage.sink))
  const bestBid = stage.bids[0]![0]
  const step = priceStep(instrument!, bestBid)
  const inside = (steps: number): Price => roundPrice(instrument!, bestBid + steps * step, 'down')
  const unit = (lots: number): number => Number(instrument!.minimumNotional) / 1e8 / lots
  const oneLot = bestBid / 10 ** (instrument!.priceDecimals + instrument!.quantityDecimals)
  const usual = Math.max(instrument!.minimumQuantity, Math.ceil((2 * unit(1)) / oneLot))
  const until = async (
    condition: () => boolean,
    what: string,
    limitMs = WAIT_MS,
  ): Promise<void> => {
    const isMet = await stage.until(condition, limitMs)
    expect(isMet, `${what}; events: ${describeEvents(stage.sink)}`).toBe(true)
  }
  const play: Play = {
    stage,
    instrument: instrument!,
    inside,
    until,
    order: (changes = {}) =>
      setup.approve({
        clientOrderId: `c0ffee${(++orders).toString(16).padStart(26, '0')}`,
        intentId: `intent-${orders}`,
        instrument: 0,
        side: 'buy',
        price: inside(1),
        quantity: quantity(usual),
        timeInForce: 'gtc',
        postOnly: false,
        reduceOnly: false,
        arrivalPrice: null,
        ...changes,
      }),
    submit(changes) {
      const order = play.order(changes)
      stage.adapter.submit(order)
      return order
    },
    cancel({ clientOrderId, instrument: id }) {
      const cancel = { clientOrderId, instrument: id, venueOrderId: null }
      stage.adapter.cancel(setup.approve<CancelOrder>(cancel))
    },
    evidence: ({ clientOrderId }, wanted) =>
      until(() => stage.sink.evidence(clientOrderId).includes(wanted), `no evidence ${wanted}`),
    executions: (order) =>
      stage.sink
        .of('executed')
        .map(({ execution }) => execution)
        .filter((each) => order === undefined || each.clientOrderId === order.clientOrderId),
    async executed(order, count) {
      await until(() => play.executions(order).length >= count, `not ${count} executions`)
      return play.executions(order)
    },
    async rest(changes) {
      const order = play.submit(changes)
      await play.evidence(order, 'accepted')
      return order
    },
    async report(since = 0) {
      const before = stage.sink.of('accountReported').length
      stage.adapter.queryAccount(since)
      await until(() => stage.sink.of('accountReported').length > before, 'no account report')
      return stage.sink.of('accountReported').at(-1)! as RecordedAccount
    },
  }
  return play
}

const describeEvents = (sink: RecordingSink): string =>
  sink.events
    .slice(-12)
    .map((event) =>
      event.kind === 'orderReported'
        ? `${event.report.evidence} ${event.report.code ?? ''} ${event.report.text}`
        : event.kind,
    )
    .join(' | ')

const sum = (executions: readonly Execution[]): number =>
  executions.reduce((total, each) => total + each.quantity, 0)
const unique = (executions: readonly Execution[]): number =>
  new Set(executions.map(({ executionId }) => executionId)).size

const placing: readonly Card[] = [
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
    async play({ stage, order: draft, rest, executed, report, instrument }) {
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
      expect(account.positions).toMatchObject([{ instrument: 0, quantity: order.quantity }])
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
    async play({ stage, submit, evidence, rest, executed, report, inside }) {
      await evidence(submit({ reduceOnly: true }), 'rejected:reduceOnlyWouldIncrease')
      const entry = await rest()
      await stage.counterparty('sell', entry.price, entry.quantity)
      await executed(entry, 1)
      const exit = await rest({ side: 'sell', price: inside(3), reduceOnly: true })
      await stage.counterparty('buy', exit.price, exit.quantity)
      await executed(exit, 1)
      expect((await report()).account.positions).toEqual([])
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
        expect(Number(fill.fee) / 1e8).toBeCloseTo(fee, 5)
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

const unknowns: readonly Card[] = [
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

const streams: readonly Card[] = [
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

const account: readonly Card[] = [
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
    async play({ stage, rest, executed, report, instrument }) {
      const before = await report()
      const entry = await rest()
      await stage.counterparty('sell', entry.price, entry.quantity)
      const [fill] = await executed(entry, 1)
      const open = await rest()
      const after = await report()
      expect(after.account.positions).toEqual([
        { instrument: 0, quantity: entry.quantity, averageEntryPrice: entry.price },
      ])
      expect(after.account.openOrders).toHaveLength(1)
      expect(after.account.openOrders[0]!.clientOrderId).toBe(open.clientOrderId)
      expect(after.account.executions).toEqual([fill])
      const cash = (report: RecordedAccount): bigint =>
        report.account.balances.find(({ currency }) => currency === instrument.quoteCurrency)!
          .amount
      expect(cash(before) - cash(after)).toBe(fill!.fee)
      const later = await report(fill!.venueTime + 1_000)
      expect(later.account.executions).toEqual([])
    },
  },
]

const loading: readonly Card[] = [
  {
    id: 'V17',
    title: 'an unknown symbol is an AdapterError that names it',
    async play({ stage }) {
      const loading = stage.settle(stage.adapter.loadInstruments(['NO-SUCH-THING']))
      await expect(loading).rejects.toMatchObject({
        name: 'AdapterError',
        message: expect.stringContaining('NO-SUCH-THING'),
      })
    },
  },
  {
    id: 'V24',
    title: 'history consists of finished bars, oldest first, without repetition',
    async play({ stage, instrument }) {
      const minute = 60_000_000
      const bars = await stage.settle(stage.adapter.loadBars(instrument, minute, 20))
      expect(bars.length).toBeLessThanOrEqual(20)
      bars.forEach((bar, i) => {
        expect(bar.closeTime - bar.openTime).toBe(minute)
        expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close, bar.low))
        expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close))
        if (i > 0) expect(bar.openTime).toBeGreaterThan(bars[i - 1]!.openTime)
      })
    },
  },
  {
    id: 'V23',
    title: 'after stopping nothing more is delivered, and what was open is told as unknown',
    async play({ stage, submit }) {
      stage.faults.loseReplies(true)
      const order = submit()
      await stage.run(5)
      await stage.settle(stage.adapter.stop())
      expect(stage.sink.evidence(order.clientOrderId)).toContain('unknown')
      const before = stage.sink.events.length + stage.sink.books.length
      await stage.run(1_500)
      expect(stage.sink.events.length + stage.sink.books.length).toBe(before)
    },
  },
]

const cards: readonly Card[] = [...placing, ...unknowns, ...streams, ...account, ...loading].sort(
  (a, b) => (a.id < b.id ? -1 : 1),
)
