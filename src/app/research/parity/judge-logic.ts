import type { EngineConfig, Instrument, Ledger, Strategy } from '../../../core/mod.ts'
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
  readonly divergence: Divergence | null
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
  const other = isOther
    ? replay(path, sessionEngineConfig(genesis.mode, config, instruments, strategy))
    : own
  const operatorCommands = session.items.filter(
    (item) => item.kind === 'event' && item.event.kind === 'operatorCommanded',
  ).length
  const engine = sessionEngineConfig('backtest', session.config, genesis.instruments, ownStrategy)
  return {
    isSame: other.divergence === null && isReproducible && operatorCommands === 0,
    isReproducible,
    divergence: other.divergence,
    operatorCommands,
    decides: isReproducible ? { engine, operator: true } : 'session',
    ledger: isReproducible ? own.engine.world.ledger : null,
  }
}
