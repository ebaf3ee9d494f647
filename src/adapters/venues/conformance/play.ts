import { expect } from 'vitest'
import {
  type Approved,
  type CancelOrder,
  type EventOf,
  type Execution,
  type Instrument,
  Ledger,
  type Money,
  moneyToNumber,
  type NewOrder,
  notionalFloat,
  type Price,
  priceStep,
  quantity,
  type ReplacedOrder,
  roundPrice,
  type TimeUs,
} from '../../../core/mod.ts'
import type { RecordingSink } from '../recording-sink.ts'
import type { ConformanceSetup, ConformanceStage } from './stage.ts'

/** A started stage and the moves a card is made of. */
export interface Play {
  readonly stage: ConformanceStage
  readonly instrument: Instrument
  /** A fresh order; by default a buy that rests inside the spread, twice the minimum. */
  order(changes?: Partial<NewOrder>): Approved<NewOrder>
  submit(changes?: Partial<NewOrder>): Approved<NewOrder>
  /** Sends an order like `old` in its place, of which `filled` lots are known to have filled. */
  replace(old: NewOrder, changes?: Partial<NewOrder>, filled?: number): Approved<NewOrder>
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

/** An account report as an event. */
export type RecordedAccount = EventOf<'accountReported'>

/** One numbered thing the core relies on. */
export interface Card {
  /** Never given to another card. */
  readonly id: string
  /** A sentence. */
  readonly title: string
  /** Needs funding to be paid within seconds. */
  readonly beforeFunding?: boolean
  play(play: Play): Promise<void>
}

/** How long an outcome may take. */
export const WAIT_MS = 15_000

let orders = 0

/** Loads the instrument, starts the adapter and hands out the moves. */
export async function begin(stage: ConformanceStage, setup: ConformanceSetup): Promise<Play> {
  const [instrument] = await stage.settle(stage.adapter.loadInstruments([stage.symbol]))
  await stage.settle(stage.adapter.start(stage.sink))
  const bestBid = stage.bids[0]![0]
  const step = priceStep(instrument!, bestBid)
  const inside = (steps: number): Price => roundPrice(instrument!, bestBid + steps * step, 'down')
  const usual = usualLots(instrument!, bestBid)
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
    replace(old, changes, filled = 0) {
      const { clientOrderId, instrument: id, price, quantity: lots } = old
      const order = play.order({ price, quantity: lots, ...changes })
      const filledQuantity = quantity(filled)
      const replaced = { clientOrderId, instrument: id, venueOrderId: null, filledQuantity }
      stage.adapter.replace!(order, setup.approve<ReplacedOrder>(replaced))
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
      return stage.sink.of('accountReported').at(-1)!
    },
  }
  return play
}

/** Lots worth twice the smallest order. */
function usualLots(instrument: Instrument, price: number): number {
  const wanted = 2 * moneyToNumber(instrument.minimumNotional)
  return Math.max(
    instrument.minimumQuantity,
    Math.ceil(wanted / notionalFloat(instrument, price, 1)),
  )
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

/** Lots of all executions. */
export const sum = (executions: readonly Execution[]): number =>
  executions.reduce((total, each) => total + each.quantity, 0)
/** Different execution ids. */
export const unique = (executions: readonly Execution[]): number =>
  new Set(executions.map(({ executionId }) => executionId)).size

/** The books after executions that began with nothing. */
function booksOf(instrument: Instrument, executions: readonly Execution[]): Ledger {
  const ledger = new Ledger([instrument])
  for (const execution of executions) ledger.applyExecution(execution)
  return ledger
}

/** Lots held after executions. */
export const held = (instrument: Instrument, executions: readonly Execution[]): number =>
  booksOf(instrument, executions).position(0).quantity
/** Cash that executions took: fees, and what was paid where buying is paying; realised PnL not. */
export function spent(instrument: Instrument, executions: readonly Execution[]): Money {
  const ledger = booksOf(instrument, executions)
  const realised = instrument.kind === 'perpetual' ? ledger.position(0).realised : 0n
  return realised - ledger.cash(instrument.quoteCurrency)
}
