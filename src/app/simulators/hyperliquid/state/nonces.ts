import { requestTexts } from '../wire/texts.ts'

/** Nonces remembered of each signer. */
export const NONCES_KEPT = 100
const DAY_MS = 86_400_000

/** Highest nonces used by each signer (agent or user), ascending. Plain data. */
export type NonceBook = Map<string, number[]>

/**
 * Says why a nonce is refused, or null when it may be used: it must be unused, above the smallest
 * of the 100 highest kept, and within (now - 2 days, now + 1 day).
 */
export function refuseNonce(
  book: NonceBook,
  use: { readonly signer: string; readonly nonce: number; readonly nowMs: number },
): string | null {
  const { nonce, nowMs } = use
  const used = book.get(use.signer) ?? []
  if (used.includes(nonce)) return requestTexts.duplicateNonce(nonce)
  const least = used.length >= NONCES_KEPT ? used[0]! : 0
  if (nonce < least) return requestTexts.nonceTooLow(nonce, least)
  if (nonce <= nowMs - 2 * DAY_MS) return requestTexts.nonceTooLow(nonce, nowMs - 2 * DAY_MS)
  if (nonce >= nowMs + DAY_MS) return requestTexts.nonceTooHigh(nonce, nowMs + DAY_MS)
  return null
}

/** Remembers a nonce as used. */
export function useNonce(book: NonceBook, signer: string, nonce: number): void {
  const used = book.get(signer) ?? []
  let at = used.length
  while (at > 0 && used[at - 1]! > nonce) at--
  used.splice(at, 0, nonce)
  if (used.length > NONCES_KEPT) used.shift()
  book.set(signer, used)
}
