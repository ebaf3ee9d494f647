import { type KnownTable, rowCount } from './known-table.ts'

/** Who belongs to the index, as far as it was known at an instant. Symbols as in the table. */
export interface MembershipReader {
  /** True where the last change in effect at `time` and known strictly before it made it a member. */
  isMember(symbol: number, time: number): boolean
  /** The members at an instant, as known strictly before it, ascending. */
  members(time: number): number[]
}

/**
 * Reads announced changes of membership. A change counts from its effective time on, once it is
 * known; of changes with the same effective time the last known one does (a change called off).
 */
export function membershipReader(table: KnownTable): MembershipReader {
  const { is_member: value, effective_time: effective } = table.fields
  const bySymbol: number[][] = table.symbols.map(() => [])
  for (let row = 0; row < rowCount(table); row++) bySymbol[table.symbol[row]!]?.push(row)
  for (const rows of bySymbol) {
    rows.sort(
      (a, b) =>
        effective![a]! - effective![b]! || table.knownTime[a]! - table.knownTime[b]! || a - b,
    )
  }
  const isMember = (symbol: number, time: number): boolean => {
    const rows = bySymbol[symbol] ?? []
    for (let k = rows.length - 1; k >= 0; k--) {
      const row = rows[k]!
      if (effective![row]! <= time && table.knownTime[row]! < time) return value![row] === 1
    }
    return false
  }
  return {
    isMember,
    members: (time) => table.symbols.map((_, k) => k).filter((symbol) => isMember(symbol, time)),
  }
}
