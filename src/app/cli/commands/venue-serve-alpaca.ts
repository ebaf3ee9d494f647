import { DEMO_KEY, DEMO_SECRET, readRunOptions } from '../../simulators/alpaca/options.ts'
import { type RunningVenue, type RunOptions, runVenue } from '../../simulators/alpaca/run.ts'
import { textOf } from '../../simulators/alpaca/wire/nano.ts'
import { timeText } from '../../simulators/alpaca/wire/times.ts'
import type { CommandResult } from '../output.ts'
import { durationOf, stopped } from './venue-wait.ts'

/** Runs a simulated Alpaca until it is stopped. Throws InputError (2). */
export async function serveAlpaca(
  flags: Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const seconds = durationOf(flags['for'])
  const options = readRunOptions(flags)
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const running = await runVenue(options, fail)
  const data = describe(running, options)
  if (flags['json'] === true) process.stdout.write(`${JSON.stringify({ ready: true, ...data })}\n`)
  else process.stdout.write(render(data))
  try {
    await Promise.race([failed, stopped(seconds)])
  } finally {
    await running.stop()
  }
  return { data, text: 'Stopped.' }
}

function describe({ venue, server, control, isResumed }: RunningVenue, options: RunOptions) {
  const host = `127.0.0.1:${server.port}`
  const { assets } = venue.state.listing
  const named = (kind: string) =>
    assets.filter((asset) => asset.class === kind).map(({ symbol }) => symbol)
  return {
    url: `http://${host}`,
    tradingSocketUrl: `ws://${host}/stream`,
    stockSocketUrl: `ws://${host}/v2/iex`,
    cryptoSocketUrl: `ws://${host}/v1beta3/crypto/us`,
    controlUrl: control === null ? null : `http://127.0.0.1:${control.port}`,
    crypto: named('crypto'),
    stocks: named('us_equity'),
    time: timeText(venue.state.time),
    speed: options.speed,
    resumed: isResumed,
    accounts: options.accounts.map(({ key, secret, cash }) => ({
      key,
      // Only the demo account's secret is no secret.
      secret: key === DEMO_KEY && secret === DEMO_SECRET ? secret : null,
      cash: textOf(cash),
    })),
  }
}

function render(data: ReturnType<typeof describe>): string {
  const [first] = data.accounts
  const lines = [
    'Simulated Alpaca: no real money, nothing leaves this machine',
    `  REST     ${data.url}  (trading /v2, market data /v2/stocks and /v1beta3)`,
    `  Socket   ${data.tradingSocketUrl}`,
    `  Socket   ${data.stockSocketUrl}`,
    `  Socket   ${data.cryptoSocketUrl}`,
    ...(data.controlUrl === null ? [] : [`  Control  ${data.controlUrl}`]),
    `  Crypto   ${data.crypto.join(', ') || 'none'}`,
    `  Stocks   ${data.stocks.join(', ') || 'none'}`,
    `  Time     ${data.time}${data.speed === 1 ? '' : `, ${data.speed} times as fast`}`,
    ...data.accounts.map(({ key, cash }) => `  Account  ${key}  ${cash} USD`),
    '  For clients:',
    `    APCA_API_KEY_ID=${first!.key}`,
    ...(first!.secret === null ? [] : [`    APCA_API_SECRET_KEY=${first!.secret}`]),
    `    APCA_API_BASE_URL=${data.url}`,
    `    APCA_API_DATA_URL=${data.url}`,
    'Ctrl-C stops it.',
  ]
  return `${lines.join('\n')}\n`
}
