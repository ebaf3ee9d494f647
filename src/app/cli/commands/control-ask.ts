import { userInfo } from 'node:os'
import { InputError } from '../../../adapters/mod.ts'
import { parseDuration } from '../../config/quantities.ts'
import { askSession } from '../../control/client.ts'
import { type ControlCommand, type ControlReply, isRead } from '../../control/request.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { type ControlTarget, chooseTargets, engineless } from './control-targets.ts'

/** Flags of `ornstein control`. */
export interface ControlFlags {
  readonly session?: string
  /** Of several in one process. */
  readonly engine?: string
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
  const targets = chooseTargets(flags, root)
  if (!isRead(cmd) && (flags.reason ?? '').trim() === '') throw reasonless(name)
  const { reason, confirm } = flags
  const write = { actor: actorName(), reason, ...(confirm === undefined ? {} : { confirm }) }
  const request = { cmd, params, ...(isRead(cmd) ? {} : write) }
  const [target, ...others] = targets
  if (others.length > 0) return askAll(targets, request)
  const reply = await askSession(target!.endpoint, request)
  if (!reply.ok) throw refused(reply)
  return { data: reply.data, text: textOf(cmd, reply.data) }
}

/** Every engine answers for itself: one that refuses keeps no other from what it was told. */
async function askAll(
  targets: readonly ControlTarget[],
  request: { readonly cmd: ControlCommand },
): Promise<CommandResult> {
  const { cmd } = request
  if (cmd === 'get' || cmd === 'set') throw engineless(cmd, targets)
  const answers = await Promise.all(
    targets.map(async ({ engine, endpoint }) => {
      try {
        const reply = await askSession(endpoint, request)
        return reply.ok
          ? { engine, data: reply.data, error: null }
          : { engine, data: null, error: `${reply.error}: ${reply.text}` }
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        return { engine, data: null, error: error.message }
      }
    }),
  )
  const refusals = answers.filter(({ error }) => error !== null)
  return {
    data: { engines: Object.fromEntries(answers.map(({ engine, ...rest }) => [engine, rest])) },
    text: answers
      .map(({ engine, data, error }) =>
        error === null ? `── ${engine}\n${textOf(cmd, data)}` : `── ${engine}\n✗ ${error}`,
      )
      .join('\n'),
    ...(refusals.length === 0 ? {} : { exitCode: ExitCode.partial }),
  }
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
