import type { Money, TimeUs } from '../../../../core/mod.ts'
import type { Account } from './account.ts'

/** Requests an address may send before it trades. */
export const REQUESTS_FREE = 10_000
/** An address without budget may still send one request in this time. */
export const TRICKLE_US = 10_000_000
/** How many more cancels than other requests an address may send. */
const CANCELS_EXTRA = 100_000
const MONEY_UNIT = 10n ** 8n
/** Price of one reserved request, currency units at 8 decimals. */
export const RESERVED_PRICE: Money = 50_000n
/** An action that arrives after its expiry costs this many requests. */
export const EXPIRED_COST = 5

/** What each address has beyond its volume. Plain data. */
export interface RequestLimit {
  /** Requests bought with reserveRequestWeight. */
  reserved: number
  /** When the last request went out that was beyond the budget. */
  trickleTime: TimeUs
}

/** By address, lower case. */
export type LimitBook = Map<string, RequestLimit>

/** A book without entries. */
export const createLimitBook = (): LimitBook => new Map()

/** The entry of an address, made when it has none. */
export function limitOf(book: LimitBook, address: string): RequestLimit {
  const found = book.get(address)
  if (found !== undefined) return found
  const limit: RequestLimit = { reserved: 0, trickleTime: Number.NEGATIVE_INFINITY }
  book.set(address, limit)
  return limit
}

/** Whole currency units of an amount, rounded down. */
const wholeUnits = (amount: Money): number => Number(amount / MONEY_UNIT)

/** Requests an address may have sent: a free budget, one per unit traded, what was reserved. */
export const requestsAllowed = (account: Account, book: LimitBook): number =>
  REQUESTS_FREE + wholeUnits(account.volume) + (book.get(account.address)?.reserved ?? 0)

/** Whether requests still fit into an address's budget. */
export type BudgetVerdict =
  | { readonly ok: true; readonly isTrickle: boolean }
  | { readonly ok: false; readonly used: number; readonly cap: number }

/**
 * Checks `count` more requests of one kind against the budget; cancels get more:
 * min(limit + 100,000, 2 x limit). Without budget one request per 10 s passes.
 */
export function checkBudget(
  book: LimitBook,
  account: Account,
  asked: { readonly count: number; readonly isCancel: boolean; readonly time: TimeUs },
): BudgetVerdict {
  const limit = requestsAllowed(account, book)
  const cap = asked.isCancel ? Math.min(limit + CANCELS_EXTRA, 2 * limit) : limit
  const used = account.requestsUsed + asked.count
  if (used <= cap) return { ok: true, isTrickle: false }
  const last = book.get(account.address)?.trickleTime ?? Number.NEGATIVE_INFINITY
  if (asked.count === 1 && asked.time - last >= TRICKLE_US) return { ok: true, isTrickle: true }
  return { ok: false, used, cap }
}
