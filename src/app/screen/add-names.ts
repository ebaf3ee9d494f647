import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Change, ChangedConfig } from './change-config.ts'

/** A name to add, with its sector where that is known. */
export interface AddedName {
  readonly symbol: string
  readonly sector: string | null
}

/** Places of a configuration that list the names it trades. */
const lists = [
  ['venue', 'instruments'],
  ['data', 'symbols'],
] as const

/** Names that a configuration lists, where it lists any. */
export function listedNames(text: string): ReadonlySet<string> {
  const document = parseDocument(text)
  const all = lists.flatMap((path) => {
    const list = document.getIn(path)
    return isSeq(list) ? list.items.map((item) => String(isScalar(item) ? item.value : item)) : []
  })
  return new Set(all)
}

/**
 * Adds names to the lists that a configuration has, and to the sector that it maps them to; nothing
 * is removed, comments and everything else stay. The text must be valid YAML.
 */
export function addNames(text: string, names: readonly AddedName[]): ChangedConfig {
  const document = parseDocument(text)
  const changes: Change[] = []
  const add = (path: readonly string[], symbol: string): void => {
    const list = document.getIn(path)
    if (!isSeq(list)) return
    if (list.items.some((item) => String(isScalar(item) ? item.value : item) === symbol)) return
    list.add(document.createNode(symbol))
    changes.push({ sign: '+', key: path.join('.'), value: symbol })
  }
  const sectors = ['strategy', 'equities', 'sectors', 'of']
  const mapped = document.getIn(sectors)
  for (const { symbol, sector } of names) {
    for (const path of lists) add(path, symbol)
    if (sector === null || !isMap(mapped) || !mapped.has(sector)) continue
    add([...sectors, sector, 'symbols'], symbol)
  }
  return { text: changes.length === 0 ? text : document.toString({ lineWidth: 0 }), changes }
}
