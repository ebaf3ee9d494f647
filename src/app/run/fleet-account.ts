import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AccountMemory,
  type AdapterEnvironment,
  createNodeEnvironment,
  createSharedAccount,
  type EngineView,
  type SharedAccount,
  writeFileAtomically,
} from '../../adapters/mod.ts'
import { moneyFromNumber, type TimeUs } from '../../core/mod.ts'
import type { FleetAccount } from '../config/fleet-accounts.ts'
import { holdAccount } from './account-lock.ts'
import type { CredentialSources } from './credentials.ts'
import { connectObserved } from './observe.ts'
import { type Reach, watchReach } from './reach.ts'
import { watchVenue } from './venue-fate.ts'
import type { Connection, ConnectOptions, TradedPlace } from './venues/port.ts'
import { venueKindOf } from './venues/table.ts'

/** Modes in which several engines run in real time. */
export type FleetMode = 'rehearse' | 'paper' | 'shadow' | 'live'

/** How the account of some engines is opened. */
export interface OpenOptions {
  readonly mode: FleetMode
  /** Folder of the account's own files. */
  readonly directory: string
  /** Of a rehearsal: "generated" or the file of a recording. */
  readonly market: string
  /** Of a rehearsal: "none", or rates of each venue's faults as JSON. */
  readonly faults: string
  /** Of a rehearsal that is resumed: where it had come to, us. */
  readonly notBefore: TimeUs | null
  readonly credentials: CredentialSources
  /** Live: the account as it was agreed on. */
  readonly traded: TradedPlace | null
  readonly lastsMs: number | null
  readonly notice: (text: string) => void
  /** Something that everybody on the account depends on failed. */
  readonly failed: (error: unknown) => void
}

/** An account whose adapter is made; nothing is connected before its engines start. */
export interface OpenAccount {
  readonly name: string
  /** Whose account where, for people. */
  readonly place: string
  readonly environment: AdapterEnvironment
  readonly shared: SharedAccount
  readonly warnings: readonly string[]
  /** Each rejects when starting makes no sense any more. */
  readonly abandoned: readonly Promise<never>[]
  viewOf(engine: string): EngineView
  /** Tells from when on an engine needs executions: asked when the streams start. */
  needs(since: () => TimeUs): void
  /** Watches over the start of all its engines. */
  settle<Value>(start: Promise<Value>): Promise<Value>
  /** Compares once more, disconnects and gives everything back; once. */
  close(): Promise<void>
}

/** A payment of the last full hour may have been on its way. */
const OVERLAP_US = 7_200_000_000

/** What a mode puts behind the hub. */
interface Behind {
  readonly place: string
  readonly environment: AdapterEnvironment
  readonly warnings: readonly string[]
  readonly abandoned: readonly Promise<never>[]
  readonly connect: (how: ConnectOptions) => Connection
  readonly settle: Reach['settle']
  readonly release: () => Promise<void>
}

/** Opens the account of some engines behind a hub. Throws InputError. */
export async function openFleetAccount(
  account: FleetAccount,
  options: OpenOptions,
): Promise<OpenAccount> {
  mkdirSync(options.directory, { recursive: true })
  const behind = await openBehind(account, options)
  const { environment, place, warnings, abandoned, settle } = behind
  const needs: (() => TimeUs)[] = []
  let shared: SharedAccount | null = null
  let connection: Connection
  try {
    connection = behind.connect({
      environment,
      fillsSince() {
        const counted = shared?.countedUntil() ?? 0
        return Math.min(
          ...needs.map((since) => since()),
          ...(counted > 0 ? [counted - OVERLAP_US] : []),
        )
      },
      notice: ({ code, text }) => options.notice(`${code}: ${text}`),
    })
  } catch (error) {
    await behind.release()
    throw error
  }
  const hub = createSharedAccount({
    adapter: connection.adapter,
    environment,
    shares: account.engines.map(({ name, loaded: { config } }) => ({
      engine: name,
      symbols: config.venue?.instruments ?? [],
      balance: moneyFromNumber(config.balance),
    })),
    memory: fileMemory(join(options.directory, 'account.json')),
    notice: ({ level, code, text }) =>
      options.notice(`${level === 'critical' ? '⚠ ' : ''}${code}: ${text}`),
  })
  shared = hub
  let closing: Promise<void> | null = null
  return {
    name: account.name,
    ...{ place, environment, shared: hub, warnings, abandoned, settle },
    viewOf: (engine) => hub.views.find((view) => view.engine === engine)!,
    needs: (since) => void needs.push(since),
    close() {
      closing ??= hub.close().finally(() => {
        connection.release()
        return behind.release()
      })
      return closing
    },
  }
}

async function openBehind(account: FleetAccount, options: OpenOptions): Promise<Behind> {
  if (options.mode === 'rehearse') return simulated(account, options)
  const reach = watchReach(createNodeEnvironment(), options)
  const { environment, ended, settle } = reach
  const common = { environment, warnings: [], abandoned: [ended], settle }
  if (options.mode === 'live') {
    const traded = options.traded!
    const hold = holdAccount(traded)
    const release = () => Promise.resolve(hold.release())
    return { ...common, place: traded.name, connect: traded.connect, release }
  }
  const { mode, directory, credentials } = options
  const { whole } = account
  const observed = await venueKindOf(whole, mode).observe(whole, credentials)
  const statePath = join(directory, 'paper.json')
  return {
    ...common,
    place: `${mode} account on ${observed.name} data`,
    connect: (how) => connectObserved(observed, how, { mode, config: whole.config, statePath }),
    release: () => Promise.resolve(),
  }
}

async function simulated({ whole }: FleetAccount, options: OpenOptions): Promise<Behind> {
  const fate = watchVenue(options.failed)
  const place = await venueKindOf(whole, 'a rehearsal').simulate(whole, {
    stateDirectory: join(options.directory, 'venue'),
    market: options.market,
    faults: options.faults,
    notBefore: options.notBefore,
    died: fate.died,
  })
  for (const text of place.notices) options.notice(text)
  for (const text of place.warnings) options.notice(`⚠ ${text}`)
  const { environment, warnings, connect, process, name } = place
  return {
    place: name,
    ...{ environment, warnings, connect },
    abandoned: [fate.ended],
    async settle(start) {
      const value = await start
      fate.isUp = true
      return value
    },
    release: () => process.stop(),
  }
}

const fileMemory = (path: string): AccountMemory => ({
  load() {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return null
      throw error
    }
  },
  save: (text) => writeFileAtomically(path, text),
})
