import {
  encodePayload,
  type Genesis,
  InputError,
  type JournalItem,
  readJournal,
} from '../../adapters/mod.ts'
import {
  type Effect,
  Engine,
  type EngineConfig,
  type Instrument,
  MarketCursor,
  type Strategy,
} from '../../core/mod.ts'
import { sessionEngineConfig } from '../config/build.ts'
import type { Config } from '../config/schema.ts'

/** One effect that came out differently when a journal was stepped again. */
export interface Divergence {
  readonly seq: number
  readonly expected: string
  readonly found: string
}

/** Outcome of stepping a journal again. */
export interface ReplayResult {
  readonly engine: Engine
  readonly inputs: number
  readonly effects: number
  /** First difference, or null when every effect was the same. */
  readonly divergence: Divergence | null
  /** Effects of the last inputs that the journal does not hold: a crash came between. */
  readonly unrecorded: readonly Effect[]
}

/** Sees every entry as it is stepped; for projections and records built from journals. */
export interface ReplayTap {
  item(item: JournalItem, engine: Engine): void
}

/**
 * Steps a journal again from a state (or from its beginning) and compares every effect, denials
 * included, with what was recorded. Executes nothing.
 */
export function replay(
  path: string,
  config: EngineConfig,
  options: {
    readonly from?: { readonly seq: number; readonly state: string }
    tap?: ReplayTap
  } = {},
): ReplayResult {
  const engine = new Engine(config)
  if (options.from !== undefined) engine.restore(JSON.parse(options.from.state))
  const cursor = new MarketCursor()
  const waiting: Effect[] = []
  let inputs = 0
  let effects = 0
  let divergence: Divergence | null = null
  const afterSeq = options.from?.seq ?? -1
  for (const item of readJournal(path, { afterSeq })) {
    switch (item.kind) {
      case 'event':
        engine.step(item.payload)
        inputs++
        break
      case 'market':
        for (let i = 0; i < item.batch.count; i++) {
          cursor.load(item.batch, i)
          engine.stepMarket(cursor)
          inputs++
        }
        break
      case 'effect': {
        effects++
        const own = waiting.shift()
        const expected = encodePayload(item.payload)
        const found = own === undefined ? '(nothing)' : encodePayload(own)
        if (expected !== found) divergence ??= { seq: item.seq, expected, found }
        break
      }
      case 'genesis':
      case 'snapshotTaken':
        break
    }
    if (engine.hasEffects) waiting.push(...engine.takeEffects())
    options.tap?.item(item, engine)
    if (divergence !== null) break
  }
  return { engine, inputs, effects, divergence, unrecorded: waiting }
}

/** Refuses to go on with a journal under another configuration, naming both. */
export function requireSameConfiguration(genesis: Genesis, hash: string, path: string): void {
  if (genesis.configurationHash === hash) return
  throw new InputError({
    code: 'ORN-JOURNAL-020',
    exitCode: 3,
    message: `The journal ${path} belongs to another configuration`,
    details: [
      `journal ${genesis.configurationHash.slice(0, 16)}, given ${hash.slice(0, 16)}`,
      'A session goes on only under the settings it began with.',
    ],
    fix: 'Use the configuration it began with, or start a new session with --session NAME',
  })
}

/** Fields of an instrument that give the numbers in a journal their meaning. */
const meanings = [
  'venue',
  'symbol',
  'kind',
  'quoteCurrency',
  'priceDecimals',
  'quantityDecimals',
] as const

/** Refuses to go on when the venue counts an instrument in other units than the journal does. */
export function requireSameInstruments(
  genesis: Genesis,
  instruments: readonly Instrument[],
  path: string,
): void {
  const details: string[] = []
  genesis.instruments.forEach((recorded, i) => {
    const now = instruments[i]
    for (const field of meanings) {
      if (now?.[field] === recorded[field]) continue
      const found = now === undefined ? 'nothing' : String(now[field])
      details.push(`${recorded.symbol} ${field}: journal ${recorded[field]}, venue ${found}`)
    }
  })
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-JOURNAL-025',
    exitCode: 3,
    message: `The journal ${path} counts in other units than the venue does now`,
    details,
    fix: 'Close what it holds by hand and start a new session with --session NAME',
  })
}

/**
 * The core's configuration that steps a journal again. `strategy` is needed where the program that
 * wrote it composed one of its own. Throws InputError when it is another one.
 */
export function journalEngineConfig(
  genesis: Genesis,
  path: string,
  strategy?: Strategy<unknown>,
): EngineConfig {
  requireSameStrategy(genesis, path, strategy)
  const { mode, configuration, instruments } = genesis
  return sessionEngineConfig(mode, configuration as Config, instruments, strategy)
}

/** Refuses to step a journal with another strategy than it was written with. */
export function requireSameStrategy(
  genesis: Genesis,
  path: string,
  strategy: Strategy<unknown> | undefined,
): void {
  if (genesis.strategy === strategy?.id) return
  const name = (id: string | undefined) => (id === undefined ? 'the configured one' : `"${id}"`)
  throw new InputError({
    code: 'ORN-JOURNAL-024',
    exitCode: 3,
    message: `The journal ${path} was written with another strategy`,
    details: [`journal: ${name(genesis.strategy)}, given: ${name(strategy?.id)}`],
    fix: 'Step it with the program that composed the strategy',
  })
}
