import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayNumber, type HourGrid, hourGrid } from '../../core/mod.ts'
import { sqlText, withDatabase } from '../catalog/duckdb.ts'
import { InputError } from '../errors.ts'
import { loadPanel, type PanelLoad } from './load-panel.ts'
import type { PanelSource } from './port.ts'
import { tableFile } from './table-file.ts'
import { vendorTable } from './vendor.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'panel-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const first = dayNumber(2018, 3, 8)
// A Thursday and a Friday before the change of clocks, and the Monday after it.
const grid: HourGrid = hourGrid({ anchor: 'clockHour', firstDay: first, endDay: first + 5 })
const iso = (us: number): string => new Date(us / 1000).toISOString()

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const times = 'event_time,public_release_time,ingest_time,known_time'
const at = (...stamps: number[]): string =>
  [stamps[0]!, stamps[1] ?? stamps[0]!, stamps[2] ?? stamps[0]!, stamps[3] ?? stamps[0]!]
    .map(iso)
    .join(',')

function barRows(symbols: readonly string[]): string[] {
  return symbols.flatMap((symbol, name) =>
    Array.from(grid.openTime, (start, bar) => {
      const end = grid.closeTime[bar]!
      const price = 100 + name * 10 + bar
      const stamps = at(end, end, end + 30e6, end + 60e6)
      return `${symbol},${stamps},${iso(start)},${price},${price + 1},${price - 1},${price},1000`
    }),
  )
}
const BAR_HEAD = `symbol,${times},start,open,high,low,close,volume`
const bars = (): string => write('bars.csv', [BAR_HEAD, ...barRows(['A', 'B', 'SPY'])].join('\n'))
const MEMBER_HEAD = `symbol,${times},is_member,effective_time`
const long = grid.openTime[0]! - 86_400e6 * 100
const members = (): string =>
  write(
    'membership.csv',
    [
      MEMBER_HEAD,
      `A,${at(long)},true,${iso(long)}`,
      `A,${at(grid.openTime[2]!)},false,${iso(grid.openTime[14]!)}`,
      `B,${at(long)},true,${iso(long)}`,
      `OLD,${at(long)},true,${iso(long)}`,
    ].join('\n'),
  )
const base = (): PanelLoad => ({
  grid,
  sources: [
    tableFile({ path: bars(), kind: 'bars' }),
    tableFile({ path: members(), kind: 'membership' }),
  ],
  benchmark: 'SPY',
  membership: 'source',
  symbols: null,
  dataKind: 'real',
})
const withSource = (source: PanelSource): PanelLoad => ({
  ...base(),
  sources: [...base().sources, source],
})
async function refusal(load: PanelLoad): Promise<string> {
  const error = await loadPanel(load).then(
    () => null,
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(InputError)
  const { code, exitCode, message, details } = error as InputError
  expect(exitCode).toBe(4)
  return [code, message, ...details].join('\n')
}

describe('a panel loaded from files', () => {
  it('holds bars, benchmark, members and the names that are missing', async () => {
    const { panel, coverage } = await loadPanel(base())
    expect(panel.symbols).toEqual(['A', 'B'])
    expect(panel.bars.open[20]).toBe(120)
    expect(panel.benchmark!.bars.close[3]).toBe(123)
    expect([...panel.isMember.slice(0, 21)].lastIndexOf(1)).toBe(13)
    expect(coverage[0]).toEqual({ day: first, members: 3, withBars: 2, missing: ['OLD'] })
    expect(coverage[2]).toMatchObject({ members: 2, withBars: 1 })
  })

  it('reads Parquet as CSV, packed or not, and takes sectors and actions by their words', async () => {
    const csv = [
      `symbol,${times},kind,ex_time,ratio,amount`,
      `A,${at(long)},split,${iso(grid.openTime[7]!)},2,0`,
      `B,${at(long)},dividend,${iso(grid.openTime[7]!)},1,1.5`,
    ].join('\n')
    const packed = write('actions.csv.gz', gzipSync(csv))
    const plain = write('sectors.csv', `symbol,${times},sector\nA,${at(long)},Energy\n`)
    const path = join(folder, 'bars.parquet')
    await withDatabase(async (connection) => {
      const stamps = times.split(',').map((t) => `cast(${t} as timestamptz) as ${t}`)
      const prices = ['open', 'high', 'low', 'close', 'volume'].map((c) => `${c}::double as ${c}`)
      const columns = ['symbol', ...stamps, 'cast(start as timestamptz) as start', ...prices]
      const from = `read_csv(${sqlText(bars())}, all_varchar = true)`
      await connection.run(`copy (select ${columns.join()} from ${from}) to ${sqlText(path)}`)
    })
    const { panel } = await loadPanel({
      ...base(),
      sources: [
        tableFile({ path, kind: 'bars' }),
        base().sources[1]!,
        tableFile({ path: packed, kind: 'actions' }),
        tableFile({ path: plain, kind: 'sectors' }),
      ],
    })
    const direct = (await loadPanel(base())).panel
    expect(panel.bars).toEqual(direct.bars)
    expect(panel.splitFactor[7]).toBe(2)
    expect(panel.actions.map(({ kind }) => kind)).toEqual(['split', 'dividend'])
    expect(panel.sectorNames[panel.sector[0]!]).toBe('Energy')
  })

  it('leaves out what was not known by the last decision', async () => {
    const later = grid.decisionTime[20]!
    const rows = [`A,${at(long)},0.5`, `A,${at(later)},0.9`]
    const path = write('sentiment.csv', [`symbol,${times},sentiment_score`, ...rows].join('\n'))
    const { panel } = await loadPanel(withSource(tableFile({ path, kind: 'sentiment' })))
    expect([...panel.sentiment![0]!.fields['sentiment_score']!]).toEqual([0.5])
  })
})

describe('what a panel refuses of its files', () => {
  const sentiment = (text: string): PanelLoad =>
    withSource(tableFile({ path: write('sentiment.csv', text), kind: 'sentiment' }))

  it('times without a zone, and times out of their order, by row', async () => {
    const stamps = at(long).split(',').slice(1).join()
    const naive = `symbol,${times},x\nA,${at(long)},1\nA,2018-03-08T09:30:00,${stamps},1\n`
    expect(await refusal(sentiment(naive))).toMatch(
      /ORN-PANEL-003\n.*event_time is not a time with its zone.*\nrow 3: found "2018-03-08T09:30:00"/,
    )
    const order = `symbol,${times},x\nA,${at(long, long, long + 1e6, long)},1\n`
    expect(await refusal(sentiment(order))).toMatch(
      /ORN-PANEL-001[\s\S]*timeOrder[\s\S]*\(rows 2\)/,
    )
  })

  it('symbols that the panel does not know, rows that come twice, missing values', async () => {
    const rows = [`ZZ,${at(long)},1`, `A,${at(long)},`, `B,${at(long)},`, `B,${at(long)},`]
    const text = await refusal(sentiment([`symbol,${times},x`, ...rows].join('\n')))
    expect(text).toContain('the panel cannot be used: 3 faults')
    expect(text).toMatch(/duplicate: B has one event and known time twice \(rows 5\)/)
    expect(text).toMatch(/unknownSymbol: ZZ is not a symbol of this panel \(rows 2\)/)
    expect(text).toMatch(/nulls: x is missing in 3 of 4 rows \(75.0 %\); 25.0 % is allowed/)
  })

  it('rows without a symbol, and columns that come twice', async () => {
    expect(await refusal(sentiment(`symbol,${times},x\n,${at(long)},1\n`))).toMatch(
      /unknownSymbol: the row has no symbol \(rows 2\)/,
    )
    const twice = `symbol,${times},x,x\nA,${at(long)},1,2\n`
    expect(await refusal(sentiment(twice))).toContain('sentiment.csv has two columns x')
  })

  it('columns it does not have, naming the nearest, and cells that are no number', async () => {
    const misspelt = `symbol,${times.replace('known_time', 'knwon_time')},x\nA,${at(long)},1\n`
    expect(await refusal(sentiment(misspelt))).toMatch(
      /ORN-PANEL-002\nsentiment.csv has no column known_time[\s\S]*did you mean knwon_time\?/,
    )
    const words = `symbol,${times},x\nA,${at(long)},high\n`
    expect(await refusal(sentiment(words))).toMatch(/ORN-PANEL-003[\s\S]*row 2: found "high"/)
    const short = `symbol,${times},x\nA,1\n`
    expect(await refusal(sentiment(short))).toMatch(/ORN-PANEL-003\nsentiment.csv:2 is not a row/)
    const lacking = `symbol,${times},is_member\nA,${at(long)},true\n`
    const only = [
      base().sources[0]!,
      tableFile({ path: write('m.csv', lacking), kind: 'membership' }),
    ]
    expect(await refusal({ ...base(), sources: only })).toContain('no column effective_time')
    const vague = `symbol,${times},is_member,effective_time\nA,${at(long)},yes,${iso(long)}\n`
    const other = [
      base().sources[0]!,
      tableFile({ path: write('m.csv', vague), kind: 'membership' }),
    ]
    expect(await refusal({ ...base(), sources: other })).toContain('not one of false, true')
  })

  it('a missing source, one that comes twice, a file that is not there', async () => {
    expect(await refusal({ ...base(), sources: base().sources.slice(0, 1) })).toMatch(
      /ORN-PANEL-005\na panel needs a source of membership\ngiven: bars \(bars.csv\)/,
    )
    expect(await refusal(withSource(base().sources[1]!))).toContain('one source of membership')
    const cut = write('cut.parquet', `PAR1${'x'.repeat(100)}`)
    const damaged = tableFile({ path: cut, kind: 'macro' })
    expect(await refusal(withSource(damaged))).toContain('ORN-DATA-005')
    const absent = tableFile({ path: join(folder, 'none.csv'), kind: 'macro' })
    expect(await refusal(withSource(absent))).toContain('ORN-DATA-001')
    const everyone = await loadPanel({
      ...base(),
      sources: base().sources.slice(0, 1),
      membership: 'everyName',
    })
    expect(everyone.panel.isMember.every((flag) => flag === 1)).toBe(true)
  })

  it('bars of other hours, and benchmarks that are not there', async () => {
    const other = hourGrid({ anchor: 'sessionOpen', firstDay: first, endDay: first + 5 })
    expect(await refusal({ ...base(), grid: other })).toMatch(
      /anchor: A has a bar from \S+Z to \S+Z, which is none of the anchor sessionOpen/,
    )
    expect(await refusal({ ...base(), benchmark: 'QQQ' })).toContain('there is no bar of QQQ')
  })

  it('a source whose newest row is older than it may be', async () => {
    const path = write('stale.csv', `symbol,${times},x\nA,${at(long)},1\n`)
    const oldestUs = 3600e6
    const source = tableFile({ path, kind: 'sentiment', oldestUs })
    expect(await refusal(withSource(source))).toMatch(
      /ORN-PANEL-004\nstale.csv is too old[\s\S]*its newest row was known 2\d{3}\.\d h before\nallowed: 1.0 h/,
    )
    const none = tableFile({
      path: write('none.csv', `symbol,${times},x\nA,${at(grid.decisionTime[20]!)},1\n`),
      kind: 'sentiment',
      oldestUs,
    })
    expect(await refusal(withSource(none))).toContain('no row of it was known by then')
  })
})

describe('a panel loaded from a vendor', () => {
  const row = (event: number, score: unknown): Record<string, unknown> => ({
    symbol: 'A',
    event_time: iso(event),
    public_release_time: iso(event),
    ingest_time: iso(event + 1e6),
    known_time: iso(event + 2e6),
    sentiment_score: score,
    sentiment_update_time: iso(event),
  })
  type Reply = { readonly status: number; readonly body: string }
  const vendor = (reply: (cursor: string | null) => Reply, seen: string[] = []): PanelSource =>
    vendorTable({
      environment: {
        fetch: async (url, request) => {
          seen.push(`${request.headers['authorization']} ${new URL(url).search}`)
          return { ...reply(new URL(url).searchParams.get('cursor')), contentType: '' }
        },
      },
      url: 'https://vendor.example/sentiment?key=hidden',
      kind: 'sentiment',
      headers: { authorization: 'Bearer hidden' },
    })
  const ok = (body: unknown): Reply => ({ status: 200, body: JSON.stringify(body) })
  const failure = (source: PanelSource): Promise<unknown> =>
    loadPanel(withSource(source)).then(
      () => null,
      (cause: unknown) => cause,
    )

  it('holds the rows of all pages, values that are null as missing', async () => {
    const seen: string[] = []
    const source = vendor(
      (cursor) =>
        cursor === null
          ? ok({ rows: [row(long, 0.5), row(long + 1e9, 1)], next: 'two' })
          : ok({ rows: [row(long + 2e9, null), row(long + 3e9, 2)], next: null }),
      seen,
    )
    const { panel } = await loadPanel(withSource(source))
    const { fields, eventTime } = panel.sentiment![0]!
    expect([...fields['sentiment_score']!]).toEqual([0.5, 1, Number.NaN, 2])
    expect(fields['sentiment_update_time']).toEqual(eventTime)
    const until = encodeURIComponent(iso(grid.decisionTime[20]!))
    expect(seen).toEqual([
      `Bearer hidden ?key=hidden&until=${until}`,
      `Bearer hidden ?key=hidden&until=${until}&cursor=two`,
    ])
  })

  it('says which fields are missing, and which are read by nothing', async () => {
    const { panel } = await loadPanel(withSource(vendor(() => ok({ rows: [row(long, 1)] }))))
    expect(panel.provenance).toContain(
      'https://vendor.example/sentiment: no sentiment_dispersion, mention_abnormal, so their ' +
        'features are missing; nothing reads sentiment_update_time.',
    )
  })

  it('is a source without news where the answer has no rows', async () => {
    const { panel } = await loadPanel(withSource(vendor(() => ok({ rows: [] }))))
    expect(panel.sentiment!.map(({ knownTime }) => knownTime.length)).toEqual(
      panel.symbols.map(() => 0),
    )
  })

  it('is refused where it does not answer, answers an error, or something else', async () => {
    const gone = vendor(() => {
      throw new Error('connection reset')
    })
    expect(await failure(gone)).toMatchObject({ code: 'VENDOR_UNREACHABLE', disposition: 'retry' })
    const busy = vendor(() => ({ status: 503, body: 'busy' }))
    expect(await failure(busy)).toMatchObject({ code: 'VENDOR_REFUSED', disposition: 'retry' })
    const denied = vendor(() => ({ status: 401, body: 'no key' }))
    expect(await failure(denied)).toMatchObject({ code: 'VENDOR_REFUSED', disposition: 'fatal' })
    for (const one of [gone, busy, denied]) {
      expect(((await failure(one)) as Error).message ?? '').not.toContain('hidden')
      expect(one.name).toBe('https://vendor.example/sentiment')
    }
    for (const body of ['<html>', '[]', '{"rows":[{"x":[1]}]}']) {
      const odd = await failure(vendor(() => ({ status: 200, body })))
      expect(odd).toMatchObject({ code: 'VENDOR_UNREADABLE', disposition: 'fatal' })
      expect((odd as Error).message).not.toContain('hidden')
    }
    const endless = vendor(() => ok({ rows: [], next: 'again' }))
    expect(await failure(endless)).toMatchObject({ code: 'VENDOR_UNREADABLE' })
  })

  it('is held to the same rules as a file, rows named by their place', async () => {
    const late = { ...row(long, 1), known_time: iso(long - 1e6) }
    const error = await failure(vendor(() => ok({ rows: [row(long - 9e9, 1), late] })))
    expect((error as InputError).details.join()).toMatch(/vendor\.example.*timeOrder.*\(rows 2\)/)
    const naive = { ...row(long, 1), event_time: '2018-01-02T09:30:00' }
    expect(await failure(vendor(() => ok({ rows: [naive] })))).toMatchObject({
      code: 'ORN-PANEL-003',
    })
  })
})
