import { describe, expect, it } from 'vitest'
import {
  AdapterError,
  type CalendarReading,
  createVirtualEnvironment,
  type EconomicCalendar,
} from '../../adapters/mod.ts'
import { economicKinds, type OperatorCommand } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import {
  missingTexts,
  openCalendar,
  requireKnownCalendar,
  watchCalendar,
} from './economic-calendar.ts'

const HOUR = 3_600_000_000
const us = (iso: string): number => Date.parse(iso) * 1000
const START = us('2026-12-08T12:00Z')
const configOf = (macro: string) =>
  parseConfig(`{ name: x, risk: { macro: ${macro} } }`, 'x.yaml').config

/** A watch over a calendar that says what it is told to. */
function stage(macro = '{ calendar: fmp }') {
  const environment = createVirtualEnvironment({
    startTime: START,
    latency: { requestUs: 0, replyUs: 0, socketOutUs: 0, socketInUs: 0 },
    route: { http: () => ({ status: 404, contentType: '', body: '' }), socket: () => null },
  })
  const spans: { from: number; until: number }[] = []
  let answer: () => Pick<CalendarReading, 'events'> & Partial<CalendarReading> = () => ({
    events: [{ kind: 'CPI', time: us('2026-12-10T13:30Z') }],
  })
  const source: EconomicCalendar = {
    name: 'a calendar',
    async read(span) {
      spans.push(span)
      const coverage = Object.fromEntries(economicKinds.map((kind) => [kind, span]))
      return { coverage, notes: [], staleUs: null, ...answer() }
    },
  }
  const commands: OperatorCommand[] = []
  const reasons: string[] = []
  const notices: string[] = []
  const watch = watchCalendar({
    ...{ source, environment, config: configOf(macro) },
    notice: (text) => notices.push(text),
    operator: (command, by) => {
      commands.push(command)
      reasons.push(`${by.actor}: ${by.reason}`)
    },
  })
  const names = () =>
    commands.map((command) =>
      command.kind === 'setHaltWindows' ? command.windows.map((w) => w.name) : [],
    )
  return {
    ...{ environment, spans, commands, reasons, notices, watch, names },
    say(next: typeof answer) {
      answer = next
    },
  }
}

const fail = (): never => {
  throw new AdapterError('CALENDAR_UNAVAILABLE', 'HTTP 503: down', 'retry')
}
const missing =
  'no economic calendar of CPI, NFP, FOMC, PCE, PPI, GDP, Retail Sales, Jobless Claims, JOLTS'

describe('the watch over a calendar', () => {
  it('tells a session its halts from yesterday to two weeks ahead, and what is not known', async () => {
    const { watch, spans, commands, reasons } = stage()
    await watch.start()
    expect(spans).toEqual([{ from: us('2026-12-07T00:00Z'), until: us('2026-12-22T00:00Z') }])
    expect(commands).toEqual([
      {
        kind: 'setHaltWindows',
        windows: [
          {
            name: 'CPI',
            fromTime: us('2026-12-10T13:15Z'),
            untilTime: us('2026-12-10T13:45Z') + 1,
          },
          { name: missing, fromTime: us('2026-12-22T00:00Z'), untilTime: Number.MAX_SAFE_INTEGER },
        ],
      },
    ])
    expect(reasons).toEqual(['economic calendar: 1 events to 2026-12-22 of a calendar'])
  })

  it('asks every six hours, tells only what changed, and stops', async () => {
    const { watch, spans, commands, names, environment, say } = stage(
      '{ calendar: fmp, onMissing: warn }',
    )
    await watch.start()
    await environment.run((6 * HOUR) / 1000 + 1)
    expect([spans.length, commands.length]).toEqual([2, 1])
    say(() => ({ events: [{ kind: 'FOMC', time: us('2026-12-09T19:00Z') }] }))
    await environment.run((6 * HOUR) / 1000)
    expect(names()).toEqual([['CPI'], ['FOMC']])
    watch.stop()
    await environment.run((24 * HOUR) / 1000)
    expect(spans).toHaveLength(3)
  })

  it('halts where there is no calendar at all, says so, and asks again after 15 minutes', async () => {
    const { watch, names, notices, environment, say } = stage()
    say(fail)
    await watch.start()
    expect(names()).toEqual([[missing]])
    expect(notices).toEqual(['no economic calendar: HTTP 503: down; no new risk until it answers'])
    say(() => ({ events: [] }))
    await environment.run(900_001)
    expect(names()).toEqual([[missing], [missing]])
    watch.stop()
  })

  it('warns instead where it is told to', async () => {
    const { watch, names, notices, say } = stage('{ calendar: fmp, onMissing: warn }')
    say(fail)
    await watch.start()
    watch.stop()
    expect(names()).toEqual([[]])
    expect(notices).toEqual([
      'no economic calendar: HTTP 503: down; nothing halts around its events',
    ])
  })

  it('uses what is old, says how old, and asks again soon', async () => {
    const { watch, notices, spans, environment, say } = stage()
    say(() => ({
      events: [],
      notes: ['the economic calendar is 9.0 h old: down'],
      staleUs: 9 * HOUR,
    }))
    await watch.start()
    expect(notices).toEqual(['the economic calendar is 9.0 h old: down'])
    await environment.run(900_001)
    expect(spans).toHaveLength(2)
    watch.stop()
  })

  it('over files says at the start what they do not know of the next days', async () => {
    const span = `{ from: '2026-12-01T00:00:00Z', until: '2026-12-15T00:00:00Z' }`
    const macro = `{ events: { CPI: [] }, coverage: { CPI: ${span} }, kinds: { FOMC: off, NFP: off, PCE: off, PPI: off, GDP: off, retailSales: off, joblessClaims: off, JOLTS: off } }`
    const { environment, notices } = stage()
    const watch = watchCalendar({
      ...{ source: null, environment, config: configOf(macro) },
      notice: (text) => notices.push(text),
      operator: () => expect.unreachable(),
    })
    await watch.start()
    expect(notices).toEqual([
      'The economic calendar knows no CPI from 2026-12-15: no new risk is taken there.',
    ])
    const now = { firstTime: START, lastTime: START }
    expect(missingTexts(configOf(macro), now)).toEqual([])
    expect(missingTexts(configOf('{ calendar: fmp }'), now)).toEqual([])
  })
})

describe('a calendar that is asked', () => {
  const environment = { now: () => START, fetch: () => expect.unreachable() }
  const nobody = { environment: {}, askPassword: null }

  it('needs its key, by reference', async () => {
    const config = configOf('{ calendar: fmp }')
    await expect(openCalendar(config, environment, nobody)).rejects.toMatchObject({
      code: 'ORN-KEYSTORE-006',
      exitCode: 3,
      message: 'the environment variable FMP_API_KEY is not set',
    })
    const own = configOf('{ calendar: fmp, key: { env: MY_KEY } }')
    const from = { environment: { MY_KEY: 'k' }, askPassword: null }
    expect((await openCalendar(own, environment, from))?.name).toContain('Financial Modeling Prep')
    expect(await openCalendar(configOf('{ events: {} }'), environment, nobody)).toBeNull()
  })

  it('is refused where time is virtual', () => {
    expect(() => requireKnownCalendar(configOf('{ calendar: fmp }'))).toThrow('a time of its own')
    expect(() => requireKnownCalendar(configOf('{ events: {} }'))).not.toThrow()
  })
})
