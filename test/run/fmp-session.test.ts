import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readJournal, sessionPaths } from '../../src/adapters/mod.ts'
import { FMP_STATE_PATH } from '../../src/app/run/economic-calendar.ts'
import { type Effect, economicKinds } from '../../src/core/mod.ts'
import { type FmpServer, serveFmp } from '../support/fmp-server.ts'
import { envelopeOf, runCommand } from '../support/ornstein-process.ts'

const KEY = 'k3y-of-a-test'
const AHEAD_MS = 22_000
const BEFORE_US = 8_000_000
const AFTER_US = 10_000_000

const folder = mkdtempSync(join(tmpdir(), 'fmp-session-'))
const keys = { FMP_API_KEY: KEY, HOME: folder }
let server: FmpServer
/** The rate decision, ms: so long after it is first asked for. */
let decision = 0

beforeAll(async () => {
  server = await serveFmp(KEY, () => {
    if (decision === 0) decision = Math.ceil((Date.now() + AHEAD_MS) / 1000) * 1000
    return decision
  })
  const shipped = fileURLToPath(new URL('../crash/kill.yaml', import.meta.url))
  const macro = `macro: { calendar: fmp, url: '${server.url}', before: 8s, after: 10s }`
  const text = readFileSync(shipped, 'utf8').replace('  bookAgeMax', `  ${macro}\n  bookAgeMax`)
  writeFileSync(join(folder, 'desk.yaml'), text)
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

const command = (...args: readonly string[]) => runCommand(folder, [...args, '--json'], keys)
const rehearse = (session: string, lasts: string) =>
  runCommand(
    folder,
    ['rehearse', '--config', 'desk.yaml', '--headless', '--for', lasts, '--session', session],
    keys,
  )

/** A day within what a session asks for. */
const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** What a session did, with when. */
const effectsOf = (
  session: string,
): readonly { readonly effect: Effect; readonly time: number }[] =>
  [...readJournal(sessionPaths(session, folder).journal)].flatMap((item) =>
    item.kind === 'effect' ? [{ effect: item.payload, time: item.time }] : [],
  )

describe('a session by the calendar of Financial Modeling Prep', () => {
  it('takes no new risk around an event, cancels what is at work, exits and goes on', async () => {
    const end = await rehearse('macro', '44s')
    expect(end.exitCode, end.stderr).toBe(0)
    const [fromTime, untilTime] = [decision * 1000 - BEFORE_US, decision * 1000 + AFTER_US]
    const until = new Date(decision + AFTER_US / 1000).toISOString().slice(0, 19).replace('T', ' ')
    const halt = `no new risk: FOMC until ${until} UTC`
    expect(end.stderr).toContain(`halt (macro): ${halt}; entries at work are canceled, exits pass`)
    expect(end.stderr).toContain('halt (macro) ends: it is over, entries are free again')
    expect(end.stderr + end.stdout).not.toContain(KEY)
    const effects = effectsOf('macro')
    const sent = effects.flatMap(({ effect, time }) =>
      effect.kind === 'submitOrder' ? [{ ...effect.order, time }] : [],
    )
    const within = ({ time }: { readonly time: number }) => time >= fromTime && time < untilTime
    const entries = sent.filter(({ reduceOnly }) => !reduceOnly)
    expect(entries.filter(({ time }) => time < fromTime).length).toBeGreaterThan(0)
    expect(entries.filter(within)).toEqual([])
    expect(entries.filter(({ time }) => time >= untilTime).length).toBeGreaterThan(0)
    expect(sent.filter(({ reduceOnly }) => reduceOnly).filter(within).length).toBeGreaterThan(0)
    const denied = effects.filter(({ effect }) => effect.kind === 'orderDenied')
    expect(denied.filter(within).length).toBeGreaterThan(0)
    const at = new Date(decision).toISOString()
    const why = await command('why', '--session', 'macro', '--at', at)
    expect(why.stdout).toContain(halt)
  })

  it('lists all nine kinds, and asks once for them', async () => {
    const listed = await command('calendar', 'desk.yaml', '--to', inDays(10))
    const { events } = envelopeOf(listed).data as { events: { kind: string }[] }
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(economicKinds))
    expect(server.asked).toHaveLength(1)
  })

  it('says how old the calendar is, when its requests are used up and when nobody answers', async () => {
    const file = join(folder, FMP_STATE_PATH)
    const age = (requests: number): void => {
      const state = JSON.parse(readFileSync(file, 'utf8'))
      state.cache.fetchedTime = (Date.now() - 7 * 3_600_000) * 1000
      state.requests = { day: Math.floor(Date.now() / 86_400_000), count: requests }
      writeFileSync(file, JSON.stringify(state))
    }
    age(250)
    const used = envelopeOf(await command('calendar', 'desk.yaml', '--to', inDays(10)))
    expect(used.warnings?.join()).toContain('7.0 h old: the 250 requests of the day are used up')
    expect(server.asked).toHaveLength(1)
    age(3)
    await server.stop()
    const { stderr } = await rehearse('stale', '2s')
    expect(stderr).toContain(`the economic calendar is 7.0 h old: no answer from ${server.url}`)
    rmSync(file)
    const blind = await rehearse('blind', '3s')
    expect(blind.stderr).toMatch(/no economic calendar: no answer from .*; no new risk until/)
    expect(blind.stderr).toContain('halt (macro): no new risk: no economic calendar of CPI, NFP')
    const entries = effectsOf('blind').filter(({ effect }) => effect.kind === 'submitOrder')
    expect(entries).toEqual([])
  })
})
