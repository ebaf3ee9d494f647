import type { InstrumentId } from '../../core/mod.ts'

/** A position or a wish as a share of the book's beta. */
export interface Stake {
  readonly id: InstrumentId
  /** Value x beta, signed, quote units. */
  readonly exposure: number
  /** |s|: the strongest enter first, the weakest leave first. */
  readonly strength: number
}

/** What a book does to have no beta. */
export interface BalancedBook {
  /** Part of each wish that is entered, 0 to 1, in the order of the wishes. */
  readonly shares: readonly number[]
  /** Held names that leave for it, weakest first. */
  readonly exits: readonly InstrumentId[]
  /** |net| over gross exposure after all of it; 0 of an empty book. */
  readonly imbalance: number
}

/**
 * As much of the wishes as leaves the net exposure of the whole book at zero: the lighter side is
 * entered whole, the heavier one, strongest first, as far as the lighter one and what is held carry
 * it. Where what is held is too heavy for all wishes of the other side, its weakest names leave
 * until |net| is at most `tolerance` of the gross.
 */
export function balanceBook(
  held: readonly Stake[],
  wishes: readonly Stake[],
  tolerance: number,
): BalancedBook {
  let left = held.toSorted((a, b) => a.strength - b.strength || a.id - b.id)
  let now = weigh(left, wishes)
  const exits: InstrumentId[] = []
  while (Math.abs(now.net) > tolerance * now.gross) {
    const better = withoutWeakest(left, wishes, now.net)
    if (better === null) break
    exits.push(better.id)
    left = better.others
    now = better.weighed
  }
  const { shares, net, gross } = now
  return { shares, exits, imbalance: gross > 0 ? Math.abs(net) / gross : 0 }
}

/**
 * The book without the weakest name of the heavier side whose leaving brings it nearer to zero; the
 * wishes are weighed anew, as it may have been what carried them. Null where none does.
 */
function withoutWeakest(held: readonly Stake[], wishes: readonly Stake[], net: number) {
  for (const { id, exposure } of held) {
    if (exposure * net <= 0) continue
    const others = held.filter((other) => other.id !== id)
    const weighed = weigh(others, wishes)
    if (Math.abs(weighed.net) < Math.abs(net)) return { id, others, weighed }
  }
  return null
}

/** What of the wishes what is held can carry, and what is left of both. */
function weigh(held: readonly Stake[], wishes: readonly Stake[]) {
  const before = sum(held)
  const long = sum(wishes.filter(({ exposure }) => exposure > 0))
  const short = -sum(wishes.filter(({ exposure }) => exposure < 0))
  const takenLong = clamp(short - before, long)
  const takenShort = clamp(before + takenLong, short)
  return {
    shares: sharesOf(wishes, { long: takenLong, short: takenShort }),
    net: before + takenLong - takenShort,
    gross: takenLong + takenShort + held.reduce((all, { exposure }) => all + Math.abs(exposure), 0),
  }
}

/** Gives each side what it may take, strongest first. */
function sharesOf(
  wishes: readonly Stake[],
  left: { long: number; short: number },
): readonly number[] {
  const shares = wishes.map(() => 0)
  const order = wishes
    .map((wish, i) => ({ ...wish, i }))
    .sort((a, b) => b.strength - a.strength || a.id - b.id)
  for (const { exposure, i } of order) {
    const side = exposure > 0 ? 'long' : 'short'
    const size = Math.abs(exposure)
    const taken = Math.min(size, left[side])
    left[side] -= taken
    shares[i] = size > 0 ? taken / size : 1
  }
  return shares
}

const sum = (stakes: readonly Stake[]): number =>
  stakes.reduce((all, { exposure }) => all + exposure, 0)

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value))
