import type { AccountReport, Instrument, TimeUs } from '../../../core/mod.ts'
import type { AccountBooks } from './account-books.ts'
import type { EngineShare } from './engine-share.ts'
import type { AccountState } from './options.ts'
import {
  type Books,
  currencySums,
  type Drift,
  differencesOf,
  driftOf,
  instrumentSums,
  NO_DRIFT,
  sumOf,
  unitsAt,
} from './sums.ts'

/** What the account is compared with, and who is told. */
export interface ComparisonParts {
  readonly instruments: readonly Instrument[]
  readonly books: AccountBooks
  readonly shares: ReadonlyMap<string, EngineShare>
  readonly tell: (level: 'info' | 'critical', code: string, text: string) => void
}

/** Holds the sums over the engines against the account's books, and those against the venue. */
export class Comparison {
  readonly #parts: ComparisonParts
  #drift: Drift = NO_DRIFT
  #reportTime: TimeUs | null = null
  #said = ''

  constructor(parts: ComparisonParts) {
    this.#parts = parts
  }

  /** Everything that is summed, as it is now. */
  sums(): Books {
    const { instruments, books, shares } = this.#parts
    const { account, unowned } = books
    return { instruments, account, unowned, engines: [...shares.values()], drift: this.#drift }
  }

  state(): Pick<AccountState, 'reportTime' | 'instruments' | 'currencies' | 'isEqual'> {
    const books = this.sums()
    const instruments = instrumentSums(books)
    const currencies = currencySums(books)
    const isEqual = differencesOf(instruments, currencies).length === 0
    return { reportTime: this.#reportTime, instruments, currencies, isEqual }
  }

  /**
   * Where the engines' books hold what the venue does, and the account's do not, an engine took the
   * difference over: by its operator's word, or when it began.
   */
  takeOver(account: AccountReport, time: TimeUs): void {
    const { books } = this.#parts
    for (const { instrument, engines } of instrumentSums(this.sums())) {
      const venue = unitsAt(account, instrument, books.account)
      if (sumOf(engines) === venue) books.adopt(instrument, { account, units: venue, time })
    }
  }

  /** Concludes a report that everybody has heard of; says each difference once. */
  conclude(report: AccountReport, time: TimeUs): void {
    this.takeOver(report, time)
    const { instruments, books, tell } = this.#parts
    books.compared(time)
    this.#drift = driftOf(report, { instruments, account: books.account })
    this.#reportTime = time
    const sums = this.sums()
    const said = differencesOf(instrumentSums(sums), currencySums(sums)).join('; ')
    if (said === this.#said) return
    this.#said = said
    if (said === '') tell('info', 'SUMS_EQUAL', 'the engines are equal to the account again')
    else tell('critical', 'SUMS_DIFFER', said)
  }
}
