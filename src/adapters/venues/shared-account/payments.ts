import {
  type EventOf,
  type Execution,
  formatDecimal,
  type Instrument,
  MONEY_DECIMALS,
  type Money,
  sign,
  type TimeUs,
} from '../../../core/mod.ts'
import type { AccountBooks, Split } from './account-books.ts'
import type { EngineShare } from './engine-share.ts'
import { splitByWeight } from './split.ts'

const MOVES_MAX = 1_000

type Tell = (level: 'info', code: string, text: string) => void

interface Move {
  readonly owner: EngineShare | null
  readonly instrument: number
  readonly lots: number
  readonly venueTime: TimeUs
}

/** Splits what holding an instrument pays or costs among those who held it at that time. */
export class Payments {
  readonly #instruments: readonly Instrument[]
  readonly #books: AccountBooks
  readonly #shares: ReadonlyMap<string, EngineShare>
  readonly #tell: Tell
  /** The latest executions, oldest first: a payment is told after the positions it was for. */
  readonly #moves: Move[] = []

  constructor(options: {
    readonly instruments: readonly Instrument[]
    readonly books: AccountBooks
    readonly shares: ReadonlyMap<string, EngineShare>
    readonly tell: Tell
  }) {
    this.#instruments = options.instruments
    this.#books = options.books
    this.#shares = options.shares
    this.#tell = options.tell
  }

  /** Notes an execution, with the account's instrument id. */
  moved({ instrument, side, quantity, venueTime }: Execution, owner: EngineShare | null): void {
    this.#moves.push({ owner, instrument, lots: sign(side) * quantity, venueTime })
    if (this.#moves.length > MOVES_MAX) this.#moves.shift()
  }

  /** Splits a payment once for ever; what was kept of the split is told again as it was. */
  paid(event: EventOf<'fundingPaid'>): void {
    if (!this.#books.counts(event.venueTime)) return
    const known = this.#books.splitOf(event.fundingId)
    const split = known ?? this.#split(event)
    if (known === null) this.#books.payment(event, split)
    for (const share of this.#shares.values()) {
      const amount = split[share.engine] ?? 0n
      if (amount !== 0n) share.paid(event, amount, known === null)
    }
  }

  /**
   * Money in and out belongs to the account, to its engine where there is only one. Fees are of a
   * day's sales of shares: the only engine that trades shares bears them.
   */
  transferred(event: EventOf<'transferred'>): void {
    const { currency, amount, venueTime } = event
    if (!this.#books.counts(venueTime)) return
    const isNews = this.#books.transfer(event)
    const all = [...this.#shares.values()]
    const isOfSales = event.cause === 'fee' && all.length > 1
    const [share, ...others] = isOfSales ? all.filter((one) => this.#tradesShares(one)) : all
    if (share !== undefined && others.length === 0) share.event(event)
    else if (isNews) {
      const text = formatDecimal(amount, MONEY_DECIMALS)
      this.#tell('info', 'UNALLOCATED_PAYMENT', `${text} ${currency} came in; no engine has it`)
    }
  }

  #tradesShares(share: EngineShare): boolean {
    return this.#instruments.some(({ id, kind }) => kind === 'equity' && share.trades(id))
  }

  #split({ instrument, venueTime, amount }: EventOf<'fundingPaid'>): Split {
    const holders = [...this.#shares.values()].filter((share) => share.trades(instrument))
    const since = this.#moves.filter(
      (move) => move.instrument === instrument && move.venueTime > venueTime,
    )
    const lotsOf = (moves: readonly Move[]): number =>
      moves.reduce((sum, { lots }) => sum + lots, 0)
    const weights = holders.map((share) => {
      const lots = share.ledger.position(share.own[instrument]!).quantity
      return BigInt(lots - lotsOf(since.filter(({ owner }) => owner === share)))
    })
    const whole = this.#books.account.position(instrument).quantity - lotsOf(since)
    const unowned = weights.reduce((rest, weight) => rest - weight, BigInt(whole))
    const parts = this.#parts(amount, [...weights, unowned])
    return Object.fromEntries(holders.map(({ engine }, i) => [engine, parts[i]!]))
  }

  /** Nobody held it in the end: then it is its only trader's, or nobody's. */
  #parts(amount: Money, weights: readonly bigint[]): readonly Money[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0n)
    if (total !== 0n) return splitByWeight(amount, weights)
    const isSole = weights.length === 2
    return weights.map((_, i) => (i === (isSole ? 0 : weights.length - 1) ? amount : 0n))
  }
}
