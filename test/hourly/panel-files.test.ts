import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { hourlyCommand } from '../../src/app/cli/commands/hourly-verbs.ts'
import { loadHourly, parseHourly } from '../../src/app/config/load-hourly.ts'
import { makeStudy, panelOf } from '../../src/app/research/hourly/study.ts'
import type { HourPanel } from '../../src/core/mod.ts'

const root = mkdtempSync(join(tmpdir(), 'panel-files-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const GENERATED = `name: tiny
data: { kind: generated, seed: 5, names: 4, sessions: 30 }
`
const source = join(root, 'tiny.yaml')
writeFileSync(source, GENERATED)

const written = join(root, 'written')
await hourlyCommand('data', source, { out: written, quiet: true })

let folder = written
let made = 0
beforeEach(() => {
  folder = join(root, `panel-${made++}`)
  cpSync(written, folder, { recursive: true })
})

const file = (name: string): string => join(folder, name)
const change = (name: string, of: (lines: string[]) => string[]): void => {
  const lines = readFileSync(file(name), 'utf8').trimEnd().split('\n')
  writeFileSync(file(name), `${of(lines).join('\n')}\n`)
}
const load = () => hourlyCommand('data', file('hourly.yaml'), { quiet: true })

/** Code, exit code and all words of the refusal. */
async function refusal(): Promise<{ code: string; exitCode: number; text: string }> {
  try {
    await load()
  } catch (error) {
    const { code, exitCode, message, details } = error as {
      code: string
      exitCode: number
      message: string
      details: readonly string[]
    }
    return { code, exitCode, text: [message, ...details].join('\n') }
  }
  throw new Error('it was taken')
}

/** Replaces the cell of a column in one line, counted from the heading's 1. */
const setCell = (name: string, line: number, column: string, value: string): void =>
  change(name, (lines) => {
    const place = lines[0]!.split(',').indexOf(column)
    const cells = lines[line - 1]!.split(',')
    cells[place] = value
    return lines.with(line - 1, cells.join(','))
  })

describe('a panel written as files', () => {
  it('is the same when it is read again, as CSV and as Parquet', async () => {
    const { config } = parseHourly(GENERATED, 'tiny.yaml')
    const { panel } = await panelOf(config, '.')
    const parquet = join(root, 'parquet')
    await hourlyCommand('data', source, { out: parquet, format: 'parquet', quiet: true })
    for (const at of [folder, parquet]) {
      const own = loadHourly(join(at, 'hourly.yaml'))
      const again = await panelOf(own.config, at)
      expect(again.panel.tables).toHaveLength(10)
      expect(again.coverage).toHaveLength(30)
      expect(held(again.panel)).toEqual(held(panel))
    }
  })
})

describe('minutes beside the bars', () => {
  /** A minute in each hour of a name, five minutes after its bar has begun. */
  const minutes = (symbol: string): string[] => {
    const [head, ...rows] = readFileSync(file('bars.csv'), 'utf8').trimEnd().split('\n')
    const [start, open] = ['start', 'open'].map((name) => head!.split(',').indexOf(name))
    return rows
      .map((row) => row.split(','))
      .filter((cells) => cells[0] === symbol)
      .map((cells) => {
        const time = new Date(Date.parse(cells[start!]!) + 300_000).toISOString()
        return `${symbol},${time.replace('.000Z', 'Z')},${cells[open!]}`
      })
  }
  const write = (rows: readonly string[]): void =>
    writeFileSync(file('minutes.csv'), `symbol,start,open\n${rows.join('\n')}\n`)

  it('price labels and fills; names without any have the next open, and the share is told', async () => {
    write(minutes('G0001'))
    const { config } = loadHourly(file('hourly.yaml'))
    const study = await makeStudy(config, { tell: () => {}, beside: folder })
    expect(study.minutes!.map((own) => own?.open.length ?? 0)).toEqual([0, 210, 0, 0])
    expect(study.labels.entryBasis).toMatch(/^25\.0 % of 836 prices .* 75\.0 % the next open/)
    const parquet = join(root, 'minutes')
    await hourlyCommand('data', file('hourly.yaml'), {
      out: parquet,
      format: 'parquet',
      quiet: true,
    })
    const again = await panelOf(loadHourly(join(parquet, 'hourly.yaml')).config, parquet)
    expect(again.minutes).toEqual(study.minutes)
  })

  it('are refused where they go back, come twice, cost nothing or are of nobody', async () => {
    const rows = minutes('G0001')
    write([
      ...rows.slice(0, 2),
      rows[1]!,
      rows[3]!.replace(/,[^,]*$/, ',0'),
      `ZZZ,${rows[4]!.slice(6)}`,
    ])
    const { code, exitCode, text } = await refusal()
    expect([code, exitCode]).toEqual(['ORN-PANEL-001', 4])
    expect(text.split('\n').slice(1)).toEqual([
      'outOfOrder: minutes of a symbol ascend, and none comes twice (rows 4)',
      'value: an open above 0 is needed (rows 5)',
      'unknownSymbol: ZZZ is no name of this panel (rows 6)',
    ])
  })
})

/** What a panel holds, wherever it came from; factors are products in another order. */
function held(panel: HourPanel) {
  const { tables: _, provenance: __, splitFactor, totalReturnFactor, ...rest } = panel
  const { sector, sectorNames, ...own } = rest
  const near = (column: Float64Array): number[] => [...column].map((x) => +x.toPrecision(10))
  const sectors = [...sector].map((place) => sectorNames[place])
  return { ...own, sectors, split: near(splitFactor), total: near(totalReturnFactor) }
}

describe('files that cannot be used are refused with their rows', () => {
  it('times out of order', async () => {
    setCell('sentiment.csv', 4, 'known_time', '2018-12-01T00:00:00Z')
    const { code, exitCode, text } = await refusal()
    expect([code, exitCode]).toEqual(['ORN-PANEL-001', 4])
    expect(text).toMatch(/sentiment\.csv: timeOrder: the known time 2018-12-01T00:00:00\.0{6}Z is/)
    expect(text).toContain('(rows 4)')
  })

  it('a symbol that has neither bars nor membership', async () => {
    setCell('fundamentals.csv', 2, 'symbol', 'ZZZ')
    expect(await refusal()).toMatchObject({ code: 'ORN-PANEL-001', exitCode: 4 })
    expect((await refusal()).text).toMatch(/fundamentals\.csv: unknownSymbol: ZZZ.*\(rows 2\)/)
  })

  it.each(['bars', 'membership'])('no table of %s', async (table) => {
    rmSync(file(`${table}.csv`))
    const { code, exitCode, text } = await refusal()
    expect([code, exitCode]).toEqual(['ORN-PANEL-005', 4])
    expect(text).toContain(`needs a source of ${table}`)
  })

  it('a column that is mostly empty', async () => {
    change('sentiment.csv', ([head, ...rows]) => [
      head!,
      ...rows.map((row, k) => (k % 3 === 0 ? row.replace(/,[^,]*(,[^,]*,[^,]*)$/, ',$1') : row)),
    ])
    const { code, text } = await refusal()
    expect(code).toBe('ORN-PANEL-001')
    expect(text).toMatch(/sentiment_score is missing in \d+ of \d+ rows \(33\.\d %\); 25\.0 % is/)
  })

  it('a row that comes twice', async () => {
    change('bars.csv', (lines) => lines.toSpliced(3, 0, lines[2]!))
    expect((await refusal()).text).toMatch(/bars\.csv: duplicate: G0000 .* twice \(rows 4\)/)
  })

  it('hours from 09:30 beside hours by the clock', async () => {
    change('bars.csv', (lines) =>
      lines.map((line) =>
        line.startsWith('G0001')
          ? line.replaceAll('T15:00:00Z', 'T15:30:00Z').replaceAll('T15:01:00Z', 'T15:31:00Z')
          : line,
      ),
    )
    const { code, exitCode, text } = await refusal()
    expect([code, exitCode]).toEqual(['ORN-PANEL-001', 4])
    expect(text).toMatch(/G0001 has a bar from 2019-01-02T14:30:00\S+ to 2019-01-02T15:30:00\S+, /)
    expect(text).toContain('never joined; rebuild them from minutes')
  })

  it('a table that is too old', async () => {
    change('hourly.yaml', (lines) => [...lines, '  oldest: { fundamentals: 1h }'])
    const { code, exitCode, text } = await refusal()
    expect([code, exitCode]).toEqual(['ORN-PANEL-004', 4])
    expect(text).toMatch(/fundamentals\.csv is too old.*\n.* h before\nallowed: 1\.0 h/)
  })

  it('a time without its zone, a cell that is no number, a column of another name', async () => {
    setCell('bars.csv', 3, 'start', '2019-01-02 10:00:00')
    expect(await refusal()).toMatchObject({ code: 'ORN-PANEL-003', exitCode: 4 })
    expect((await refusal()).text).toContain('row 3: found "2019-01-02 10:00:00"')
    setCell('bars.csv', 3, 'start', '2019-01-02T15:00:00Z')
    setCell('bars.csv', 5, 'close', 'a lot')
    expect((await refusal()).text).toContain('a cell of close is not a number\nrow 5')
    setCell('bars.csv', 1, 'close', 'closes')
    const { code, text } = await refusal()
    expect([code, text.split('\n').at(-1)]).toEqual(['ORN-PANEL-002', 'did you mean closes?'])
  })

  it('a file that is no table, and two of one table', async () => {
    renameSync(file('sectors.csv'), file('sector.csv'))
    expect(await refusal()).toMatchObject({ code: 'ORN-PANEL-005', exitCode: 4 })
    expect((await refusal()).text).toContain('did you mean sectors?')
    renameSync(file('sector.csv'), file('analyst.parquet'))
    expect((await refusal()).text).toContain('a panel takes one source of analyst')
  })

  it('a vendor that does not answer', async () => {
    rmSync(file('analyst.csv'))
    const vendor = '  vendors: [{ table: analyst, url: "http://127.0.0.1:9/analyst" }]'
    change('hourly.yaml', (lines) => [...lines, vendor])
    await expect(load()).rejects.toMatchObject({ code: 'VENDOR_UNREACHABLE' })
  })

  it('no session between the days', async () => {
    change('hourly.yaml', (lines) =>
      lines.map((line) => line.replace(/endDay: .*/, 'endDay: 2019-01-02')),
    )
    expect(await refusal()).toMatchObject({ code: 'ORN-HOUR-007', exitCode: 3 })
  })
})
