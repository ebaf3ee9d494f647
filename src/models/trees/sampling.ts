import type { Random } from '../../core/mod.ts'

/**
 * Draws `count` of the numbers 0 to `total` - 1 without replacement, each set as likely (Knuth, The
 * Art of Computer Programming, 3.4.2, algorithm S). Calls `take` with each number in order and
 * whether it was drawn.
 */
export function drawFrom(
  total: number,
  count: number,
  random: Random,
  take: (number: number, isDrawn: boolean) => void,
): void {
  let missing = count
  for (let i = 0; i < total; i++) {
    const isDrawn = random.next() * (total - i) < missing
    if (isDrawn) missing--
    take(i, isDrawn)
  }
}

/** A share of a number of things, at least one. */
export const shareOf = (total: number, share: number): number =>
  Math.max(1, Math.round(total * share))
