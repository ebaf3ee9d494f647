import { privateKeyToAccount } from 'viem/accounts'
import { keccak256, stringToBytes } from 'viem/utils'
import { InputError } from '../../../adapters/mod.ts'
import { formatTrimmed, MONEY_DECIMALS, MONEY_UNIT } from '../../../core/mod.ts'
import { readDeposits, readRunOptions, readSwitches } from '../../simulators/hyperliquid/options.ts'
import { type RunningVenue, runVenue } from '../../simulators/hyperliquid/run.ts'
import type { VenueUser } from '../../simulators/hyperliquid/venue.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { durationOf, stopped } from './venue-wait.ts'

type Flags = Readonly<Record<string, unknown>>

const TEST_DEPOSIT = 100_000n * MONEY_UNIT

/** Runs a simulated venue until it is stopped. Throws InputError (2). */
export async function serveCommand(name: string, flags: Flags): Promise<CommandResult> {
  if (name === 'alpaca') {
    const { serveAlpaca } = await import('./venue-serve-alpaca.ts')
    return serveAlpaca(flags)
  }
  if (name !== 'hyperliquid') throw usage(`No simulated venue ${name}`, 'hyperliquid, alpaca')
  const seconds = durationOf(flags['for'])
  const options = { ...readRunOptions(flags), ...readSwitches(flags) }
  const test = flags['testAccount'] === false ? null : testAccount(options.seed)
  const users: VenueUser[] = [
    ...readDeposits(flags['deposit'] as readonly string[]),
    ...(test === null ? [] : [{ address: test.address, deposit: TEST_DEPOSIT }]),
  ]
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const running = await runVenue({ ...options, users }, fail)
  const data = describe(running, users, test)
  if (flags['json'] === true) process.stdout.write(`${JSON.stringify({ ready: true, ...data })}\n`)
  else process.stdout.write(render(data))
  for (const text of running.rows) process.stderr.write(`⚠ ${text}\n`)
  try {
    await Promise.race([failed, stopped(seconds)])
  } finally {
    await running.stop()
  }
  return { data, text: 'Stopped.' }
}

/** A key that everybody can derive from the seed: for money that does not exist. */
function testAccount(seed: number): { readonly address: string; readonly key: string } {
  const key = keccak256(stringToBytes(`ornstein simulated venue, test account ${seed}`))
  return { address: privateKeyToAccount(key).address.toLowerCase(), key }
}

const usage = (message: string, allowed: string): InputError =>
  new InputError({
    code: 'ORN-SIM-006',
    exitCode: ExitCode.usage,
    message,
    details: [`allowed: ${allowed}`],
  })

function describe(
  { venue, server, control, isResumed }: RunningVenue,
  users: readonly VenueUser[],
  test: { readonly address: string; readonly key: string } | null,
) {
  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    socketUrl: `ws://127.0.0.1:${server.port}/ws`,
    controlUrl: control === null ? null : `http://127.0.0.1:${control.port}`,
    coins: venue.instruments.map(({ symbol }) => symbol),
    resumed: isResumed,
    users: users.map(({ address, deposit }) => ({
      address,
      deposit: formatTrimmed(deposit, MONEY_DECIMALS),
    })),
    testAccount: test,
  }
}

function render(data: ReturnType<typeof describe>): string {
  const lines = [
    'Simulated Hyperliquid: no real money, nothing leaves this machine',
    `  REST     ${data.url}`,
    `  Socket   ${data.socketUrl}`,
    ...(data.controlUrl === null ? [] : [`  Control  ${data.controlUrl}`]),
    `  Coins    ${data.coins.join(', ')}`,
    ...data.users.map(({ address, deposit }) => `  User     ${address}  ${deposit} USDC`),
    ...(data.testAccount === null ? [] : [`  Test key ${data.testAccount.key}`]),
    'Ctrl-C stops it.',
  ]
  return `${lines.join('\n')}\n`
}
