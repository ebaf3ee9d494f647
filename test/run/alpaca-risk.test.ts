import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { readJournal, sessionPaths } from '../../src/adapters/mod.ts'
import type { Effect } from '../../src/core/mod.ts'
import { envelopeOf, runCommand, startCommand } from '../support/ornstein-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'alpaca-risk-'))
const home = { HOME: folder }
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))

/** Writes a shipped rehearsal with other settings; each must be in it. */
function configure(name: string, shipped: string, changes: readonly (readonly [string, string])[]) {
  const file = fileURLToPath(new URL(`../crash/${shipped}`, import.meta.url))
  const text = changes.reduce(
    (yaml, [old, own]) => {
      expect(yaml).toContain(old)
      return yaml.replace(old, own)
    },
    readFileSync(file, 'utf8'),
  )
  writeFileSync(join(folder, name), text)
}

const rehearse = (name: string, session: string) => [
  ...['rehearse', '--config', name, '--headless', '--session', session, '--json'],
]

interface Timed {
  readonly effect: Effect
  readonly time: number
}
const effectsOf = (session: string): readonly Timed[] =>
  [...readJournal(sessionPaths(session, folder).journal)].flatMap((item) =>
    item.kind === 'effect' ? [{ effect: item.payload, time: item.time }] : [],
  )

const shorts = [
  ['[AAPL, MSFT, NVDA, TSLA, AMD, COST, ORCL, NKE]', '[GME, CAR, LITE, SNDK, AAPL]'],
  ['shortEntry: 0.1, shortExit: -0.1', 'shortEntry: -6, shortExit: -7'],
  ['longEntry: -0.05, longExit: 0.05', 'longEntry: -19, longExit: -18'],
  ['balance: 50000', 'balance: 500000'],
  // More shares of GME than the venue ever finds; a few of the others.
  ['  notional: 1500', '  notional: 1500\n  notionals: { GME: 150000 }'],
  [
    '  grossNotionalMax: 20000\n  netNotionalMax: 20000',
    '  orderNotionalMax: off\n  positionNotionalMax: off\n  grossNotionalMax: off\n  netNotionalMax: off',
  ],
] as const

it('sells hard-to-borrow shares short that are located, and says which were not', async () => {
  configure('locates.yaml', 'kill-shares.yaml', [
    ...shorts,
    ['reconcileInterval', 'shares: { borrow: { locates: grant } }\nreconcileInterval'],
  ])
  const end = await runCommand(folder, [...rehearse('locates.yaml', 'l'), '--for', '15s'], home)
  expect(end.exitCode, end.stderr).toBe(0)
  const refused = 'an order was rejected, no locate for 7000 shares of GME'
  expect(end.stderr).toContain(`⚠ GME: ${refused}: insufficient_quantity`)
  const data = envelopeOf(end).data as unknown as {
    readonly positions: readonly { readonly instrument: string; readonly quantity: string }[]
    readonly rejects: number
    readonly funding: string
    readonly reconciled: boolean
  }
  const held = data.positions.map(({ instrument }) => instrument)
  expect(held).not.toContain('GME')
  expect(held).toContain('AAPL')
  expect(held.filter((name) => ['CAR', 'LITE', 'SNDK'].includes(name)).length).toBeGreaterThan(0)
  expect(data.positions.every(({ quantity }) => quantity.startsWith('-'))).toBe(true)
  expect(data.rejects).toBeGreaterThan(0)
  // Locates are paid for at once.
  expect(Number(data.funding)).toBeLessThan(0)
  expect(data.reconciled).toBe(true)
  const why = await runCommand(folder, ['why', 'GME', '--session', 'l'], home)
  expect(why.stdout).toContain('the order was rejected, no locate for 7000 shares of GME')
}, 120_000)

it('sends none of them short where locates are refused', async () => {
  configure('refuse.yaml', 'kill-shares.yaml', shorts)
  const end = await runCommand(folder, [...rehearse('refuse.yaml', 'r'), '--for', '12s'], home)
  expect(end.exitCode, end.stderr).toBe(0)
  const { outcomes, positions } = envelopeOf(end).data
  expect(outcomes).toMatchObject({ 'no locate': 4, 'enter short': 1 })
  expect(positions).toMatchObject([{ instrument: 'AAPL' }])
  const why = await runCommand(folder, ['why', 'GME', '--session', 'r'], home)
  expect(why.stdout).toContain('no locate')
}, 120_000)

it('stops at a fall of 2 % within the day, leaves everything, and goes on by its rule', async () => {
  configure('fall.yaml', 'kill-coins.yaml', [
    // Six coins by takers: every round trip costs half a per cent of what it holds.
    ['balance: 10000', 'balance: 1300'],
    ['timeStop: 6s', 'timeStop: 1s'],
    ['entry: passive', 'entry: aggressive'],
    ['exit: passive', 'exit: aggressive'],
    ['  bookAgeMax', '  breakers: { dailyDrawdown: { onTrip: flatten, rearm: 6s } }\n  bookAgeMax'],
  ])
  const session = startCommand(folder, rehearse('fall.yaml', 'f'), home)
  const fell = 'halt (dailyDrawdown): the fall from the day’s highest equity'
  expect(await session.printed(fell), session.stderr()).toBe(true)
  expect(session.stderr()).toMatch(/reached the limit 2.00 %; everything is left/)
  const over = 'halt (dailyDrawdown) ends: after its time, entries are free again'
  expect(await session.printed(over), session.stderr()).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  session.process.kill('SIGINT')
  const end = await session.ended
  const { denials, reconciled } = envelopeOf(end).data
  expect(denials).toMatchObject({ DAILY_DRAWDOWN: expect.any(Number) })
  expect(reconciled).toBe(true)
  const effects = effectsOf('f')
  const trip = effects.find(({ effect }) => effect.kind === 'breakerTripped')!
  const rearm = effects.find(({ effect }) => effect.kind === 'breakerRearmed')!
  expect(rearm.effect).toMatchObject({ breaker: 'dailyDrawdown', by: 'time' })
  expect(rearm.time - trip.time).toBeGreaterThanOrEqual(6_000_000)
  const entries = effects.filter(
    ({ effect }) => effect.kind === 'submitOrder' && !effect.order.reduceOnly,
  )
  expect(entries.filter(({ time }) => time > trip.time && time < rearm.time)).toEqual([])
  expect(entries.filter(({ time }) => time >= rearm.time).length).toBeGreaterThan(0)
  const at = new Date(trip.time / 1000 + 3_000).toISOString()
  const why = await runCommand(folder, ['why', '--session', 'f', '--at', at], home)
  expect(why.stdout).toContain('No entry: halted: the fall from the day’s highest equity')
}, 120_000)
