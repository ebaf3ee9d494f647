import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type EconomicCalendar, readJournal, sessionPaths } from '../../src/adapters/mod.ts'
import { type LoadedConfig, parseConfig } from '../../src/app/config/load.ts'
import { renderReport } from '../../src/app/research/report/render-report.ts'
import { reportJson } from '../../src/app/research/report/report-json.ts'
import { runBacktest } from '../../src/app/run/backtest.ts'
import { loadFittingMarket } from '../../src/app/run/load-market.ts'
import { journalEngineConfig, replay } from '../../src/app/run/recover.ts'
import { toRunRecord } from '../../src/app/run/run-record.ts'
import {
  analyzeRun,
  type Effect,
  type EffectOf,
  type Event,
  economicKinds,
  type HaltWindow,
} from '../../src/core/mod.ts'
import { beginLife, createMemoryStage } from '../support/memory-stage.ts'

const drillYaml = readFileSync(
  fileURLToPath(new URL('../../examples/01-first-strategy/drill.yaml', import.meta.url)),
  'utf8',
)
/** When a stage's time begins, and a release four minutes later. */
const START = 1_767_572_400_000_000
const MINUTE = 60_000_000
const RELEASE = START + 4 * MINUTE
const macro = { before: '1m', after: '1m' }
const window = { name: 'CPI', fromTime: RELEASE - MINUTE, untilTime: RELEASE + MINUTE + 1 }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const load = (of: object): LoadedConfig =>
  parseConfig(`${drillYaml}  macro: ${JSON.stringify({ ...macro, ...of })}\n`, 'macro.yaml')

/** Nine minutes of a session at the simulated venue, and what its journal holds. */
async function runSession(loaded: LoadedConfig, calendar?: EconomicCalendar) {
  const folder = mkdtempSync(join(tmpdir(), 'macro-'))
  folders.push(folder)
  const stage = createMemoryStage(loaded, loaded.config.seed)
  const paths = sessionPaths('macro', folder)
  const notices: string[] = []
  const life = await beginLife(
    stage,
    paths,
    {},
    {
      ...(calendar === undefined
        ? {}
        : { calendar: { source: calendar, notice: (text) => notices.push(text) } }),
    },
  )
  const { live } = life
  if (live === null) throw life.failure()
  await stage.environment.runUntil(START + 9 * MINUTE)
  let isOver = false
  const stopping = live.stop('shutdown').finally(() => {
    isOver = true
  })
  await stage.environment.runUntilTrue(() => isOver, 60_000)
  await stopping
  const events: Event[] = []
  const effects: { readonly effect: Effect; readonly time: number }[] = []
  for (const item of readJournal(paths.journal)) {
    if (item.kind === 'event') events.push(item.payload)
    if (item.kind === 'effect') effects.push({ effect: item.payload, time: item.time })
  }
  return { path: paths.journal, events, effects, notices }
}

type Ran = Awaited<ReturnType<typeof runSession>>

/** What a halt must have done to a session, whatever way it was told. */
function expectHalted({ effects }: Ran, { fromTime, untilTime }: HaltWindow): void {
  const of = <Kind extends Effect['kind']>(kind: Kind) =>
    effects.flatMap(({ effect, time }) =>
      effect.kind === kind ? [{ effect: effect as EffectOf<Kind>, time }] : [],
    )
  const entries = of('submitOrder').filter(({ effect }) => !effect.order.reduceOnly)
  const exits = of('submitOrder').filter(({ effect }) => effect.order.reduceOnly)
  const within = ({ time }: { readonly time: number }) => time >= fromTime && time < untilTime
  expect(entries.filter(({ time }) => time < fromTime).length).toBeGreaterThan(3)
  expect(entries.filter(within)).toEqual([])
  expect(entries.filter(({ time }) => time >= untilTime).length).toBeGreaterThan(3)
  expect(exits.filter(within).length).toBeGreaterThan(0)
  const trips = of('breakerTripped').filter(({ effect }) => effect.breaker === 'macro')
  expect(trips).toMatchObject([{ effect: { halt: { name: 'CPI', untilTime } } }])
  expect(trips[0]!.time - fromTime).toBeLessThan(1_100_000)
  expect(of('breakerRearmed')).toMatchObject([{ effect: { breaker: 'macro', by: 'over' } }])
  const denied = of('orderDenied').filter(({ effect }) => effect.denial.code === 'MACRO_HALT')
  expect(denied.filter(within).length).toBeGreaterThan(0)
  // Its breaker lets go with the first heartbeat after the end.
  expect(denied.every(({ time }) => time >= fromTime && time < untilTime + 1_100_000)).toBe(true)
  expect(denied[0]!.effect.denial.halt).toEqual({ name: 'CPI', untilTime })
}

/** Steps a journal again; null when every effect was as recorded. */
function divergenceOf({ path }: Ran) {
  for (const item of readJournal(path)) {
    if (item.kind !== 'genesis') continue
    return replay(path, journalEngineConfig(item.payload, path)).divergence
  }
  throw new Error('a journal begins with its genesis')
}

describe('a macro event', () => {
  const iso = (time: number): string => new Date(time / 1000).toISOString()

  it('of the configuration halts a session, which goes on by itself and is replayed exactly', async () => {
    const ran = await runSession(load({ events: { CPI: [iso(RELEASE)] } }))
    expectHalted(ran, window)
    expect(ran.events.filter(({ kind }) => kind === 'operatorCommanded')).toEqual([])
    expect(divergenceOf(ran)).toBeNull()
  })

  it('that a calendar tells while a session runs is journaled, and halts just so', async () => {
    const calendar: EconomicCalendar = {
      name: 'a calendar',
      read: async (span) => ({
        events: [{ kind: 'CPI', time: RELEASE }],
        coverage: Object.fromEntries(economicKinds.map((kind) => [kind, span])),
        ...{ notes: ['told so'], staleUs: null },
      }),
    }
    const ran = await runSession(load({ calendar: 'fmp', onMissing: 'warn' }), calendar)
    expectHalted(ran, window)
    expect(ran.events.filter(({ kind }) => kind === 'operatorCommanded')).toMatchObject([
      { actor: 'economic calendar', command: { kind: 'setHaltWindows', windows: [window] } },
    ])
    expect(ran.notices).toEqual(['told so'])
    expect(divergenceOf(ran)).toBeNull()
  })

  it('halts a backtest as well', async () => {
    const of = { data: { kind: 'generated', duration: '2h', start: '2026-01-05T00:00:00Z' } }
    const release = Date.parse('2026-01-05T01:00:00Z') * 1000
    const halt = { events: { CPI: [iso(release)] }, before: '15m', after: '15m' }
    const text = drillYaml.replace('model: plantedEdge', 'model: plantedEdge\ndata: DATA')
    const { config, hash } = parseConfig(
      `${text.replace('DATA', JSON.stringify(of.data))}  macro: ${JSON.stringify(halt)}\n`,
      'macro.yaml',
    )
    const recording = await loadFittingMarket(config, '.')
    const request = { config, configurationHash: hash, codeHash: '', recording }
    const result = runBacktest(request)
    const { collected, engine } = result
    const positions = new Map<number, number>()
    const entries = collected.fills.filter(({ instrument, side, quantity }) => {
      const before = positions.get(instrument) ?? 0
      const after = before + (side === 'buy' ? quantity : -quantity)
      positions.set(instrument, after)
      return Math.abs(after) > Math.abs(before)
    })
    // What was at work when the halt began may fill until its cancel has arrived.
    const isHalted = ({ time }: { readonly time: number }): boolean =>
      time > release - 15 * MINUTE + 2_000_000 && time <= release + 15 * MINUTE
    expect(entries.length).toBeGreaterThan(100)
    expect(entries.filter(isHalted)).toEqual([])
    expect(collected.fills.filter(isHalted).length).toBeGreaterThan(0)
    const context = { ...request, commit: '', command: '', trials: null }
    const record = toRunRecord(result, context)
    const html = renderReport(record)
    expect(
      /1 time in which no new risk was taken, 2[45]\.\d\d.% of the run/.exec(html),
    ).not.toBeNull()
    expect(JSON.parse(reportJson(record, analyzeRun(record)))).toMatchObject({
      run: {
        halts: {
          windows: [
            { name: 'CPI', from: '2026-01-05T00:45:00.000Z', through: '2026-01-05T01:15:00.000Z' },
          ],
          missing: [],
        },
      },
    })
    expect(engine.world.counters.denials.MACRO_HALT).toBeGreaterThan(0)
  })
})
