import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Tier } from '../../strategies/mod.ts'

/** A coin to trade, with thresholds of its own where it should have some. */
export interface Selected {
  readonly coin: string
  readonly tier: Tier | null
}

/** One difference between a configuration and what it would become. */
export interface Change {
  readonly sign: '+' | '-'
  readonly key: string
  readonly value: string
}

/** A configuration's text after a change, and what differs. */
export interface ChangedConfig {
  readonly text: string
  readonly changes: readonly Change[]
}

/** Coins of one kind: builders' have the prefix of their dex. */
export type CoinKind = 'perps' | 'hip3'

const isOfKind = (coin: string, kind: CoinKind): boolean => coin.includes(':') === (kind === 'hip3')

/**
 * Puts a selection into a configuration: `venue.instruments` has exactly these coins of the kind and
 * keeps its others; `strategy.overrides` gains thresholds where there are none. Comments, order and
 * everything else stay. The text must be valid YAML.
 */
export function changeConfig(
  text: string,
  selection: { readonly kind: CoinKind; readonly coins: readonly Selected[] },
): ChangedConfig {
  const document = parseDocument(text)
  const changes: Change[] = [...changeInstruments(document, selection)]
  for (const { coin, tier } of selection.coins) {
    if (tier === null || document.hasIn(['strategy', 'overrides', coin])) continue
    const node = document.createNode(tier, { flow: true })
    const overrides = document.getIn(['strategy', 'overrides'])
    if (isMap(overrides)) overrides.set(coin, node)
    else document.setIn(['strategy', 'overrides'], document.createNode({ [coin]: node }))
    const key = `strategy.overrides.${coin}`
    changes.push({ sign: '+', key, value: JSON.stringify(tier) })
  }
  const isSame = changes.length === 0
  return { text: isSame ? text : document.toString({ lineWidth: 0 }), changes }
}

function changeInstruments(
  document: Document,
  { kind, coins }: { readonly kind: CoinKind; readonly coins: readonly Selected[] },
): Change[] {
  const key = 'venue.instruments'
  const wanted = coins.map(({ coin }) => coin)
  const list = document.getIn(['venue', 'instruments'])
  if (!isSeq(list)) {
    document.setIn(['venue', 'instruments'], document.createNode(wanted))
    return wanted.map((value) => ({ sign: '+', key, value }))
  }
  const before = list.items.map((item) => String(isScalar(item) ? item.value : item))
  const isGone = (coin: string): boolean => isOfKind(coin, kind) && !wanted.includes(coin)
  const gone = before.filter(isGone)
  const added = wanted.filter((coin) => !before.includes(coin))
  list.items = list.items.filter((_, i) => !isGone(before[i]!))
  for (const coin of added) list.add(document.createNode(coin))
  return [
    ...gone.map((value): Change => ({ sign: '-', key, value })),
    ...added.map((value): Change => ({ sign: '+', key, value })),
  ]
}
