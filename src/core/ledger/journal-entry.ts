import type { Currency, Money } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

/** One side of a transaction: an amount added to an account of one currency. */
export interface Posting {
  /** For example "cash", "income:pnl", "expense:fees", "inventory:BTC". */
  readonly account: string
  readonly currency: Currency
  readonly amount: Money
}

/** Account balances by currency. Every transaction sums to zero in each. */
export class Accounts {
  readonly #books = new Map<Currency, Map<string, Money>>()

  /** Posts a balanced transaction; an unbalanced one is a bug. */
  post(postings: readonly Posting[]): void {
    for (let i = 0; i < postings.length; i++) {
      const { currency } = postings[i]!
      // Most transactions are in one currency: each is added up where it is first named.
      if (i > 0 && postings[i - 1]!.currency === currency) continue
      let sum = 0n
      for (const p of postings) if (p.currency === currency) sum += p.amount
      if (sum !== 0n) assert(false, `unbalanced transaction in ${currency}: ${sum}`)
    }
    for (const { account, currency, amount } of postings) {
      const book = this.#book(currency)
      book.set(account, (book.get(account) ?? 0n) + amount)
    }
  }

  balance(account: string, currency: Currency): Money {
    return this.#books.get(currency)?.get(account) ?? 0n
  }

  /** Sum over every account of a currency: always zero. */
  total(currency: Currency): Money {
    let sum = 0n
    for (const amount of this.#books.get(currency)?.values() ?? []) sum += amount
    return sum
  }

  /** By key "account|currency", in the order of the keys. */
  entries(): readonly (readonly [string, Money])[] {
    return [...this.#books]
      .flatMap(([currency, book]) =>
        [...book].map(([account, amount]) => [`${account}|${currency}`, amount] as const),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  restore(entries: readonly (readonly [string, Money])[]): void {
    this.#books.clear()
    for (const [key, amount] of entries) {
      const bar = key.lastIndexOf('|')
      this.#book(key.slice(bar + 1)).set(key.slice(0, bar), amount)
    }
  }

  #book(currency: Currency): Map<string, Money> {
    let book = this.#books.get(currency)
    if (book === undefined) {
      book = new Map()
      this.#books.set(currency, book)
    }
    return book
  }
}
