import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AdapterError } from '../../../adapters/mod.ts'
import { analyzeRun, emptyRun, type RunRecord, sampleRun } from '../../../core/mod.ts'
import { renderReport } from './render-report.ts'
import { embeddedLimits, reportJson, thinned } from './report-json.ts'
import { writeReport } from './write-report.ts'

const minute = 60_000_000
const short = (): RunRecord => sampleRun({ seed: 3, bars: 420, barUs: 5e6, entryZ: 1.25 })
const long = (): RunRecord => sampleRun({ seed: 1, bars: 24 * 60, barUs: 60 * minute, entryZ: 2 })

/** Numbers at any depth; JSON would hide NaN as null. */
function expectFinite(value: unknown, path = '$'): void {
  if (typeof value === 'number') expect(Number.isFinite(value), path).toBe(true)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) expectFinite(inner, `${path}.${key}`)
  }
}

const visible = (page: string): string =>
  page
    .replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('\u00a0', ' ')

test('the same record gives the same bytes, and no clock is in them', () => {
  expect(renderReport(long())).toBe(renderReport(long()))
  expect(reportJson(long())).toBe(reportJson(long()))
  expect(renderReport(short())).not.toContain(String(new Date().getFullYear()))
})

test('no number on the page is NaN, infinite or undefined, in any kind of run', () => {
  const flat = emptyRun()
  const one: RunRecord = {
    ...flat,
    equity: { time: Float64Array.of(flat.data.firstTime), value: Float64Array.of(10_000) },
  }
  const losing: RunRecord = { ...short(), startEquity: 26 }
  for (const record of [flat, one, short(), long(), losing]) {
    const page = renderReport(record)
    expect(visible(page)).not.toMatch(/NaN|Infinity|undefined|\[object/)
    expect(page.match(/<svg[\s\S]*?<\/svg>/g)?.join('') ?? '').not.toMatch(/NaN|Infinity|undefined/)
    const json = JSON.parse(reportJson(record))
    expectFinite(json)
    expect(json.schema).toBe('ornstein.report/1')
  }
})

test('states what the strategy was fed with, from the data', () => {
  const record = short()
  expect(visible(renderReport(record))).toContain(
    '20 levels every 500 ms as generated, with trades',
  )
  const lacks = { hasTrades: false, hasFunding: false }
  const bars = { instrument: 0, kind: 'bars', levels: null, cadenceUs: minute, ...lacks }
  const mixed = { ...record.data, kind: 'recorded', feeds: [...record.data.feeds, bars] } as const
  const page = visible(renderReport({ ...record, data: mixed as RunRecord['data'] }))
  expect(page).toContain(`${record.instruments[0]!.symbol}: 20 levels every 500 ms as recorded`)
  expect(page).toContain('bars, no book, every 60.0 s as recorded, without trades')
  expect(JSON.parse(reportJson(record)).run.data.feeds).toEqual(record.data.feeds)
})

test('sentences end once', () => {
  const runs = [{ seed: 1, netReturn: 0.01, trips: 3, grossBpsMean: 1 }]
  const record = { ...short(), nullTwin: { description: 'A random walk.', runs } }
  expect(visible(renderReport(record))).toContain('A random walk.')
  expect(visible(renderReport(record))).not.toMatch(/\w\.\.(?!\.)/)
})

test('page and JSON print the same figures', () => {
  const record = short()
  const analysis = analyzeRun(record)
  const json = JSON.parse(reportJson(record, analysis))
  expect(json.figures.costs.net).toBe((Number(analysis.costs.net) / 1e8).toFixed(8))
  const { gross, spread, slippage, fees, funding, net } = json.figures.costs
  expect(
    Number(gross) - Number(spread) - Number(slippage) - Number(fees) + Number(funding),
  ).toBeCloseTo(Number(net), 8)
  expect(json.figures.equity.sharpe).toEqual({ value: null, reason: '34.9 min < 30 d' })
  const money = /^-?\d+\.\d{8}$/
  const { trades, stress, byExitReason, reconciliationDifference } = json.figures
  for (const { statistics } of [{ statistics: trades }, ...byExitReason]) {
    for (const name of ['expectancy', 'averageWin', 'averageLoss', 'bestNet', 'worstNet']) {
      const { value } = statistics[name]
      if (value !== null) expect(value, name).toMatch(money)
    }
  }
  for (const { net: stressed } of stress) expect(stressed).toMatch(money)
  expect(reconciliationDifference).toBe('0.00000000')
  expect(json.run.startEquity).toMatch(money)
  expect(json.trips.rows[0][json.trips.columns.indexOf('quantity')]).toMatch(/^\d+\.\d{4}$/)
  const page = visible(renderReport(record, analysis))
  expect(page).toContain('n/a')
  expect(page).toContain('(34.9 min &lt; 30 d)')
  expect(page).toContain(analysis.verdict.split(' at ')[0])
  expect(json.trips.rows).toHaveLength(analysis.trips.trips.length)
})

test('the embedded data are the JSON report within its limits', () => {
  const record = short()
  const block = /<script type="application\/json" id="ornstein-report">([\s\S]*?)<\/script>/.exec(
    renderReport(record),
  )![1]!
  expect(JSON.parse(block)).toEqual(
    JSON.parse(reportJson(record, analyzeRun(record), embeddedLimits)),
  )
})

test('texts from configurations cannot become markup', () => {
  const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>'
  const record: RunRecord = {
    ...short(),
    name: evil,
    strategy: evil,
    command: evil,
    parameters: { [evil]: evil },
    gatesOff: [evil],
    fills: short().fills.map((fill) => ({ ...fill, reason: evil })),
  }
  const page = renderReport(record)
  expect(page).not.toContain('<img')
  expect(page.match(/<script/g)).toHaveLength(2)
  const block = /id="ornstein-report">([\s\S]*?)<\/script>/.exec(page)![1]!
  expect(JSON.parse(block).run.name).toBe(evil)
})

test('five years with two thousand round trips stay under 1.5 MB', () => {
  const record = sampleRun({ seed: 9, bars: 1826 * 24 * 2, barUs: 30 * minute, entryZ: 1 })
  const analysis = analyzeRun(record)
  expect(analysis.trips.trips.length).toBeGreaterThan(2000)
  expect(Buffer.byteLength(renderReport(record, analysis))).toBeLessThan(1_500_000)
})

test('a hundred thousand equity rows do not make a larger page', () => {
  const record = sampleRun({ seed: 2, bars: 100_000, barUs: minute, entryZ: 4 })
  expect(Buffer.byteLength(renderReport(record))).toBeLessThan(700_000)
})

test('data of licence class C carry a notice, generated data a warning', () => {
  const record = short()
  const classC = { ...record, data: { ...record.data, licenceClass: 'C' as const } }
  expect(visible(renderReport(classC))).toContain('must not be published')
  expect(visible(renderReport(record))).not.toContain('must not be published')
  expect(visible(renderReport(record))).toContain('The market data are generated')
})

test('resting orders show both queue models side by side', () => {
  const record = short()
  const companion: RunRecord = {
    ...record,
    fillModel: { ...record.fillModel, queueModel: 'optimistic' },
  }
  const page = visible(renderReport({ ...record, companion }))
  expect(page).toContain('conservative (this report)')
  expect(page).toContain('optimistic')
  expect(visible(renderReport(record))).toContain('no companion run was made')
})

test('every mode names itself on the page', () => {
  for (const mode of [
    'backtest',
    'replay',
    'drill',
    'rehearse',
    'paper',
    'shadow',
    'live',
  ] as const) {
    const page = renderReport({ ...short(), mode })
    expect(page).toContain(`class="ribbon ${mode}"`)
    expect(visible(page)).toMatch(new RegExp(mode.toUpperCase()))
  }
})

test('many instruments, outcomes and parameters stay bounded', () => {
  const record = short()
  const instruments = Array.from({ length: 138 }, (_, id) => ({
    ...record.instruments[0]!,
    id,
    symbol: `SYM${id}`,
  }))
  const bars = instruments.map(({ id }) => ({ ...record.bars[0]!, instrument: id }))
  const evaluationsByOutcome = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`reason ${i}`, 1000 - i]),
  )
  const page = renderReport({
    ...record,
    instruments,
    bars,
    counts: { ...record.counts, evaluationsByOutcome },
  })
  expect(page.match(/id="svg-price-\d+"/g) ?? []).toHaveLength(6)
  expect(page.match(/svg-price-\d+-t"/g)?.length).toBe(6)
  expect(visible(page)).toContain('132 more instruments have no chart here')
  expect(visible(page)).toContain('80 rarer ones')
  expect(visible(page)).toContain('The first 50 of 138 instruments')
  expect(Buffer.byteLength(page)).toBeLessThan(1_500_000)
})

test('thinning keeps the ends and the extremes', () => {
  const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50))
  values[7_777] = 9
  values[3_333] = -9
  const rows = thinned(values, 500)
  expect(rows.length).toBeLessThanOrEqual(500)
  expect(rows).toContain(7_777)
  expect(rows).toContain(3_333)
  expect([rows[0], rows[rows.length - 1]]).toEqual([0, 9_999])
  expect(rows.toSorted((a, b) => a - b)).toEqual(rows)
})

test('marks months that the data cover in part, and only those', () => {
  const year = sampleRun({ seed: 1, bars: 80 * 96, barUs: 15 * minute, entryZ: 2 })
  const months = (page: string): string => /<section id="months">[\s\S]*?<\/section>/.exec(page)![0]
  const cells = months(renderReport(year)).match(/<td data-month="\w+" style[^>]*>[^<]*/g)!
  expect(cells.map((cell) => cell.endsWith('*'))).toEqual([false, false, true])
  expect(months(renderReport(year))).toContain('* Part of a month or year only')
})

test('files are written whole, and a refused write leaves nothing behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  try {
    const record = short()
    const { htmlPath, jsonPath } = writeReport(join(folder, 'out'), record)
    expect(readFileSync(htmlPath, 'utf8')).toBe(renderReport(record))
    expect(readFileSync(jsonPath, 'utf8')).toBe(`${reportJson(record)}\n`)
    expect(readdirSync(join(folder, 'out')).toSorted()).toEqual(['report.html', 'report.json'])
    writeFileSync(join(folder, 'file'), '')
    expect(() => writeReport(join(folder, 'file'), record)).toThrow(AdapterError)
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'out'])
    // The page finds no place: the JSON that was written before it must not stay either.
    mkdirSync(join(folder, 'half', 'report.html', 'taken'), { recursive: true })
    expect(() => writeReport(join(folder, 'half'), record)).toThrow(AdapterError)
    expect(readdirSync(join(folder, 'half'))).toEqual(['report.html'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the distribution of days has no label that its right edge cuts', () => {
  const drawing = /id="svg-days"[\s\S]*?<\/svg>/.exec(renderReport(long()))![0]
  const labels = [...drawing.matchAll(/class="tick (\w+)" x="([\d.]+)" y="166"/g)]
  expect(labels.length).toBeGreaterThan(2)
  for (const [, anchor, x] of labels) expect(anchor === 'end' || Number(x) <= 1008, x).toBe(true)
})

test('shows the benchmark beside the strategy, and no live column without a live run', () => {
  const page = renderReport(long())
  const head = /<table class="paired">[\s\S]*?<\/thead>/.exec(page)![0]
  expect(visible(head).match(/Strategy|Benchmark|Live/g)).toEqual(['Strategy', 'Benchmark'])
  const alone = renderReport({ ...long(), mids: [], bars: [] })
  expect(visible(/<table class="paired">[\s\S]*?<\/thead>/.exec(alone)![0])).not.toContain(
    'Benchmark',
  )
  expect(visible(alone)).toContain('Benchmark: none')
})

test('a benchmark that would flatten the equity gets a scale of its own', () => {
  const record = long()
  const { time, value } = record.equity
  const benchmark = (factor: number): RunRecord => ({
    ...record,
    benchmark: { name: 'index', hash: 'h', time, value: value.map((v) => v ** factor) },
  })
  expect(renderReport(benchmark(1))).not.toContain('on a scale of its own')
  expect(renderReport(benchmark(20))).toContain('on a scale of its own')
})

test('calendar periods, distribution and attribution are there when there are data for them', () => {
  const record = sampleRun({ seed: 1, bars: 24 * 60, barUs: 60 * minute, entryZ: 1.2 })
  const page = visible(renderReport(record))
  expect(page).toContain('Distribution of daily returns')
  expect(page).toContain('By weekday and hour of entry')
  expect(page).toMatch(/Month to date\s+[+\u2212]?\d/)
  const brief = visible(renderReport(short()))
  expect(brief).toContain('is drawn from 20 days that vary; there are 0')
  expect(brief).not.toContain('By weekday and hour of entry')
  expect(brief).toMatch(/1 year\s+n\/a\s+\(history is shorter\)/)
})

test('hygiene counts overlapping gaps once', () => {
  const record = short()
  const { firstTime } = record.data
  const gap = (from: number, to: number) => ({
    instrument: null,
    from: firstTime + from * minute,
    to: firstTime + to * minute,
    reason: 'test',
  })
  const gaps = [gap(0, 7), gap(5, 14), gap(6, 8)]
  const page = visible(renderReport({ ...record, data: { ...record.data, gaps } }))
  expect(page).toContain('60.00 % of the span, 3 gaps')
})
