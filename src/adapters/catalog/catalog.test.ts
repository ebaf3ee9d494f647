import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../test/data/folder.ts'
import { makeParquet } from '../../../test/data/make-parquet.ts'
import { writeFolder } from './atomic.ts'
import { importFile, listManifests, readManifest } from './catalog.ts'
import { recheck } from './recheck.ts'

const folder = makeFolder()
afterAll(folder.remove)
const catalog = join(folder.path, 'catalog')
beforeEach(() => rmSync(catalog, { recursive: true, force: true }))

const candles = (rows: number) =>
  makeParquet(
    join(folder.path, `candles_${rows}.parquet`),
    `select 'BTC' as coin, timestamptz '2025-01-01 00:00:00+00' + interval (n) minute as ts,
      100.5 + n % 7 as open, 110.0 as high, 90.0 as low, 101.0 as close, n::double as volume
     from range(${rows}) as t(n)`,
  )

describe('the catalog', () => {
  test('keeps what a file is and where it comes from beside normalised Parquet', async () => {
    const { manifest, imported } = await importFile(catalog, await candles(50), {
      source: 'made by a test',
      licenceClass: 'own',
    })
    expect(imported).toBe(true)
    expect(manifest).toMatchObject({
      version: 1,
      kind: 'hyperliquid-bars',
      venue: 'hyperliquid',
      origin: 'recorded',
      rowsRead: 50,
      rowsQuarantined: 0,
      quarantine: null,
      source: { text: 'made by a test', licenceClass: 'own', file: 'candles_50.parquet' },
    })
    expect(manifest.tables[0]!.columns.map((column) => column.unit)).toContain('quote currency')
    expect(manifest.tables[0]!.instruments[0]).toMatchObject({
      instrument: 'BTC',
      rows: 50,
      cadenceUs: 60_000_000,
      priceDecimals: 1,
    })
    expect(await readManifest(catalog, manifest.id)).toEqual(manifest)
    expect(await listManifests(catalog)).toEqual([manifest])
    expect(await recheck(catalog, manifest)).toEqual([])
    expect(readdirSync(catalog)).toEqual([manifest.id])
  })

  test('does not import the same content twice, but imports a damaged set again', async () => {
    const path = await candles(50)
    const { manifest } = await importFile(catalog, path)
    expect((await importFile(catalog, path)).imported).toBe(false)
    const table = join(catalog, manifest.id, manifest.tables[0]!.file)
    const bytes = readFileSync(table)
    bytes[100] = bytes[100]! ^ 1
    writeFileSync(table, bytes)
    expect(await recheck(catalog, manifest)).toEqual(['bars.parquet has another content'])
    expect((await importFile(catalog, path)).imported).toBe(true)
    expect(await recheck(catalog, manifest)).toEqual([])
  })

  test('refuses a manifest of another version or with unknown keys', async () => {
    const { manifest } = await importFile(catalog, await candles(50))
    const path = join(catalog, manifest.id, 'manifest.json')
    writeFileSync(path, JSON.stringify({ ...manifest, version: 2 }))
    await expect(readManifest(catalog, manifest.id)).rejects.toMatchObject({
      code: 'ORN-DATA-019',
      exitCode: 4,
    })
    writeFileSync(path, '{"version": 1')
    await expect(readManifest(catalog, manifest.id)).rejects.toMatchObject({ exitCode: 4 })
    await expect(readManifest(catalog, 'none')).rejects.toMatchObject({ code: 'ORN-DATA-021' })
  })

  test('removes what a killed run left behind and never lists it', async () => {
    const left = join(catalog, '.unfinished-999999999-abcd-set')
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'manifest.json'), '{}')
    expect(await listManifests(catalog)).toEqual([])
    await importFile(catalog, await candles(50))
    expect(existsSync(left)).toBe(false)
  })

  test('says so when the catalog cannot be written', async () => {
    writeFileSync(join(folder.path, 'plain'), 'a file')
    await expect(importFile(join(folder.path, 'plain'), await candles(50))).rejects.toMatchObject({
      code: 'ORN-DATA-020',
      exitCode: 4,
    })
  })
})

describe('writeFolder', () => {
  test('leaves the old folder as it was when filling the new one fails', async () => {
    const path = join(catalog, 'set')
    await writeFolder(path, async (inside) => writeFileSync(join(inside, 'a'), 'old'))
    const failing = writeFolder(path, async (inside) => {
      writeFileSync(join(inside, 'a'), 'new')
      throw new Error('interrupted')
    })
    await expect(failing).rejects.toThrow('interrupted')
    expect(readFileSync(join(path, 'a'), 'utf8')).toBe('old')
    expect(readdirSync(catalog)).toEqual(['set'])
  })
})

/** Runs an import in a process of its own whose files may not grow beyond `blocks` x 512 bytes. */
function importWithLimit(path: string, blocks: number): Promise<{ code: number; text: string }> {
  const module = fileURLToPath(new URL('./catalog.ts', import.meta.url))
  const script = `
    const { importFile } = await import(${JSON.stringify(module)})
    await importFile(${JSON.stringify(catalog)}, ${JSON.stringify(path)}).catch((error) => {
      process.stdout.write(error.code + ' ' + error.message)
      process.exitCode = error.exitCode ?? 1
    })`
  const child = spawn('sh', [
    '-c',
    `ulimit -f ${blocks}; exec "$0" -e "$1"`,
    process.execPath,
    script,
  ])
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return new Promise((done) => child.on('close', (code) => done({ code: code ?? -1, text })))
}

describe.skipIf(process.platform !== 'linux')('a full disk (Linux: a limit on file sizes)', () => {
  test('ends with one clear message and leaves nothing half-written', async () => {
    const path = await candles(200_000)
    const { code, text } = await importWithLimit(path, 64)
    expect(text).toContain('ORN-DATA-020 No space left')
    expect(code).toBe(4)
    expect(existsSync(catalog) ? readdirSync(catalog) : []).toEqual([])
  })
})
