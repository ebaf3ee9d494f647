import { AdapterError } from '../../errors.ts'

/** An unknown coin, share or dex: says what was looked for, where, and what comes nearest. */
export function unknownName(name: string, where: string, names: readonly string[]): AdapterError {
  const near = nearestOf(name, names)
  const isCase = near[0]?.toLowerCase() === name.toLowerCase()
  const hint = near.length === 0 ? '' : `; nearest: ${near.join(', ')}`
  const why = isCase ? ' (names are case-sensitive)' : ''
  return new AdapterError(
    'VENUE_UNKNOWN_INSTRUMENT',
    `${JSON.stringify(name)} is not ${where}${hint}${why}`,
    'fatal',
  )
}

/** At most three names within two edits, letter case aside, nearest first. */
function nearestOf(name: string, names: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase()
  return names
    .map((each) => ({ each, distance: distanceOf(wanted, each.toLowerCase()) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ each }) => each)
}

/** Levenshtein distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
