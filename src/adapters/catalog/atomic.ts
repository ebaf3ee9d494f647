import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder, syncPath } from '../store/atomic-file.ts'
import { dataError } from './source-file.ts'

const MARK = '.unfinished-'

/** True for names of files and folders that an interrupted run left behind. */
export const isUnfinished = (name: string): boolean => name.startsWith(MARK)

const unfinishedName = (name: string): string =>
  `${MARK}${process.pid}-${randomBytes(4).toString('hex')}-${name}`

/**
 * Fills a new folder and moves it to its place in one step: `path` is either complete or as it was
 * before. An older folder there is replaced. Nothing stays behind on failure; what a killed run
 * leaves is removed by {@link removeUnfinished}. Throws InputError ORN-DATA-020 when the disk is
 * full or cannot be written.
 */
export async function writeFolder(
  path: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(path)
  await guarded(path, () => mkdir(parent, { recursive: true }))
  const folder = join(parent, unfinishedName(basename(path)))
  const old = join(parent, unfinishedName(basename(path)))
  try {
    await guarded(path, async () => {
      await mkdir(folder)
      await fill(folder)
      for (const name of await readdir(folder)) syncPath(join(folder, name))
      syncFolder(folder)
      await replaceFolder(folder, path, old)
      syncFolder(parent)
    })
  } catch (cause) {
    if (existsSync(old) && !existsSync(path)) await rename(old, path)
    throw cause
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
}

/** Another process may put its own folder there in between: then that one moves away as well. */
async function replaceFolder(folder: string, path: string, old: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    await rm(old, { recursive: true, force: true })
    if (existsSync(path)) await rename(path, old)
    try {
      await rename(folder, path)
      return
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (attempt >= 3 || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw cause
    }
  }
}

/** Removes what killed runs left in a folder; leaves what a living process is writing. */
export async function removeUnfinished(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  let removed = 0
  for (const name of names) {
    const owner = new RegExp(`^\\${MARK}(\\d+)-`).exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    await rm(join(folder, name), { recursive: true, force: true })
    removed++
  }
  return removed
}

function isAlive(process_: number): boolean {
  if (process_ === process.pid) return false
  try {
    process.kill(process_, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Runs `write`; failures of the disk, DuckDB's included, become one InputError. */
async function guarded<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException
    const text = error.message.split('\n')[0] ?? ''
    const disk = /ENOSPC|EFBIG|EDQUOT|EIO|EROFS|EACCES|EPERM|ENOTDIR|EEXIST/
    const isDisk =
      disk.test(error.code ?? '') || /^IO Error|No space left|File too large/.test(text)
    if (!isDisk) throw cause
    const full = /ENOSPC|No space left|EFBIG|File too large|EDQUOT/.test(`${error.code} ${text}`)
    throw dataError(
      '020',
      full ? `No space left to write ${path}` : `Cannot write ${path}`,
      [`system: ${text.slice(0, 200)}`, 'nothing was changed'],
      full ? 'free some space and run the command again' : 'choose a folder that can be written',
    )
  }
}
