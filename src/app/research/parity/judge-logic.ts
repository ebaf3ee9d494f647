import { encodePayload, readJournal } from '../../../adapters/mod.ts'
import {
  type Effect,
  Engine,
  type EngineConfig,
  type Instrument,
  type Ledger,
  MarketCursor,
  type Strategy,
} from '../../../core/mod.ts'
import { sessionEngineConfig } from '../../config/build.ts'
import type { Config } from '../../config/schema.ts'
import { type Divergence, journalEngineConfig, replay } from '../../run/recover.ts'
import type { SessionRecord } from './session-record.ts'

/** Which decisions to judge. */
export interface LogicRequest {
  /** Journal file of the session. */
  readonly path: string
  /** The backtest's. */
  readonly config: Config
  readonly instruments: readonly Instrument[]
  readonly strategy?: Strategy<unknown>
}

/** How the session's decisions relate to the backtest's on the same inputs. */
export interface Logic {
  readonly isSame: boolean
  readonly isReproducible: boolean
  /** First effect that differs, evaluations included. */
  readonly divergence: Divergence | null
  /** First order or cancel that differs. */
  readonly command: Divergence | null
  readonly operatorCommands: number
  /** Who repeats the session's decisions. */
  readonly decides: { readonly engine: EngineConfig; readonly operator: boolean } | 'session'
  /** The session's own books; null where this code cannot step the journal. */
  readonly ledger: Ledger | null
}

/** Steps the journal again, as it was written and as the backtest would decide. */
export function judgeLogic(request: LogicRequest, session: SessionRecord): Logic {
  const { path, config, instruments, strategy } = request
  const { genesis } = session
  const isOther = config !== session.config || strategy?.id !== genesis.strategy
  const ownStrategy = genesis.strategy === undefined ? undefined : strategy
  const own = replay(path, journalEngineConfig(genesis, path, ownStrategy))
  const isReproducible = own.divergence === null
  const stepped = isOther
    ? sessionEngineConfig(genesis.mode, config, instruments, strategy)
    : journalEngineConfig(genesis, path, ownStrategy)
  const other = isOther ? replay(path, stepped) : own
  const operatorCommands = session.items.filter(
    (item) => item.kind === 'event' && item.event.kind === 'operatorCommanded',
  ).length
  const engine = sessionEngineConfig('backtest', session.config, genesis.instruments, ownStrategy)
  return {
    isSame: other.divergence === null && isReproducible && operatorCommands === 0,
    isReproducible,
    divergence: other.divergence,
    command: other.divergence === null ? null : firstCommand(path, stepped),
    operatorCommands,
    decides: isReproducible ? { engine, operator: true } : 'session',
    ledger: isReproducible ? own.engine.world.ledger : null,
  }
}

const isCommand = ({ kind }: Effect): boolean => kind === 'submitOrder' || kind === 'cancelOrder'

/** Steps a journal and compares only what would be sent; stops at the first difference. */
function firstCommand(path: string, config: EngineConfig): Divergence | null {
  const engine = new Engine(config)
  const cursor = new MarketCursor()
  let own: Effect[] = []
  for (const item of readJournal(path)) {
    if (item.kind === 'effect') {
      if (!isCommand(item.payload)) continue
      const expected = encodePayload(item.payload)
      const effect = own.shift()
      const found = effect === undefined ? '(nothing)' : encodePayload(effect)
      if (expected !== found) return { seq: item.seq, expected, found }
    } else if (item.kind === 'event' || item.kind === 'market') {
      if (own.length > 0) {
        return { seq: item.seq, expected: '(nothing)', found: encodePayload(own[0]!) }
      }
      if (item.kind === 'event') engine.step(item.payload)
      else {
        for (let i = 0; i < item.batch.count; i++) {
          cursor.load(item.batch, i)
          engine.stepMarket(cursor)
        }
      }
      own = engine.takeEffects().filter(isCommand)
    }
  }
  return null
}
