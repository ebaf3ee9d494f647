import type { Currency, Money } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

/** One side of a transaction: an amount added to an account of one currency. */
export interface Posting {
  /** For example "cash", "income:pnl", "expense:fees", "inventory:BTC". */
  readonly account: string
  readonly currency: Currency
  readonly amount: Money
}

/** Account balances keyed "account|currency". Every transaction sums to zero per currency. */
export class Accounts {
  readonly #balances = new Map<string, Money>()

  /** Posts a balanced transaction; an unbalanced one is a bug. */
  post(postings: readonly Posting[]): void {
    for (const { currency } of postings) {
      let sum = 0n
      for (const p of postings) if (p.currency === currency) sum += p.amount
      if (sum !== 0n) assert(false, `unbalanced transaction in ${currency}: ${sum}`)
    }
    for (const { account, currency, amount } of postings) {
      const key = `${account}|${currency}`
      this.#balances.set(key, (this.#balances.get(key) ?? 0n) + amount)
    }
  }

  balance(account: string, currency: Currency): Money {
    return this.#balances.get(`${account}|${currency}`) ?? 0n
  }

  /** Sum over every account of a currency: always zero. */
  total(currency: Currency): Money {
    let sum = 0n
    for (const [key, amount] of this.#balances) if (key.endsWith(`|${currency}`)) sum += amount
    return sum
  }

  entries(): readonly (readonly [string, Money])[] {
    return [...this.#balances.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  restore(entries: readonly (readonly [string, Money])[]): void {
    this.#balances.clear()
    for (const [key, amount] of entries) this.#balances.set(key, amount)
  }
}
