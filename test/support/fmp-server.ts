import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A row of the calendar as Financial Modeling Prep writes it; times are UTC. */
interface Row {
  readonly date: string
  readonly country: string
  readonly event: string
}

const DAY_MS = 86_400_000

/** Releases of a month as they are called there: days from today, hour of UTC, name. */
const releases: readonly (readonly [days: number, time: string, event: string])[] = [
  [1, '13:30:00', 'Inflation Rate YoY (Oct)'],
  [1, '13:30:00', 'Core Inflation Rate MoM (Oct)'],
  [1, '13:30:00', 'CPI (Oct)'],
  [2, '13:30:00', 'PPI MoM (Oct)'],
  [3, '13:30:00', 'Retail Sales MoM (Oct)'],
  [4, '13:30:00', 'Initial Jobless Claims (Nov/14)'],
  [4, '15:00:00', 'Existing Home Sales (Oct)'],
  [5, '13:30:00', 'Core PCE Price Index MoM (Oct)'],
  [5, '13:30:00', 'GDP Growth Rate QoQ (Q3)'],
  [6, '15:00:00', 'JOLTs Job Openings (Oct)'],
  [7, '13:30:00', 'Non Farm Payrolls (Nov)'],
  [8, '19:00:00', 'Fed Interest Rate Decision'],
  [8, '19:30:00', 'Fed Press Conference'],
  [9, '16:00:00', 'Fed Waller Speech'],
]

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

const rowOf = ({ date, country, event }: Row) => ({
  ...{ date, country, event, currency: country === 'US' ? 'USD' : 'EUR' },
  ...{ previous: 0.3, estimate: 0.2, actual: null, change: null, impact: 'High' },
  ...{ changePercentage: 0, unit: '%' },
})

/** A running calendar server, at an address of this machine. */
export interface FmpServer {
  readonly url: string
  /** Paths that were asked for, the key included. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/**
 * Answers `/stable/economic-calendar` as Financial Modeling Prep does to one key: all nine kinds
 * of the next days, others between them, and a rate decision at `soon` (ms).
 */
export async function serveFmp(key: string, soon: () => number): Promise<FmpServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    asked.push(request.url ?? '')
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (pathname !== '/stable/economic-calendar') return reply(404, [])
    if (searchParams.get('apikey') !== key) {
      return reply(401, {
        'Error Message': 'Invalid API KEY. Please retry or visit our documentation.',
      })
    }
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS
    const rows = [
      { date: stamp(soon()), country: 'US', event: 'Fed Interest Rate Decision' },
      { date: stamp(today + DAY_MS + 10 * 3_600_000), country: 'EU', event: 'CPI (Oct)' },
      ...releases.map(([days, time, event]) => ({
        date: `${stamp(today + days * DAY_MS).slice(0, 10)} ${time}`,
        country: 'US',
        event,
      })),
    ]
    const [from, to] = ['from', 'to'].map((name) => searchParams.get(name) ?? '')
    const within = rows.filter(({ date }) => date.slice(0, 10) >= from! && date.slice(0, 10) <= to!)
    reply(200, within.map(rowOf))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
