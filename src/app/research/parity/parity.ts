import { InputError } from '../../../adapters/mod.ts'
import {
  assert,
  type ExchangeOptions,
  type Execution,
  type Instrument,
  Ledger,
  type Money,
  moneyFromNumber,
  notional,
  type Strategy,
} from '../../../core/mod.ts'
import { sessionEngineConfig } from '../../config/build.ts'
import type { Config } from '../../config/schema.ts'
import { exchangeOptions, runBacktest, withFees } from '../../run/backtest.ts'
import type { Divergence } from '../../run/recover.ts'
import { type Booked, bookAll, modelFee, netOf, readBooks, sumOf } from './books.ts'
import { judgeLogic, type Logic } from './judge-logic.ts'
import { type Latency, latencyOf, type MeasuredLatency } from './measure-latency.ts'
import { modelFunding } from './model-funding.ts'
import { type Rerun, rerun } from './rerun.ts'
import { readSession, type SessionRecord } from './session-record.ts'

/** What the gap between a backtest and a session is made of, in the order of the steps. */
export const partNames = ['data', 'logic', 'latency', 'fills', 'fees', 'unexplained'] as const

/** A part of the gap. */
export type PartName = (typeof partNames)[number]

/** Money by part of the gap. */
export type Parts = Readonly<Record<PartName, Money>>

/** One comparison. */
export interface ParityRequest {
  /** Journal file of the session. */
  readonly path: string
  /** The backtest's configuration; the session's own when absent. */
  readonly backtest?: { readonly config: Config; readonly hash: string }
  /** The backtest's strategy, in place of the one that its configuration describes. */
  readonly strategy?: Strategy<unknown>
  readonly codeHash: string
  /** Told which step begins. */
  readonly progress?: (step: string) => void
}

/** An instrument's share. `parts` add up to `gap`, which is session less backtest. */
export interface InstrumentParity {
  readonly instrument: string
  readonly backtest: Booked
  readonly session: Booked
  readonly gap: Money
  readonly parts: Parts
}

/** A fill of the session beside what the simulated venue gave the same order. */
export interface FillParity {
  readonly execution: Execution
  readonly symbol: string
  /** Price PnL of what it closed, before fees. */
  readonly closedPnl: Money
  readonly modelFee: Money
  /** Lots that the order filled in simulation and what they cost together; null for none. */
  readonly simulated: { readonly lots: number; readonly value: Money } | null
}

/** What {@link compareWithBacktest} found. */
export interface Parity {
  readonly session: SessionRecord
  readonly instruments: readonly InstrumentParity[]
  readonly backtest: Booked
  readonly live: Booked
  /** The session's own fills under the backtest's fees and funding. */
  readonly modelled: Booked
  readonly gap: Money
  readonly parts: Parts
  /** Why a part could not be measured; its amount is in `unexplained`. */
  readonly notMeasurable: Readonly<Partial<Record<PartName, string>>>
  readonly latency: MeasuredLatency | null
  /** The backtest's own, us. */
  readonly configured: { readonly entryUs: number; readonly responseUs: number }
  /** First effect that differs on the same input; null when every one is the same. */
  readonly divergence: Divergence | null
  /** First order or cancel that differs on the same input. */
  readonly command: Divergence | null
  /** True when this code steps the journal as it was written. */
  readonly isReproducible: boolean
  readonly operatorCommands: number
  /** Of `fills`: the session's own orders, filled otherwise. The rest was decided after them. */
  readonly sameOrders: Money
  readonly fills: readonly FillParity[]
}

/** Everything the steps share. */
interface Setting {
  readonly session: SessionRecord
  readonly instruments: readonly Instrument[]
  readonly exchange: ExchangeOptions
  readonly balance: Money
  readonly halfMarks: ArrayLike<number>
}

/**
 * Explains the gap between a recorded session and the backtest of its market data: each step
 * changes one thing, so the parts add up to the gap to the unit. Throws InputError when the journal
 * is damaged or was written with another strategy.
 */
export async function compareWithBacktest(request: ParityRequest): Promise<Parity> {
  const { path, progress = () => {} } = request
  progress('reading the session')
  const session = await readSession(path)
  const { genesis, recording } = session
  const config = request.backtest?.config ?? session.config
  const configurationHash = request.backtest?.hash ?? genesis.configurationHash
  const { codeHash } = request
  const own = request.strategy === undefined ? {} : { strategy: request.strategy }
  requireOneCurrency(session)
  const instruments = withFees(config, genesis.instruments)
  progress('stepping the journal again')
  const logic = judgeLogic({ path, config, instruments, ...own }, session)
  progress('the backtest')
  const base = runBacktest({ config, configurationHash, codeHash, recording, ...own })
  const { world } = base.engine
  const setting: Setting = {
    session,
    instruments,
    exchange: exchangeOptions(config, instruments),
    balance: startBalance(session) ?? moneyFromNumber(config.balance),
    halfMarks: world.halfMarks,
  }
  progress('what the strategy saw')
  const { fills } = config
  const constant: Latency = {
    entryUs: () => fills.entryLatency,
    responseUs: fills.responseLatency,
  }
  const measured = latencyOf(session)
  const engine = sessionEngineConfig('backtest', config, instruments, request.strategy)
  const run = (decides: Parameters<typeof rerun>[0]['decides'], latency: Latency): Rerun =>
    rerun({ session, decides, exchange: setting.exchange, balance: setting.balance, latency })
  const asSeen = run({ engine, operator: false }, constant)
  progress('logic')
  const asDecided = logic.isSame ? asSeen : run(logic.decides, constant)
  progress('latency')
  const decides = logic.isSame ? ({ engine, operator: false } as const) : logic.decides
  const asFast = measured === null ? asDecided : run(decides, measured)
  const asSent = decides === 'session' ? asFast : run('session', measured ?? constant)
  const books = [
    readBooks(world.ledger, instruments, world.halfMarks),
    booksOf(setting, asSeen),
    booksOf(setting, asDecided),
    booksOf(setting, asFast),
    modelBooks(setting),
    booksOf(setting, session),
    logic.ledger === null
      ? booksOf(setting, session)
      : readBooks(logic.ledger, instruments, world.halfMarks),
  ] as const
  return {
    ...compose(setting, books, reasons(session, measured, logic)),
    session,
    latency: measured,
    configured: { entryUs: fills.entryLatency, responseUs: fills.responseLatency },
    divergence: logic.divergence,
    command: logic.command,
    isReproducible: logic.isReproducible,
    operatorCommands: logic.operatorCommands,
    sameOrders: sumOf(books[4].map(netOf)) - sumOf(booksOf(setting, asSent).map(netOf)),
    fills: compareFills(setting, asSent),
  }
}

/** A backtest keeps its account in one currency. */
function requireOneCurrency({ genesis }: SessionRecord): void {
  const { instruments } = genesis
  const currencies = new Set(instruments.map(({ quoteCurrency }) => quoteCurrency))
  if (currencies.size <= 1) return
  throw new InputError({
    code: 'ORN-PARITY-001',
    exitCode: 4,
    message: 'The session traded in several currencies, which one backtest cannot',
    details: instruments.map(({ symbol, quoteCurrency }) => `${symbol}: ${quoteCurrency}`),
    fix: 'Compare a session whose instruments share their currency',
  })
}

function reasons(
  session: SessionRecord,
  measured: MeasuredLatency | null,
  { isReproducible }: Logic,
): Parity['notMeasurable'] {
  const found: Partial<Record<PartName, string>> = {}
  const hasSent = session.items.some(({ kind }) => kind === 'command')
  // What shadow sends meets no venue: it has no latency, and none of it fills.
  if (measured === null && hasSent && session.genesis.mode !== 'shadow') {
    const why = 'no answer of the venue carries a time of its own'
    found.latency = why
    found.fills = `cannot be told from latency: ${why}`
  }
  const { adoptions, executions } = session.foreign
  if (!isReproducible && adoptions > 0) {
    found.unexplained = 'positions were taken over, and this code cannot step the journal to them'
  } else if (adoptions + executions > 0) {
    found.unexplained =
      `${adoptions} positions taken over from the venue and ${executions} executions of orders ` +
      'that are not the session’s'
  }
  return found
}

const booksOf = (
  { instruments, halfMarks }: Setting,
  {
    executions,
    funding,
  }: {
    readonly executions: readonly Execution[]
    readonly funding: readonly { readonly instrument: number; readonly amount: Money }[]
  },
): Booked[] => readBooks(bookAll(instruments, executions, funding), instruments, halfMarks)

/** The session's own fills under the backtest's fees and funding. */
function modelBooks(setting: Setting): Booked[] {
  const { session, instruments, exchange } = setting
  const executions = session.executions.map((execution) => ({
    ...execution,
    fee: modelFee(instruments[execution.instrument]!, execution, exchange.moneyDecimals),
  }))
  const funding = modelFunding(exchange, session.recording.batch, executions)
  return booksOf(setting, { executions, funding })
}

type Steps = readonly [Booked[], Booked[], Booked[], Booked[], Booked[], Booked[], Booked[]]

function compose(setting: Setting, books: Steps, notMeasurable: Parity['notMeasurable']) {
  const instruments = setting.instruments.map((instrument, i): InstrumentParity => {
    const nets = books.map((step) => netOf(step[i]!))
    const raw = Object.fromEntries(
      partNames.map((name, step) => [name, nets[step + 1]! - nets[step]!]),
    ) as Record<PartName, Money>
    for (const name of partNames) {
      if (name === 'unexplained' || notMeasurable[name] === undefined) continue
      raw.unexplained += raw[name]
      raw[name] = 0n
    }
    const gap = nets.at(-1)! - nets[0]!
    const { symbol } = instrument
    const [backtest, session] = [books[0][i]!, books[6][i]!]
    assert(sumOf(Object.values(raw)) === gap, `${symbol}: the parts do not add up to the gap`)
    return { instrument: symbol, backtest, session, gap, parts: raw }
  })
  const parts = Object.fromEntries(
    partNames.map((name) => [name, sumOf(instruments.map((one) => one.parts[name]))]),
  ) as Record<PartName, Money>
  const gap = sumOf(instruments.map((one) => one.gap))
  assert(sumOf(Object.values(parts)) === gap, 'the parts do not add up to the gap')
  const backtest = add(instruments.map((one) => one.backtest))
  const live = add(instruments.map((one) => one.session))
  const modelled = add(books[4])
  return { instruments, parts, gap, backtest, live, modelled, notMeasurable }
}

const add = (books: readonly Booked[]): Booked => ({
  price: sumOf(books.map(({ price }) => price)),
  fees: sumOf(books.map(({ fees }) => fees)),
  funding: sumOf(books.map(({ funding }) => funding)),
})

/** Cash in the venue's first account report, null when there is none. */
function startBalance({ items, genesis }: SessionRecord): Money | null {
  const currency = genesis.instruments[0]?.quoteCurrency
  for (const item of items) {
    if (item.kind !== 'event' || item.event.kind !== 'accountReported') continue
    return item.event.account.balances.find((b) => b.currency === currency)?.amount ?? null
  }
  return null
}

function compareFills({ session, instruments, exchange }: Setting, simulated: Rerun): FillParity[] {
  const orders = new Map<string, { lots: number; value: Money }>()
  for (const { clientOrderId, instrument, quantity, price } of simulated.executions) {
    const sum = orders.get(clientOrderId ?? '') ?? { lots: 0, value: 0n }
    sum.lots += quantity
    sum.value += notional(instruments[instrument]!, price, quantity)
    orders.set(clientOrderId ?? '', sum)
  }
  const ledger = new Ledger(instruments)
  return session.executions.map((execution) => {
    const instrument = instruments[execution.instrument]!
    return {
      execution,
      symbol: instrument.symbol,
      closedPnl: ledger.applyExecution(execution).realised,
      modelFee: modelFee(instrument, execution, exchange.moneyDecimals),
      simulated: orders.get(execution.clientOrderId ?? '') ?? null,
    }
  })
}
