import {
  type AccountReport,
  ASSET_DECIMALS,
  type AssetUnits,
  assetLot,
  type Currency,
  formatDecimal,
  formatTrimmed,
  type Instrument,
  type Ledger,
  MONEY_DECIMALS,
  type Money,
} from '../../../core/mod.ts'
import type { CurrencySum, InstrumentSum } from './options.ts'

/** A sub-ledger with the account's id of each of its instruments. */
export interface SubLedger {
  readonly ledger: Ledger
  /** Own id by the account's; -1 where it is not traded. */
  readonly own: Int32Array
  readonly instruments: readonly Instrument[]
}

/** What is held in the account and by its parts. */
export interface Books {
  readonly instruments: readonly Instrument[]
  readonly account: Ledger
  readonly unowned: Ledger
  readonly engines: readonly SubLedger[]
  readonly drift: Drift
}

/** What the venue had beyond the account's books when both were compared last. */
export interface Drift {
  readonly units: readonly AssetUnits[]
  readonly cash: ReadonlyMap<Currency, Money>
}

/** Before the first comparison. */
export const NO_DRIFT: Drift = { units: [], cash: new Map() }

/** Compares the venue's word with the account's books. */
export function driftOf(
  report: AccountReport,
  { instruments, account }: Pick<Books, 'instruments' | 'account'>,
): Drift {
  const units = instruments.map(
    (each) => unitsAt(report, each, account) - unitsOf(account.position(each.id), each),
  )
  const cash = report.balances.map(
    ({ currency, amount }) => [currency, amount - account.cash(currency)] as const,
  )
  return { units, cash: new Map(cash) }
}

/** What is held of one of the account's instruments in a sub-ledger; null where it is not traded. */
export function unitsIn({ ledger, own, instruments }: SubLedger, id: number): AssetUnits | null {
  const at = own[id]!
  return at < 0 ? null : unitsOf(ledger.position(at), instruments[at]!)
}

/** What the venue says is held; as many parts of a lot as booked where it does not say. */
export function unitsAt(
  { positions }: AccountReport,
  instrument: Instrument,
  booked: Ledger,
): AssetUnits {
  const position = positions.find((each) => each.instrument === instrument.id)
  const { dust } = booked.position(instrument.id)
  return unitsOf({ quantity: position?.quantity ?? 0, dust: position?.dust ?? dust }, instrument)
}

/** What is held by the engines together. */
export const sumOf = (engines: readonly (AssetUnits | null)[]): AssetUnits =>
  engines.reduce<AssetUnits>((sum, units) => sum + (units ?? 0n), 0n)

const unitsOf = (
  { quantity, dust }: { readonly quantity: number; readonly dust: AssetUnits },
  instrument: Instrument,
): AssetUnits => BigInt(quantity) * assetLot(instrument) + dust

/** Positions of the account by engine, against the venue's. */
export function instrumentSums(books: Books): readonly InstrumentSum[] {
  return books.instruments.map((instrument) => {
    const engines = books.engines.map((engine) => unitsIn(engine, instrument.id))
    const account = unitsOf(books.account.position(instrument.id), instrument)
    const unexplained = books.drift.units[instrument.id] ?? 0n
    return { instrument, engines, unowned: account - sumOf(engines), unexplained }
  })
}

/** Money of the account by engine, currency by currency. */
export function currencySums(books: Books): readonly CurrencySum[] {
  return currenciesOf(books).map((currency) => {
    const whole = { ledger: books.account, instruments: books.instruments }
    const engines = books.engines.map((engine) => paid(engine, currency))
    const account = paid(whole, currency)
    const others = { ledger: books.unowned, instruments: books.instruments }
    const moved = [...books.engines, others].reduce((sum, part) => sum + earned(part, currency), 0n)
    return {
      currency,
      engines,
      unallocated: account - engines.reduce((sum, part) => sum + part, 0n),
      account,
      difference: earned(whole, currency) - moved,
      unexplained: books.drift.cash.get(currency) ?? 0n,
    }
  })
}

/** Every difference in words; none where the sums are equal. */
export function differencesOf(
  instruments: readonly InstrumentSum[],
  currencies: readonly CurrencySum[],
): readonly string[] {
  return [
    ...instruments
      .filter(({ unowned, unexplained }) => unowned + unexplained !== 0n)
      .map(({ instrument: { symbol }, engines, unowned, unexplained }) => {
        const text = (units: AssetUnits): string => formatTrimmed(units, ASSET_DECIMALS)
        const held = sumOf(engines)
        const whole = held + unowned + unexplained
        return `${symbol}: the account holds ${text(whole)}, the engines ${text(held)}`
      }),
    ...currencies.flatMap(({ currency, difference, unexplained }) => [
      ...(difference === 0n
        ? []
        : [`${currency}: the account moved by ${money(difference)} more than the engines`]),
      ...(isRounding(unexplained)
        ? []
        : [`${currency}: the venue holds ${money(unexplained)} more than was booked`]),
    ]),
  ]
}

/** Below this a difference of cash is the venue's rounding: one cent. */
const CASH_TOLERANCE = 10n ** 6n

/** True for a difference between the venue's cash and ours that its rounding explains. */
export const isRounding = (difference: Money): boolean =>
  difference < CASH_TOLERANCE && difference > -CASH_TOLERANCE

const money = (amount: Money): string => formatDecimal(amount, MONEY_DECIMALS)

function currenciesOf({ instruments, drift }: Books): readonly Currency[] {
  return [
    ...new Set([...instruments.map(({ quoteCurrency }) => quoteCurrency), ...drift.cash.keys()]),
  ]
}

type Part = Pick<SubLedger, 'ledger' | 'instruments'>

/** Cash less the cost of open perpetual positions. */
function paid({ ledger, instruments }: Part, currency: Currency): Money {
  let amount = ledger.cash(currency)
  for (const { id, kind, quoteCurrency } of instruments) {
    if (kind === 'perpetual' && quoteCurrency === currency) amount -= ledger.position(id).cost
  }
  return amount
}

/** The same without what was put in or taken over: what executions and payments moved. */
const earned = (part: Part, currency: Currency): Money =>
  paid(part, currency) +
  part.ledger.balance('equity:contributed', currency) +
  part.ledger.balance('memo:adopted', currency)
