import { existsSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { InputError, nearest, sessionPaths } from '../../../adapters/mod.ts'
import { parseDuration } from '../../config/quantities.ts'
import { askSession } from '../../control/client.ts'
import {
  type ControlEndpoint,
  controlEndpoint,
  endpointOfSocket,
  listeningSessions,
} from '../../control/endpoint.ts'
import { type ControlCommand, type ControlReply, isRead } from '../../control/request.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `ornstein control`. */
export interface ControlFlags {
  readonly session?: string
  readonly sock?: string
  readonly reason?: string
  readonly confirm?: string
  /** Of `halt`: a duration. */
  readonly for?: string
}

/** Asks a running session and prints its answer; sessions are those under `root`. */
export async function controlCommand(
  name: string,
  given: readonly string[],
  flags: ControlFlags,
  root = '.',
): Promise<CommandResult> {
  const cmd = name.replace('-', '_') as ControlCommand
  const params = flags.for === undefined ? paramsOf(given) : { value: seconds(flags.for) }
  const endpoint = chooseEndpoint(flags, root)
  if (!isRead(cmd) && (flags.reason ?? '').trim() === '') throw reasonless(name)
  const { reason, confirm } = flags
  const write = { actor: actorName(), reason, ...(confirm === undefined ? {} : { confirm }) }
  const reply = await askSession(endpoint, { cmd, params, ...(isRead(cmd) ? {} : write) })
  if (!reply.ok) throw refused(reply)
  return { data: reply.data, text: textOf(cmd, reply.data) }
}

const reasonless = (name: string): InputError =>
  new InputError({
    code: 'ORN-CTL-006',
    exitCode: ExitCode.usage,
    message: `control ${name} needs a reason, which is journaled`,
    fix: '--reason "why"',
  })

function paramsOf([coin, key, text]: readonly string[]): object {
  if (text === undefined) return coin === undefined ? {} : { coin }
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return { coin, key, value }
  throw new InputError({
    code: 'ORN-CTL-004',
    exitCode: ExitCode.usage,
    message: `${JSON.stringify(text)} is not a number`,
    details: ['allowed: a decimal number, for example -1.25'],
  })
}

function seconds(text: string): number {
  const us = parseDuration(text)
  if (us !== null) return us / 1e6
  throw new InputError({
    code: 'ORN-USAGE-002',
    exitCode: ExitCode.usage,
    message: `--for ${text} is not a duration`,
    fix: 'A number with a unit: 30m, 2h',
  })
}

function chooseEndpoint({ sock, session }: ControlFlags, root: string): ControlEndpoint {
  if (sock !== undefined) return endpointOfSocket(sock)
  const folder = dirname(sessionPaths('any', root).directory)
  const names = listeningSessions(folder)
  if (session !== undefined) {
    const { directory } = sessionPaths(session, root)
    if (!existsSync(directory)) throw unknownSession(session, folder, names)
    return controlEndpoint(directory)
  }
  if (names.length === 1) return controlEndpoint(sessionPaths(names[0]!, root).directory)
  throw new InputError({
    code: 'ORN-CTL-005',
    exitCode: ExitCode.usage,
    message:
      names.length === 0
        ? 'No session listens under .ornstein/sessions'
        : `${names.length} sessions listen here: ${names.join(', ')}`,
    fix: 'Name one: --session NAME, or its socket: --sock PATH',
  })
}

function unknownSession(name: string, folder: string, listening: readonly string[]): InputError {
  const all = existsSync(folder) ? readdirSync(folder).sort() : []
  const guess = nearest(name, all)
  return new InputError({
    code: 'ORN-CTL-005',
    exitCode: ExitCode.usage,
    message: `There is no session "${name}" under .ornstein/sessions`,
    details: [
      ...(guess === null ? [] : [`did you mean "${guess}"?`]),
      `sessions: ${all.length === 0 ? 'none' : all.join(', ')}`,
      `of these listen: ${listening.length === 0 ? 'none' : listening.join(', ')}`,
    ],
  })
}

const refused = ({ error, text }: ControlReply & { readonly ok: false }): InputError =>
  new InputError({
    code: 'ORN-CTL-003',
    exitCode: error === 'unauthorized' ? ExitCode.venue : ExitCode.usage,
    message: `The session refused: ${error}`,
    details: [text],
  })

function actorName(): string {
  try {
    return userInfo().username
  } catch {
    // A process without an entry among the users has no name.
    return 'unknown'
  }
}

interface CoinText {
  readonly coin: string
  readonly parameters: Readonly<Record<string, number | null>> | null
  readonly z: number | null
  readonly imbalance: number | null
  readonly bestBid: string | null
  readonly bestAsk: string | null
  readonly sentence: string
  readonly position: { readonly quantity: string; readonly averageEntryPrice: string | null } | null
}

function textOf(cmd: ControlCommand, data: unknown): string {
  switch (cmd) {
    case 'get':
      return coinLines(data as CoinText)
    case 'get_all':
      return (data as readonly CoinText[]).map(coinLines).join('\n')
    case 'snapshot': {
      const { state, coins, openOrders } = data as {
        readonly state: { readonly engineState: string; readonly engineReason: string }
        readonly coins: readonly CoinText[]
        readonly openOrders: readonly unknown[]
      }
      const head = `${state.engineState}: ${state.engineReason}`
      return [head, `open orders  ${openOrders.length}`, ...coins.map(coinLines)].join('\n')
    }
    case 'set': {
      const { coin, key, before, value } = data as Record<string, unknown>
      return `${coin} ${key}: ${before} -> ${value}`
    }
    default: {
      const { done, engineState, engineReason } = data as Record<string, unknown>
      return `${(done as string[]).join(', ')}: ${engineState}, ${engineReason}`
    }
  }
}

function coinLines(one: CoinText): string {
  const set = Object.entries(one.parameters ?? {}).map(([key, value]) => `${key} ${show(value)}`)
  const { position } = one
  return [
    one.coin,
    `  ${set.length === 0 ? 'another strategy trades it' : set.join('  ')}`,
    `  z ${show(one.z)}  imbalance ${show(one.imbalance)}  bid ${show(one.bestBid)}  ask ${show(one.bestAsk)}`,
    `  position ${show(position?.quantity)} at ${show(position?.averageEntryPrice)}`,
    `  ${one.sentence}`,
  ].join('\n')
}

const show = (value: number | string | null | undefined): string =>
  typeof value === 'number' ? String(Math.round(value * 1e6) / 1e6) : (value ?? '—')
