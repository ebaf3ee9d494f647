import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { makeParquet } from '../../../test/data/make-parquet.ts'
import type { InputError } from '../errors.ts'
import { QUARANTINE } from './checks/run.ts'
import { readRows, withDatabase } from './duckdb.ts'
import { normaliseFile } from './normalise.ts'

const folder = mkdtempSync(join(tmpdir(), 'ornstein-normalise-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(path: string, options = {}) {
  return withDatabase(async (connection) => {
    const normalised = await normaliseFile(connection, path, options)
    const rows = await readRows(
      connection,
      `select source_row::int as row, rule, reason from ${QUARANTINE} order by source_row, rule`,
    )
    const aside = rows.map((row) => [row['row'], row['rule']])
    const notes = normalised.checks
      .filter((check) => check.outcome === 'noted')
      .map((check) => [check.check, check.count])
    return { normalised, aside, notes, reasons: rows.map((row) => String(row['reason'])) }
  })
}

async function failure(path: string): Promise<InputError> {
  return run(path).then(
    () => {
      throw new Error('was accepted')
    },
    (error: InputError) => error,
  )
}

const day = (n: number): string => `(date '2018-01-01' + ${n})`

/** Daily bars of one symbol as rows of VALUES: [day, open, high, low, close, volume]. */
const dailyRows = (symbol: string, rows: readonly (readonly (number | string)[])[]): string =>
  rows
    .map(
      ([n, ...cells]) =>
        `('${symbol}', ${day(Number(n))}, ${cells.map((c) => `${c}::double`).join(', ')})`,
    )
    .join(', ')

const daily = (values: string): string =>
  `select * from (values ${values}) as t(symbol, date, open, high, low, close, volume)`

describe('daily bars of equities', () => {
  test('every impossible bar is put aside with its row and rule', async () => {
    const path = await makeParquet(
      join(folder, 'impossible.parquet'),
      daily(
        dailyRows('A', [
          [0, 10, 11, 9, 10, 100],
          [1, 0, 0, 0, 0, 0],
          [2, 10, 9, 11, 10, 100],
          [3, 10, 11, 9, 12, 100],
          [4, -1, 11, -2, 10, 100],
          [5, "'nan'", 11, 9, 10, 100],
          [6, 10, 11, 9, 10, -5],
          [7, 10, 11, 9, 'null', 100],
          [8, 10, 11, 9, 10, 100],
          [9, 10, 11, 9, 10, 100],
          [10, 10, 11, 9, 10, 100],
          [11, 10, 11, 9, 10, 100],
          [12, 10, 11, 9, 10, 100],
          [13, 10, 11, 9, 10, 100],
          [14, 10, 11, 9, 10, 100],
        ]),
      ),
    )
    const { normalised, aside } = await run(path)
    expect(aside).toEqual([
      [2, 'all-zero bar'],
      [3, 'high below low'],
      [4, 'open or close outside high and low'],
      [5, 'non-positive price'],
      [6, 'missing value'],
      [7, 'negative volume'],
      [8, 'missing value'],
    ])
    expect(normalised.rowsRead - normalised.rowsQuarantined).toBe(8)
  })

  test('a repeated row is put aside once, contradicting rows are both put aside', async () => {
    const good = Array.from({ length: 6 }, (_, n) => [n, 10, 11, 9, 10, 100])
    const path = await makeParquet(
      join(folder, 'duplicates.parquet'),
      daily(dailyRows('A', [...good, [2, 10, 11, 9, 10, 100], [4, 10, 11, 9, 10.5, 100]])),
    )
    const { aside, reasons } = await run(path)
    expect(aside).toEqual([
      [5, 'duplicate'],
      [7, 'duplicate'],
      [8, 'duplicate'],
    ])
    expect(reasons[1]).toBe('repeats row 3')
    expect(reasons[2]).toContain('contradicts row 5')
  })

  test('a ticker that was used by two companies keeps the one that traded most', async () => {
    const old = Array.from({ length: 4 }, (_, n) => [n, 5, 5, 5, 5, 100])
    const current = Array.from({ length: 10 }, (_, n) => [600 + n, 70, 71, 69, 70, 100])
    const path = await makeParquet(
      join(folder, 'reuse.parquet'),
      daily(dailyRows('B', [...old, ...current])),
    )
    const { aside, reasons } = await run(path)
    expect(aside).toEqual([1, 2, 3, 4].map((row) => [row, 'ticker reuse']))
    expect(reasons[0]).toContain('near 5 in 4 rows, near 70 in 10')
  })

  test('a split is not a second company', async () => {
    const before = Array.from({ length: 5 }, (_, n) => [n, 645, 650, 640, 645, 100])
    const after = Array.from({ length: 5 }, (_, n) => [5 + n, 92, 93, 91, 92.3, 700])
    const path = await makeParquet(
      join(folder, 'split.parquet'),
      daily(dailyRows('C', [...before, ...after])),
    )
    const { aside, notes } = await run(path)
    expect(aside).toEqual([])
    expect(notes).toContainEqual(['unexplained price jump', 1])
  })

  test('an idle tail is put aside, a short one only noted', async () => {
    const traded = Array.from({ length: 8 }, (_, n) => [n, 10, 11, 9, 10, 100])
    const idle = (count: number) =>
      Array.from({ length: count }, (_, n) => [8 + n, 10, 10, 10, 10, 0])
    const path = await makeParquet(
      join(folder, 'tail.parquet'),
      daily(
        `${dailyRows('D', [...traded, ...idle(6)])}, ${dailyRows('E', [...traded, ...idle(3)])}`,
      ),
    )
    const { aside, notes } = await run(path)
    expect(aside).toEqual([9, 10, 11, 12, 13, 14].map((row) => [row, 'stale tail']))
    expect(notes).toContainEqual(['bar without volume', 3])
  })

  test('a file that is mostly unusable is refused as a whole', async () => {
    const path = await makeParquet(
      join(folder, 'refused.parquet'),
      daily(
        dailyRows('A', [
          [0, 10, 11, 9, 10, 1],
          [1, 0, 0, 0, 0, 0],
          [2, 0, 0, 0, 0, 0],
        ]),
      ),
    )
    const error = await failure(path)
    expect(error).toMatchObject({ code: 'ORN-DATA-015', exitCode: 4 })
    expect(error.message).toContain('2 of its 3 rows')
  })
})

describe('bars of a market that never closes', () => {
  const bars = (name: string, select: string) => makeParquet(join(folder, name), select)

  test('missing bars and unordered rows are noted', async () => {
    const path = await bars(
      'gaps.parquet',
      `select 'X' as symbol, timestamptz '2021-01-01 00:00:00+00' + interval (n) minute as ts,
        1.0 as open, 1.0 as high, 1.0 as low, 1.0 as close, 1.0 as volume
       from (values (0), (1), (3), (2), (9), (10), (11)) as t(n)`,
    )
    const { notes, normalised } = await run(path)
    expect(notes).toEqual([
      ['time order', 1],
      ['gap', 1],
    ])
    expect(normalised.checks[1]!.examples[0]).toContain('misses 5 bars after 2021-01-01 00:03')
  })

  test('columns of another type are refused, not converted', async () => {
    const path = await bars(
      'types.parquet',
      `select 'X' as symbol, 'soon' as ts, 'dear' as open, 1 as high, 1 as low, 1 as close,
        1 as volume`,
    )
    expect(await failure(path)).toMatchObject({ code: 'ORN-DATA-006', exitCode: 4 })
  })

  test('times in a wrong unit are put aside', async () => {
    const path = await makeParquet(
      join(folder, 'funding.parquet'),
      `select 'BTC' as coin, make_timestamptz(t) as ts, 0.0001 as funding_rate
       from (values (1700000000000000), (1700003600000000), (1700000000)) as t(t)`,
    )
    expect((await run(path)).aside).toEqual([[3, 'time out of range']])
  })
})

describe('books', () => {
  const book = (rows: string) =>
    `select t, t, * exclude (t) from (values ${rows}) as v(t, bp0, bq0, ap0, aq0, bp1, bq1, ap1, aq1)`
  const file = (name: string, rows: string) =>
    makeParquet(
      join(folder, name),
      `select timestamptz '2026-01-06 00:00:00+00' + interval (t) second as ts,
        timestamptz '2026-01-06 00:00:00+00' + interval (t) second as recv_ts,
        bp0::double as bp0, bq0::double as bq0, ap0::double as ap0, aq0::double as aq0,
        bp1::double as bp1, bq1::double as bq1, ap1::double as ap1, aq1::double as aq1
       from (${book(rows)})`,
    )

  test('crossed, disordered and broken books are put aside; locked ones are noted', async () => {
    const path = await file(
      'standx_X-USD_books.parquet',
      `(1, 10, 1, 11, 1, 9, 1, 12, 1), (2, 11, 1, 11, 1, 9, 1, 12, 1),
       (3, 12, 1, 11, 1, 9, 1, 12, 1), (4, 10, 1, 11, 1, 10, 1, 12, 1),
       (5, 10, 0, 11, 1, 9, 1, 12, 1), (6, 10, 1, 11, 1, null, null, 12, 1),
       (7, 10, 1, 11, 1, null, 4, 12, 1), (20, 10, 1, 11, 1, 9, 1, 12, 1)`,
    )
    const { aside, notes, normalised } = await run(path)
    expect(aside).toEqual([
      [3, 'crossed book'],
      [4, 'level order'],
      [5, 'bad level'],
      [7, 'bad level'],
    ])
    expect(notes).toEqual([
      ['locked book', 1],
      ['gap', 1],
    ])
    expect(normalised.importer.kind).toBe('standx-books')
  })
})

/** A zip archive of one deflated file. */
function zipOf(name: string, content: string): Buffer {
  const data = Buffer.from(content)
  const packed = deflateRawSync(data)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(name.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(crc32(data), 16)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(data.length, 24)
  entry.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end])
}

describe('texts', () => {
  const trades = [
    '1,0.00000908,3591711.00,1,1,1729987202368,False,True',
    '2,0.00000907,100.00,2,2,1729987202940,True,True',
    'torn row,1',
    '2,0.00000907,100.00,2,2,1729987202940,True,True',
    '3,0.00000000,100.00,3,3,1729987202940,True,True',
    '4,0.00000907,100.00,4,4,1729987203940,maybe,True',
    '5,0.00000907,100.00,5,5,1729987204940,True,True',
    '6,0.00000907,100.00,6,6,1729987205940,True,True',
  ].join('\n')

  test('rows of a zip are read with the numbers of their lines', async () => {
    const path = join(folder, 'trades.zip')
    writeFileSync(path, zipOf('PEPEUSDT-aggTrades-2024-10-27.csv', trades))
    const { aside, normalised } = await run(path)
    expect(aside).toEqual([
      [3, 'unreadable row'],
      [4, 'duplicate'],
      [5, 'non-positive price or quantity'],
      [6, 'unknown side'],
    ])
    expect(normalised.rowsRead).toBe(8)
  })

  test('a damaged archive is one clear error', async () => {
    const zip = zipOf('PEPEUSDT-aggTrades-2024-10-27.csv', trades)
    zip[80] = zip[80]! ^ 0xff
    writeFileSync(join(folder, 'flipped.zip'), zip)
    writeFileSync(join(folder, 'short.zip'), zip.subarray(0, 100))
    writeFileSync(join(folder, 'short.csv.gz'), gzipSync(trades.repeat(50)).subarray(0, 60))
    for (const name of ['flipped.zip', 'short.zip', 'short.csv.gz']) {
      expect(await failure(join(folder, name))).toMatchObject({ code: 'ORN-DATA-010', exitCode: 4 })
    }
  })

  test('what is of no known kind says what was seen and what is known', async () => {
    writeFileSync(join(folder, 'letter.txt'), 'Dear reader,\nhello\n')
    writeFileSync(join(folder, 'blank.txt'), '\n\n')
    writeFileSync(join(folder, 'broken.json'), '{"a":')
    writeFileSync(join(folder, 'binary.bin'), Buffer.from([0xff, 0xfe, 0x00, 0x81, 0x0a]))
    const codes: string[] = []
    for (const name of ['letter.txt', 'blank.txt', 'broken.json', 'binary.bin']) {
      codes.push((await failure(join(folder, name))).code)
    }
    expect(codes).toEqual(['ORN-DATA-016', 'ORN-DATA-003', 'ORN-DATA-013', 'ORN-DATA-012'])
    const error = await failure(join(folder, 'letter.txt'))
    expect(error.details.join('\n')).toContain('Dear reader')
    expect(error.details.join('\n')).toContain('hyperliquid-books')
  })

  test('a capture whose clock is behind the venue keeps its rows; unknown lines are put aside', async () => {
    const line = (ns: string, data: object) => `${ns} ${JSON.stringify({ stream: 'x@y', data })}`
    const path = join(folder, 'capture.raw')
    writeFileSync(
      path,
      [
        line('1723161253937085768', {
          e: 'depthUpdate',
          E: 1723161255208,
          s: 'BTCUSDT',
          U: 5,
          u: 6,
          b: [['10.00', '1.0']],
          a: [],
        }),
        `1723161254000000000 ${JSON.stringify({ lastUpdateId: 5, bids: [['9.00', '1']], asks: [['11.00', '2']] })}`,
        line('1723161254087896568', {
          e: 'trade',
          s: 'BTCUSDT',
          t: 1,
          p: '10',
          q: '1',
          T: 1723161255342,
          m: true,
          M: true,
        }),
        '17231612540878965 {}',
        line('1723161254087896568', { e: 'news' }),
      ].join('\n'),
    )
    const { normalised, aside } = await run(path)
    expect([...normalised.tables.keys()]).toEqual(['bookChanges', 'trades'])
    expect(aside).toEqual([
      [4, 'unreadable row'],
      [5, 'unknown message'],
    ])
  })
})
