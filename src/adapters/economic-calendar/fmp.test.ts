import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../keystore/secret.ts'
import { createNodeEnvironment } from '../venues/node-environment.ts'
import { createFmpCalendar, type FmpOptions } from './fmp.ts'

const KEY = 'k3y/with+signs'
const HOUR = 3_600_000_000
const us = (iso: string): number => Date.parse(iso) * 1000
const START = us('2026-12-08T12:00Z')
const span = { from: us('2026-12-08T00:00Z'), until: us('2026-12-19T00:00Z') }

/** The documented shape, as recorded: times in UTC, one object a line of the calendar. */
const row = (date: string, country: string, event: string) => ({
  ...{ date, country, event, currency: country === 'US' ? 'USD' : 'JPY' },
  ...{ previous: 0.3, estimate: null, actual: null, change: null, impact: 'High' },
  ...{ changePercentage: 0, unit: '%' },
})
const december = [
  row('2026-12-18 13:30:00', 'US', 'Initial Jobless Claims (Dec/12)'),
  row('2026-12-10 13:30:00', 'US', 'Inflation Rate YoY (Nov)'),
  row('2026-12-10 13:30:00', 'US', 'Core Inflation Rate MoM (Nov)'),
  row('2026-12-09 19:00:00', 'US', 'Fed Interest Rate Decision'),
  row('2026-12-09 19:30:00', 'US', 'FOMC Press Conference'),
  row('2026-12-10 23:50:00', 'JP', 'CPI'),
]

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that answers as told, and a calendar that asks it. */
async function stage(change: Partial<FmpOptions> = {}) {
  const asked: string[] = []
  let answer: { status: number; body: string } | 'silence' = {
    status: 200,
    body: JSON.stringify(december),
  }
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (answer === 'silence') return
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const statePath = join(mkdtempSync(join(tmpdir(), 'fmp-')), 'fmp.json')
  const clock = { now: START }
  const environment = { fetch: createNodeEnvironment().fetch, now: () => clock.now }
  const open = () =>
    createFmpCalendar({ environment, key: new Secret(KEY), url, statePath, ...change })
  const say = (status: number, body: unknown) => {
    answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) }
  }
  const fallSilent = () => {
    answer = 'silence'
    server.closeAllConnections()
  }
  return { open, asked, clock, say, fallSilent, statePath, server }
}

describe('the calendar of Financial Modeling Prep', () => {
  it('is asked by whole days with the key, and read in UTC', async () => {
    const { open, asked } = await stage()
    const { events, coverage, notes, staleUs } = await open().read(span)
    expect(asked).toEqual([
      `/stable/economic-calendar?from=2026-12-08&to=2026-12-18&apikey=${encodeURIComponent(KEY)}`,
    ])
    expect(events).toEqual([
      { kind: 'FOMC', time: us('2026-12-09T19:00Z') },
      { kind: 'CPI', time: us('2026-12-10T13:30Z') },
      { kind: 'joblessClaims', time: us('2026-12-18T13:30Z') },
    ])
    expect(coverage.JOLTS).toEqual(span)
    expect([notes, staleUs]).toEqual([[], null])
  })

  it('is asked again after six hours, not before, also by another process', async () => {
    const { open, asked, clock } = await stage()
    await open().read(span)
    clock.now += 6 * HOUR - 1
    await open().read(span)
    expect(asked).toHaveLength(1)
    clock.now += 1
    await open().read(span)
    expect(asked).toHaveLength(2)
  })

  it('is asked again for days that were not asked for', async () => {
    const { open, asked } = await stage()
    await open().read(span)
    await open().read({ ...span, until: span.until + 24 * HOUR })
    expect(asked).toHaveLength(2)
  })

  it('asks for no more than ninety days at once', async () => {
    const { open, asked } = await stage()
    await open().read({ from: us('2026-01-01T00:00Z'), until: us('2026-07-01T00:00Z') })
    expect(asked.map((path) => /from=(\S+)&to=(\S+)&/.exec(path)!.slice(1))).toEqual([
      ['2026-01-01', '2026-03-31'],
      ['2026-04-01', '2026-06-29'],
      ['2026-06-30', '2026-06-30'],
    ])
  })

  it('is used when it is old and cannot be asked, and says how old', async () => {
    const { open, clock, say } = await stage()
    await open().read(span)
    clock.now += 30 * HOUR
    say(503, 'down')
    const { events, notes, staleUs } = await open().read(span)
    expect(events).toHaveLength(3)
    expect(staleUs).toBe(30 * HOUR)
    expect(notes).toEqual(['the economic calendar is 30.0 h old: HTTP 503: down'])
  })

  it('gives up on a server that does not answer', async () => {
    const { open, fallSilent } = await stage({ timeoutMs: 50 })
    fallSilent()
    await expect(open().read(span)).rejects.toThrow('it took too long')
  })
})

describe('the requests of a day', () => {
  it('are counted over processes, before they are sent, and end at the limit', async () => {
    const { open, asked, clock, say } = await stage({ requestsPerDayMax: 2 })
    say(500, 'no')
    await expect(open().read(span)).rejects.toThrow('HTTP 500')
    await expect(open().read(span)).rejects.toThrow('HTTP 500')
    await expect(open().read(span)).rejects.toThrow('the 2 requests of the day are used up')
    expect(asked).toHaveLength(2)
    clock.now += 12 * HOUR
    say(200, december)
    expect((await open().read(span)).events).toHaveLength(3)
  })

  it('are kept whole on disk, without the key', async () => {
    const { open, statePath } = await stage()
    await open().read(span)
    const text = readFileSync(statePath, 'utf8')
    expect(text).not.toContain('k3y')
    expect(JSON.parse(text)).toMatchObject({ requests: { count: 1 } })
    expect(readdirSync(join(statePath, '..'))).toEqual(['fmp.json'])
  })

  it('begin anew where their file is damaged, which is said', async () => {
    const { open, statePath } = await stage()
    writeFileSync(statePath, '{"schema":')
    const { notes } = await open().read(span)
    expect(notes).toEqual([`${statePath} could not be read and was made anew`])
    expect(existsSync(statePath)).toBe(true)
  })
})

describe('an answer that is none', () => {
  it.each([
    [401, { 'Error Message': `Invalid API KEY ${KEY}` }, 'HTTP 401, the key is refused: Invalid'],
    [402, 'Restricted Endpoint', 'HTTP 402, the plan does not include the economic calendar'],
    [429, { 'Error Message': 'Limit Reach' }, 'HTTP 429, too many requests: Limit Reach'],
    [200, { 'Error Message': 'Limit Reach' }, 'the answer is no list of events: Limit Reach'],
    [200, '<html>', 'the answer is no list of events: <html>'],
    [200, [], 'no US release in more than a week'],
    [200, [{ event: 'CPI' }], 'the answer is no list of events'],
  ])('fails and names no key: %d %j', async (status, body, message) => {
    const { open, say } = await stage()
    say(status, body)
    const error = await open()
      .read(span)
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CALENDAR_UNAVAILABLE', disposition: 'retry' })
    expect((error as Error).message).toContain(message)
    expect((error as Error).message).not.toContain('k3y')
    expect((error as Error).cause).toBeUndefined()
  })

  it('is also a server that is not there', async () => {
    const { open, server } = await stage()
    server.close()
    await expect(open().read(span)).rejects.toThrow('no answer from http://127.0.0.1')
  })

  it('leaves out what has no readable time and says so', async () => {
    const { open, say } = await stage()
    say(200, [...december, row('soon', 'US', 'PPI MoM (Nov)')])
    const { events, notes } = await open().read(span)
    expect(events).toHaveLength(3)
    expect(notes).toEqual(['1 events of the calendar have no readable time'])
  })

  it('is read by another clock when its releases say so', async () => {
    const { open, say } = await stage()
    say(200, [row('2026-12-17 08:30:00', 'US', 'Initial Jobless Claims (Dec/12)')])
    const { events, notes } = await open().read(span)
    expect(events).toEqual([{ kind: 'joblessClaims', time: us('2026-12-17T13:30Z') }])
    expect(notes[0]).toContain('are those of New York, not UTC: 1 of 1')
  })
})
