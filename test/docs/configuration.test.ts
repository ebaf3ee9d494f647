import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { configJsonSchema, parseConfig } from '../../src/app/mod.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8')

interface Node {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly const?: unknown
}

interface SchemaKey {
  readonly key: string
  readonly description: string
}

/** Keys of a schema as "strategy.costGate.hold"; below a union of kinds with the kind in front. */
function keysOf(node: Node, path: string): SchemaKey[] {
  const own = { key: path, description: node.description?.replace(/\. Unit: .*$/, '') ?? '' }
  const branches = node.anyOf ?? node.oneOf
  if (branches !== undefined) {
    const isKinds = branches.every((branch) => branch.properties?.['kind'] !== undefined)
    const whole = branches.some((branch) => branch.properties === undefined) ? [own] : []
    const inner = branches.flatMap((branch) => {
      const kind = isKinds ? `${branch.properties?.['kind']?.const}: ` : ''
      return keysOf(branch, path).flatMap((found) =>
        found.key === path ? [] : [{ ...found, key: `${kind}${found.key}` }],
      )
    })
    return [...whole, ...inner]
  }
  if (node.properties === undefined) return [own]
  return Object.entries(node.properties).flatMap(([key, value]) =>
    keysOf(value, path === '' ? key : `${path}.${key}`),
  )
}

interface Row {
  /** With the kind in front below a heading that names one. */
  readonly key: string
  readonly path: string
  readonly fallback: string
  /** Without its links. */
  readonly meaning: string
}

/** Rows of all tables of keys. */
function readRows(): Row[] {
  let kind = ''
  return page.split('\n').flatMap((line) => {
    if (line.startsWith('#')) kind = /^### `kind: ([\w-]+)`/.exec(line)?.[1] ?? ''
    const cells = /^\| `([\w.]+)` \| (.+) \| (needed|unset|`.+`) \| (.+) \|$/.exec(line)
    if (cells === null) return []
    const path = cells[1]!
    const meaning = cells[4]!.replace(/ \(\[[^\]]+\]\([^)]+\)\)/g, '')
    return [{ key: kind === '' ? path : `${kind}: ${path}`, path, fallback: cells[3]!, meaning }]
  })
}

const rows = readRows()

describe('docs/configuration.md', () => {
  it('documents exactly the keys that the schema knows', () => {
    const keys = keysOf(configJsonSchema() as Node, '')
    expect(keys.length).toBeGreaterThan(70)
    expect(rows.map(({ key }) => key).sort()).toEqual(keys.map(({ key }) => key).sort())
  })

  it('says of a key what the schema says', () => {
    const keys = keysOf(configJsonSchema() as Node, '')
    const told = Object.fromEntries(keys.map(({ key, description }) => [key, description]))
    expect(Object.fromEntries(rows.map(({ key, meaning }) => [key, meaning]))).toEqual(told)
  })

  it('states the defaults that hold', () => {
    const bare = parseConfig('name: x', 'bare').config
    const stated: Record<string, unknown> = { name: 'x' }
    for (const { path, key, fallback } of rows) {
      const isInside = /^(strategy\.(revertGate|costGate)|risk\.(reduceOnly|regime|macro))\./.test(
        path,
      )
      if (!fallback.startsWith('`') || key.includes(': ') || isInside) continue
      if (
        /^(venue|companions|limits|execution\.routing|strategy\.equities|shares|fills\.coins)\./.test(
          path,
        )
      )
        continue
      put(stated, path.split('.'), fallback.slice(1, -1))
    }
    expect(parseConfig(toYaml(stated), 'stated').config).toEqual(bare)
  })

  it('states the defaults of a venue, of generated data and of the cost gate', () => {
    const values = (prefix: string) =>
      rows
        .filter(({ key, fallback }) => key.startsWith(prefix) && fallback.startsWith('`'))
        .map(({ path, fallback }) => `${path.split('.').at(-1)}: ${fallback.slice(1, -1)}`)
    const venue = values('hyperliquid: venue.')
    const alpaca = values('alpaca: venue.')
    const same = (bare: string, stated: string) =>
      expect(parseConfig(`name: x\n${stated}`, 'stated').config).toEqual(
        parseConfig(`name: x\n${bare}`, 'bare').config,
      )
    expect(venue).toHaveLength(6)
    same('venue: {}', `venue: { ${venue.join(', ')} }`)
    expect(alpaca).toHaveLength(4)
    same('venue: { kind: alpaca }', `venue: { kind: alpaca, ${alpaca.join(', ')} }`)
    const generated = values('generated: ')
    expect(generated).toHaveLength(3)
    same('data: { kind: generated }', `data: { kind: generated, ${generated.join(', ')} }`)
    for (const route of ['native', 'builder']) {
      const routing = values(`execution.routing.${route}.`)
      expect(routing).toHaveLength(5)
      same(
        'execution: { routing: {} }',
        `execution: { routing: { ${route}: { ${routing.join(', ')} } } }`,
      )
    }
    const limits = values('limits.')
    expect(limits).toHaveLength(1)
    same('limits: { preset: later }', `limits: { preset: later, ${limits.join(', ')} }`)
    for (const [key, count] of [
      ['reduceOnly', 2],
      ['regime', 4],
      ['macro', 4],
    ] as const) {
      const inside = values(`risk.${key}.`)
      expect(inside).toHaveLength(count)
      same(`risk: { ${key}: {} }`, `risk: { ${key}: { ${inside.join(', ')} } }`)
    }
    const shares = values('shares.').filter((each) => !/^(rate|locates|names):/.test(each))
    expect(shares).toHaveLength(8)
    same('shares: {}', `shares: { ${shares.join(', ')} }`)
    const borrow = values('shares.borrow.')
    expect(borrow).toHaveLength(3)
    same('shares: { borrow: {} }', `shares: { borrow: { ${borrow.join(', ')} } }`)
    const coinRules = values('fills.coins.')
    expect(coinRules).toHaveLength(2)
    const day = "feesOn: '2026-11-01'"
    same(`fills: { coins: { ${day} } }`, `fills: { coins: { ${day}, ${coinRules.join(', ')} } }`)
    const gate = values('strategy.costGate.')
    expect(gate).toHaveLength(2)
    same('strategy: { costGate: {} }', `strategy: { costGate: { ${gate.join(', ')} } }`)
    const momentum = values('companions.momentum.')
    expect(momentum).toHaveLength(11)
    const coins = 'instruments: [SOL]'
    same(
      `companions: { momentum: { ${coins} } }`,
      `companions: { momentum: { ${coins}, ${momentum.join(', ')} } }`,
    )
    const pairs = values('companions.pairs.')
    expect(pairs).toHaveLength(15)
    const list = `whitelist: { schema: ornstein.pairs/1, dataFrom: '2026-01-03T00:00:00Z',
      dataTo: '2026-01-05T00:00:00Z', knownTime: '2026-01-05T00:00:00Z',
      pairs: [{ legA: ETH, legB: BTC, beta: 1 }] }`
    same(
      `companions: { pairs: { ${list} } }`,
      `companions: { pairs: { ${list}, ${pairs.join(', ')} } }`,
    )
    for (const kind of ['fixed', 'z_proportional', 'kelly']) {
      const sizer = values(`${kind}: strategy.sizer.`)
      same(
        `strategy: { sizer: { kind: ${kind} } }`,
        `strategy: { sizer: { ${[`kind: ${kind}`, ...sizer].join(', ')} } }`,
      )
    }
    const equities = rows.filter(
      ({ key, fallback }) => /^strategy\.equities\.\w+$/.test(key) && fallback.startsWith('`'),
    )
    const own = equities.map(
      ({ path, fallback }) => `${path.split('.').at(-1)}: ${fallback.slice(1, -1)}`,
    )
    const sectors = values('strategy.equities.sectors.')
    expect([own.length, sectors.length]).toEqual([7, 3])
    const daily = 'signal: { source: bar, calendar: us-equities }'
    same(
      `${daily}\nstrategy: { timeStop: off, equities: { sectors: {} } }`,
      `${daily}\nstrategy: { timeStop: off, equities: { ${[...own, `sectors: { ${sectors.join(', ')} }`].join(', ')} } }`,
    )
    const prefix = 'strategy.equities.residual.'
    const residual: Record<string, unknown> = {}
    for (const { key, fallback } of rows) {
      const isSection = ['tests', 'neutral'].includes(key.slice(prefix.length))
      if (!key.startsWith(prefix) || isSection || !fallback.startsWith('`')) continue
      put(residual, key.slice(prefix.length).split('.'), fallback.slice(1, -1))
    }
    const names = 'signal: residual, sectors: { of: { A: { symbols: [B] } } }'
    same(
      `${daily}\nstrategy: { timeStop: off, equities: { ${names}, residual: {} } }`,
      `${daily}\nstrategy: { timeStop: off, equities: { ${names}, residual: ${toYaml(residual)} } }`,
    )
    const catalog = values('catalog: ')
    const sources = 'kind: catalog, sources: [a]'
    same(`data: { ${sources} }`, `data: { ${sources}, ${catalog.join(', ')} }`)
  })
})

function put(target: Record<string, unknown>, path: readonly string[], value: string): void {
  const [first, ...rest] = path
  if (rest.length === 0) {
    target[first!] = value
    return
  }
  target[first!] ??= {}
  put(target[first!] as Record<string, unknown>, rest, value)
}

/** Flow-style YAML; leaves are YAML already. */
const toYaml = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : `{ ${Object.entries(value as object)
        .map(([key, item]) => `${key}: ${toYaml(item)}`)
        .join(', ')} }`
