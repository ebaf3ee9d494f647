import { cpSync, existsSync } from 'node:fs'
import { type SessionPaths, sessionPaths } from '../../../adapters/mod.ts'
import type { Strategy, TimeUs } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { type LiveSession, startLiveSession } from '../live-session.ts'
import type { SessionTap } from '../session.ts'
import { createMortalEnvironment } from './mortal.ts'
import type { DrillStage } from './stage.ts'

/** Longest virtual time that starting or stopping may take: many coins ask within the rate limit. */
const SETTLING_MS = 600_000
/** As with every start: executions of so long before the last report may have been on their way. */
const RESUME_OVERLAP_US = 7_200_000_000
const START_ATTEMPTS = 5

/** One life of the session that is drilled. */
export interface Life {
  readonly live: LiveSession
  /** Ends it as `kill -9` would: nothing is flushed, nothing more is sent. */
  readonly kill: () => void
}

/** What every life is begun with. */
export interface LifeParts {
  readonly loaded: LoadedConfig
  readonly stage: DrillStage
  readonly folder: string
  readonly strategy?: Strategy<unknown>
  readonly codeHash: string
  readonly startTime: TimeUs
  /** Whether any life is ended by a kill. */
  readonly isKilled: boolean
  readonly tap: SessionTap
  /** A failure after the session is up. */
  readonly failed: (error: unknown) => void
}

/** Begins the first life, or the next one with the journal that the one before has left. */
export async function beginLife(parts: LifeParts, number: number): Promise<Life> {
  const paths = pathsOf(parts, number)
  const before = pathsOf(parts, number - 1)
  if (number > 0) cpSync(before.directory, paths.directory, { recursive: true, filter: isNoLock })
  for (let attempt = 1; ; attempt++) {
    try {
      return await startLife(parts, paths)
    } catch (error) {
      // Whoever restarts it tries again; the first start of all has nothing to lose either.
      if (attempt === START_ATTEMPTS) throw error
      await parts.stage.environment.run(30_000)
    }
  }
}

const pathsOf = ({ folder }: LifeParts, number: number): SessionPaths =>
  sessionPaths(`life-${number}`, folder)

const isNoLock = (file: string): boolean => !file.endsWith('.lock')

async function startLife(parts: LifeParts, paths: SessionPaths): Promise<Life> {
  const { loaded, stage, startTime } = parts
  const environment = createMortalEnvironment(stage.environment)
  let since = startTime
  const starting = startLiveSession({
    mode: 'drill',
    config: loaded.config,
    ...(parts.strategy === undefined ? {} : { strategy: parts.strategy }),
    configurationHash: loaded.hash,
    codeHash: parts.codeHash,
    paths,
    resume: existsSync(paths.journal),
    adapter: stage.connect(environment, () => since),
    environment,
    tap: () => parts.tap,
    failed: parts.failed,
    resumedFrom: (time) => {
      if (time > 0) since = time - RESUME_OVERLAP_US
    },
    // What is not on disk is lost with a life; without kills nothing is ever read back.
    journalOptions: { durability: parts.isKilled ? 'full' : 'none' },
  })
  try {
    const live = await settle(starting, stage.environment)
    return {
      live,
      kill() {
        environment.kill()
        live.session.stop()
      },
    }
  } catch (error) {
    environment.kill()
    throw error
  }
}

/** Runs virtual time until a promise that waits for it has settled. */
export async function settle<T>(
  promise: Promise<T>,
  environment: DrillStage['environment'],
): Promise<T> {
  let isSettled = false
  const done = () => {
    isSettled = true
  }
  promise.then(done, done)
  await environment.runUntilTrue(() => isSettled, SETTLING_MS)
  if (!isSettled) throw new Error(`nothing came of it in ${SETTLING_MS / 1000} s of virtual time`)
  return promise
}
