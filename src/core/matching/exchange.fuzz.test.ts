import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../domain/event.ts'
import { notional } from '../domain/money.ts'
import { MONEY_UNIT, type Money, type Side, sign } from '../domain/units.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { ExchangeOptions } from './options.ts'
import { type OrderWords, TestVenue, testInstrument } from './test-kit.ts'

const MID = 1000
const START = 3_600_000_000 - 400
const FUNDS = 1_000_000n * MONEY_UNIT

/** One thing that happens, `dt` us after the one before. Prices are offsets from 1000 quanta. */
type Step = { readonly dt: number } & (
  | { readonly kind: 'book'; readonly mid: number; readonly lots: readonly number[] }
  | {
      readonly kind: 'delta'
      readonly side: 'bid' | 'ask'
      readonly at: number
      readonly lots: number
    }
  | {
      readonly kind: 'trade'
      readonly by: Side
      readonly at: number
      readonly lots: number
      readonly id: number
    }
  | { readonly kind: 'rate'; readonly rateE9: number }
  | { readonly kind: 'time' }
  | { readonly kind: 'cancel'; readonly index: number }
  | {
      readonly kind: 'replace'
      readonly index: number
      readonly at: number
      readonly quantity: number
    }
  | ({ readonly kind: 'submit'; readonly at: number } & Omit<OrderWords, 'id' | 'price'>)
)

const dt = fc.nat({ max: 30 })
const side = fc.constantFrom<Side>('buy', 'sell')
const at = fc.integer({ min: -6, max: 6 })
const seldom = fc.nat({ max: 3 }).map((n) => n === 0)
const lots = fc.integer({ min: 1, max: 30 })
const book = fc.record({
  kind: fc.constant('book' as const),
  dt,
  mid: fc.integer({ min: -3, max: 3 }),
  lots: fc.array(lots, { minLength: 8, maxLength: 8 }),
})
const delta = fc.record({
  kind: fc.constant('delta' as const),
  dt,
  side: fc.constantFrom('bid' as const, 'ask' as const),
  at,
  lots: fc.nat({ max: 30 }),
})
const trade = fc.record({
  kind: fc.constant('trade' as const),
  dt,
  by: side,
  at,
  lots,
  id: fc.nat({ max: 400 }),
})
const submit = fc.record({
  kind: fc.constant('submit' as const),
  dt,
  at,
  side,
  quantity: lots,
  account: fc.nat({ max: 1 }),
  timeInForce: fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const),
  postOnly: seldom,
  reduceOnly: seldom,
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: book, weight: 3 },
  { arbitrary: delta, weight: 4 },
  { arbitrary: trade, weight: 4 },
  { arbitrary: submit, weight: 5 },
  fc.record({ kind: fc.constant('cancel' as const), dt, index: fc.nat({ max: 30 }) }),
  fc.record({
    kind: fc.constant('replace' as const),
    dt,
    index: fc.nat({ max: 30 }),
    at,
    quantity: lots,
  }),
  fc.record({ kind: fc.constant('time' as const), dt: fc.nat({ max: 300 }) }),
  fc.record({
    kind: fc.constant('rate' as const),
    dt,
    rateE9: fc.integer({ min: -50_000, max: 50_000 }),
  }),
)
const long = { minLength: 20, maxLength: 80, size: 'max' } as const
const flow = fc.array(step, long)

const options: fc.Arbitrary<Partial<ExchangeOptions>> = fc.record({
  queueModel: fc.constantFrom('conservative' as const, 'proRata' as const, 'optimistic' as const),
  arrivalMatch: fc.constantFrom('next' as const, 'current' as const),
  entryLatencyUs: fc.constantFrom(0, 1, 25),
  responseLatencyUs: fc.constantFrom(0, 40),
  moneyDecimals: fc.constantFrom(0, 6, 8),
  fundingIntervalUs: fc.constant(3_600_000_000),
  instruments: fc.constantFrom(
    [testInstrument()],
    [testInstrument({ fees: { makerE9: -20_000, takerE9: 350_000 } })],
    [testInstrument({ kind: 'spot', longOnly: true, maximumLeverage: 1 })],
    [
      testInstrument({
        kind: 'spot',
        longOnly: true,
        maximumLeverage: 1,
        fees: { makerE9: 1_500_000, takerE9: 2_500_000 },
        feeIn: 'received',
      }),
    ],
  ),
})

/** An order as it was sent. */
interface Sent extends OrderWords {
  readonly decisionTime: number
  /** The order whose place it was to take. */
  readonly replaced?: string
}

/** Plays a flow; `between` runs before every step. */
function play(
  steps: readonly Step[],
  changes: Partial<ExchangeOptions>,
  between: (venue: TestVenue, index: number) => void = () => {},
): { readonly venue: TestVenue; readonly sent: Sent[] } {
  const venue = new TestVenue(changes, FUNDS)
  venue.exchange.addAccount(FUNDS)
  const sent: Sent[] = []
  let now = START
  steps.forEach((each, index) => {
    between(venue, index)
    now += each.dt
    perform(venue, each, now, sent)
  })
  venue.advance(now + 3_000_000)
  return { venue, sent }
}

function perform(venue: TestVenue, each: Step, now: number, sent: Sent[]): void {
  switch (each.kind) {
    case 'book': {
      const mid = MID + each.mid
      const level = (k: number, way: number) => [
        mid + way * (k + 1),
        each.lots[k + (way < 0 ? 0 : 4)]!,
      ]
      const levels = (way: number) => [0, 1, 2, 3].flatMap((k) => level(k, way))
      return venue.book(now, levels(-1), levels(1))
    }
    case 'delta':
      return venue.delta(now, each.side, MID + each.at, each.lots)
    case 'trade':
      return venue.trade(now, each.by, MID + each.at, each.lots, each.id)
    case 'rate':
      return venue.rate(now, each.rateE9)
    case 'time':
      return venue.advance(now)
    case 'cancel': {
      const order = sent[each.index % Math.max(1, sent.length)]
      if (order !== undefined) venue.cancel(now, order.id, order.account)
      return
    }
    case 'replace': {
      const old = sent[each.index % Math.max(1, sent.length)]
      if (old === undefined) return
      const id = `replace${sent.length}`
      const { quantity } = each
      const order = { ...old, id, quantity, price: MID + each.at, decisionTime: now }
      sent.push({ ...order, replaced: old.id })
      return venue.replace(now, old.id, order)
    }
    case 'submit': {
      const { at: offset, kind, dt: _, ...rest } = each
      const order = { ...rest, id: `${kind}${sent.length}`, price: MID + offset, decisionTime: now }
      sent.push(order)
      return venue.submit(now, order)
    }
  }
}

const check = (property: fc.IRawProperty<unknown>, numRuns: number) =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns })

describe('whatever happens at a venue', () => {
  it('every order keeps to its terms', () => {
    const property = fc.property(flow, options, (steps, changes) => {
      const { venue, sent } = play(steps, changes)
      const ids = new Set<string>()
      for (const account of [0, 1]) {
        const reports = venue.reports(account)
        checkTimes(reports, changes)
        checkOrders(reports, sent, changes, ids)
      }
    })
    check(property, 200)
  })

  it('quantity and money balance to the smallest unit', () => {
    const property = fc.property(flow, options, (steps, changes) => {
      const { venue } = play(steps, changes)
      for (const account of [0, 1]) checkAccount(venue, account, venue.reports(account))
    })
    check(property, 200)
  })

  it('a restart from a snapshot changes nothing', () => {
    const property = fc.property(flow, options, fc.nat({ max: 79 }), (steps, changes, at) => {
      const whole = play(steps, changes)
      const broken = play(steps, changes, (venue, index) => {
        if (index === at % steps.length) venue.restart()
      })
      expect(broken.venue.exchange.snapshot()).toEqual(whole.venue.exchange.snapshot())
      expect(broken.venue.reports(0)).toEqual(whole.venue.reports(0))
      expect(broken.venue.reports(1)).toEqual(whole.venue.reports(1))
    })
    check(property, 150)
  })

  it('the next activity is never passed over in silence', () => {
    const property = fc.property(flow, options, (steps, changes) => {
      play(steps, changes, (venue) => {
        const { exchange } = venue
        const next = Math.min(exchange.nextActivityTime(), exchange.now + 1e9)
        const before = JSON.stringify(exchange.snapshot().accounts)
        exchange.advanceTime(Math.max(exchange.now, next - 1))
        if (next - 1 > exchange.now) {
          expect(JSON.stringify(exchange.snapshot().accounts)).toBe(before)
        }
      })
    })
    check(property, 25)
  })
})

function checkTimes(reports: readonly Event[], changes: Partial<ExchangeOptions>): void {
  let last = 0
  for (const report of reports) {
    expect(report.receivedTime).toBeGreaterThanOrEqual(last)
    last = report.receivedTime
    if (!('venueTime' in report)) continue
    expect(last).toBeGreaterThanOrEqual(report.venueTime + changes.responseLatencyUs!)
  }
}

function checkOrders(
  reports: readonly Event[],
  sent: readonly Sent[],
  changes: Partial<ExchangeOptions>,
  ids: Set<string>,
): void {
  const states = new Map<string, { accepted: boolean; closed: boolean; filled: number }>()
  const stateOf = (id: string | null) => {
    if (!states.has(id!)) states.set(id!, { accepted: false, closed: false, filled: 0 })
    return states.get(id!)!
  }
  let position = 0
  for (const report of reports) {
    if (report.kind === 'orderReported' && report.report.evidence !== 'cancelRejected') {
      const state = stateOf(report.report.clientOrderId)
      expect(state.closed).toBe(false)
      if (report.report.evidence === 'accepted') {
        expect(state.accepted).toBe(false)
        state.accepted = true
      } else state.closed = true
      if (report.report.evidence === 'rejected') expect(state.accepted).toBe(false)
    }
    if (report.kind !== 'executed') continue
    const { execution } = report
    const order = sent.find(({ id }) => id === execution.clientOrderId)!
    const state = stateOf(order.id)
    state.filled += execution.quantity
    expect(state).toMatchObject({ accepted: true, closed: false })
    expect(state.filled).toBeLessThanOrEqual(order.quantity)
    if (state.filled === order.quantity) state.closed = true
    expect(ids.has(execution.executionId)).toBe(false)
    ids.add(execution.executionId)
    expect(sign(order.side) * (order.price - execution.price)).toBeGreaterThanOrEqual(0)
    if (execution.liquidity === 'maker') {
      expect(execution.price).toBe(order.price)
      expect(order.timeInForce).toBe('gtc')
    } else expect(order.postOnly).toBe(false)
    const arrival = order.decisionTime + changes.entryLatencyUs!
    expect(execution.venueTime).toBeGreaterThanOrEqual(arrival)
    const after = position + sign(order.side) * execution.quantity
    if (order.reduceOnly) {
      expect(Math.sign(after) * Math.sign(position)).toBeGreaterThanOrEqual(0)
      expect(Math.abs(after)).toBeLessThan(Math.abs(position))
    }
    if (changes.instruments![0]!.longOnly) expect(after).toBeGreaterThanOrEqual(0)
    position = after
  }
  for (const { id, replaced, quantity } of sent) {
    const [mine, old] = [states.get(id), states.get(replaced ?? '')]
    // It was asked for with nothing known to have filled: both together fill no more than that.
    if (old === undefined || mine?.accepted !== true) continue
    expect(old.closed).toBe(true)
    expect(mine.filled + old.filled).toBeLessThanOrEqual(quantity)
  }
}

function checkAccount(venue: TestVenue, account: number, reports: readonly Event[]): void {
  const { exchange } = venue
  const instrument = venue.options.instruments[0]!
  checkLedger(venue, account, reports)
  if (instrument.feeIn === 'received') return
  let position = 0
  let spent: Money = 0n
  let fees: Money = 0n
  let funding: Money = 0n
  for (const report of reports) {
    if (report.kind === 'fundingPaid') funding += report.amount
    if (report.kind !== 'executed') continue
    const { side: way, price, quantity, fee } = report.execution
    position += sign(way) * quantity
    spent += notional(instrument, price, sign(way) * quantity)
    fees += fee
  }
  const { cost } = exchange.snapshot().accounts[account]!.account.positions[0]!
  expect(exchange.position(account, 0)).toBe(position)
  expect(exchange.fees(account)).toBe(fees)
  expect(exchange.funding(account)).toBe(funding)
  expect(exchange.realisedPnl(account)).toBe(BigInt(cost) - spent)
  const moved = instrument.kind === 'perpetual' ? exchange.realisedPnl(account) : -spent
  expect(exchange.balance(account)).toBe(FUNDS + moved - fees + funding)
}

/** The core's own books, kept by the reports, are the venue's to the last unit. */
function checkLedger(venue: TestVenue, account: number, reports: readonly Event[]): void {
  const { exchange } = venue
  const ledger = new Ledger(venue.options.instruments)
  ledger.applyTransfer('USDC', FUNDS)
  for (const report of reports) {
    if (report.kind === 'executed') ledger.applyExecution(report.execution)
    if (report.kind === 'fundingPaid') ledger.applyFunding(0, report.amount)
  }
  const { quantity, dust, fees } = ledger.position(0)
  expect([quantity, dust]).toEqual([exchange.position(account, 0), exchange.dust(account, 0)])
  expect(ledger.cash('USDC')).toBe(exchange.balance(account))
  expect([fees, ledger.position(0).realised]).toEqual([
    exchange.fees(account),
    exchange.realisedPnl(account),
  ])
  for (const currency of ['USDC', 'BTC']) expect(ledger.imbalanceOfBooks(currency)).toBe(0n)
}

describe('the queue models', () => {
  const passive = fc.record({
    kind: fc.constant('submit' as const),
    dt,
    at: fc.integer({ min: -6, max: -4 }),
    side: fc.constant<Side>('buy'),
    quantity: lots,
    account: fc.nat({ max: 1 }),
  })
  const market = fc.array(
    fc.oneof(
      { arbitrary: book, weight: 3 },
      { arbitrary: delta, weight: 4 },
      { arbitrary: trade, weight: 5 },
    ),
    long,
  )
  const arrivalMatch = fc.constantFrom('next' as const, 'current' as const)

  // Of one order: what an earlier order of ours is filled is missing for a later one.
  it('fill an order the least when conservative and the most when optimistic', () => {
    const flow = fc.tuple(market, passive, market).map(([a, order, b]) => [...a, order, ...b])
    const property = fc.property(flow, arrivalMatch, (steps, arrival) => {
      const filled = (queueModel: ExchangeOptions['queueModel']) => {
        const { venue } = play(steps, { queueModel, arrivalMatch: arrival })
        const all = [...venue.executions(0), ...venue.executions(1)]
        return all.reduce((sum, { quantity }) => sum + quantity, 0)
      }
      const middle = filled('proRata')
      expect(filled('conservative')).toBeLessThanOrEqual(middle)
      expect(middle).toBeLessThanOrEqual(filled('optimistic'))
    })
    check(property, 300)
  })

  it('hand out no more than was traded and displayed, unless optimistic', () => {
    const steps = fc.array(fc.oneof(trade, passive), long)
    const models = fc.constantFrom('conservative' as const, 'proRata' as const)
    const property = fc.property(steps, models, (flowOfTrades, queueModel) => {
      const first = { kind: 'book', dt: 0, mid: 0, lots: [5, 5, 5, 5, 5, 5, 5, 5] } as const
      const { venue } = play([first, ...flowOfTrades], { queueModel, arrivalMatch: 'current' })
      const all = [...venue.executions(0), ...venue.executions(1)]
      const filled = all.reduce((sum, { quantity }) => sum + quantity, 0)
      const traded = flowOfTrades.reduce((sum, s) => (s.kind === 'trade' ? sum + s.lots : sum), 0)
      expect(filled).toBeLessThanOrEqual(traded)
    })
    check(property, 200)
  })
})

describe('takers', () => {
  it('never take more of a level than it displays until it updates', () => {
    const ioc = fc.record({
      kind: fc.constant('submit' as const),
      dt: fc.constant(1),
      at,
      side,
      quantity: lots,
      account: fc.nat({ max: 1 }),
      timeInForce: fc.constant('ioc' as const),
    })
    const property = fc.property(fc.array(ioc, long), book, (orders, state) => {
      const { venue } = play([state, ...orders], { arrivalMatch: 'current' })
      const displayed = new Map<number, number>()
      const { exchange } = venue
      for (const way of [0, 1] as const) {
        const shown = exchange.book(0)
        for (let i = 0; i < shown.depth(way); i++) {
          displayed.set(shown.priceAt(way, i), shown.quantityAt(way, i))
        }
      }
      for (const { price, quantity } of [...venue.executions(0), ...venue.executions(1)]) {
        displayed.set(price, displayed.get(price)! - quantity)
        expect(displayed.get(price)).toBeGreaterThanOrEqual(0)
      }
    })
    check(property, 200)
  })
})
