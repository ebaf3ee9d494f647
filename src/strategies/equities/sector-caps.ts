import type { Instrument, StrategyView } from '../../core/mod.ts'

/** Sector of a name that no sector lists; capped like any other. */
export const UNKNOWN_SECTOR = 'Unknown'

/** How many names of a sector may be on at once. */
export interface SectorCaps {
  /** Where a sector has no cap of its own, 1 or more. */
  readonly cap: number
  /** By sector, 0 or more. */
  readonly caps: Readonly<Record<string, number>>
  /** Sector by symbol. */
  readonly sectors: Readonly<Record<string, string>>
  /** Whether an exit frees its slot when it is decided, or when it is filled. */
  readonly freedBy: 'decision' | 'fill'
}

/** A name that wants a slot. */
export interface Candidate {
  readonly symbol: string
  readonly z: number
}

/** What became of a candidate, with what its sector held when it was looked at. */
export interface Admission<C extends Candidate> {
  readonly candidate: C
  readonly sector: string
  readonly cap: number
  /** Slots taken before it. */
  readonly taken: number
  readonly isAdmitted: boolean
}

/** Sector of a symbol, `Unknown` where it is in none. */
export const sectorOf = ({ sectors }: SectorCaps, symbol: string): string =>
  sectors[symbol] ?? UNKNOWN_SECTOR

/** Largest number of names of a sector. */
export const capOf = ({ cap, caps }: SectorCaps, sector: string): number => caps[sector] ?? cap

/**
 * Slots taken by sector, from what is held and what is at work now: nothing is remembered, so a
 * restart restores them and an entry that ends unfilled releases its own. `leaving` are names whose
 * exit was decided just now.
 */
export function takenSlots(
  rules: SectorCaps,
  view: StrategyView,
  leaving: ReadonlySet<number> = new Set(),
): Map<string, number> {
  const taken = new Map<string, number>()
  for (const instrument of view.instruments) {
    if (!takesSlot(rules, view, instrument, leaving)) continue
    const sector = sectorOf(rules, instrument.symbol)
    taken.set(sector, (taken.get(sector) ?? 0) + 1)
  }
  return taken
}

function takesSlot(
  { freedBy }: SectorCaps,
  view: StrategyView,
  { id }: Instrument,
  leaving: ReadonlySet<number>,
): boolean {
  const working = view.isWorking(id)
  if (working === 'entry') return true
  if (view.position(id) === 0) return false
  return freedBy === 'fill' || !(working === 'exit' || leaving.has(id))
}

/**
 * Gives free slots to the candidates with the largest |z|, equal ones by symbol, and says of every
 * one what became of it, in that order. `taken` is not changed.
 */
export function admit<C extends Candidate>(
  rules: SectorCaps,
  taken: ReadonlyMap<string, number>,
  candidates: readonly C[],
): readonly Admission<C>[] {
  const now = new Map(taken)
  return candidates.toSorted(bySize).map((candidate) => {
    const sector = sectorOf(rules, candidate.symbol)
    const cap = capOf(rules, sector)
    const before = now.get(sector) ?? 0
    const isAdmitted = before < cap
    if (isAdmitted) now.set(sector, before + 1)
    return { candidate, sector, cap, taken: before, isAdmitted }
  })
}

const bySize = (a: Candidate, b: Candidate): number =>
  Math.abs(b.z) - Math.abs(a.z) || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0)
