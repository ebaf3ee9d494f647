import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../test/data/folder.ts'
import { makeParquet } from '../../../test/data/make-parquet.ts'
import { isUnfinished } from './atomic.ts'
import { importFile, listManifests } from './catalog.ts'
import { recheck } from './recheck.ts'

const folder = makeFolder()
afterAll(folder.remove)
const catalog = join(folder.path, 'catalog')

/** Kills the child the moment it changes something in the catalog for the nth time. */
function killAtChange(child: ChildProcess, nth: number): Promise<void> {
  let changes = 0
  const watcher = watch(catalog, { recursive: true }, () => {
    changes++
    if (changes === nth) child.kill('SIGKILL')
  })
  return new Promise((done) =>
    child.on('close', () => {
      watcher.close()
      done()
    }),
  )
}

describe('an import that is killed', () => {
  test('leaves the whole data set or none, whenever it happens', async () => {
    const path = await makeParquet(
      join(folder.path, 'candles.parquet'),
      `select 'BTC' as coin, timestamptz '2025-01-01 00:00:00+00' + interval (n) minute as ts,
        100.0 + n % 7 as open, 110.0 as high, 90.0 as low, 101.0 as close, n::double as volume
       from range(20000) as t(n)`,
    )
    const module = fileURLToPath(new URL('./catalog.ts', import.meta.url))
    const script = `
      const { importFile } = await import(${JSON.stringify(module)})
      await importFile(${JSON.stringify(catalog)}, ${JSON.stringify(path)})`
    mkdirSync(catalog, { recursive: true })
    for (const nth of [1, 3, 6]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: 'ignore',
      })
      await killAtChange(child, nth)
      for (const manifest of await listManifests(catalog)) {
        expect(await recheck(catalog, manifest)).toEqual([])
      }
    }
    const { manifest } = await importFile(catalog, path)
    expect(await recheck(catalog, manifest)).toEqual([])
    expect(existsSync(join(catalog, manifest.id))).toBe(true)
    await importFile(catalog, path, { source: 'again, with another source' })
    expect(readdirSync(catalog).filter(isUnfinished)).toEqual([])
  })
})
