import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InputError } from '../../adapters/mod.ts'

/** Whether files can be written into a folder, before work that would be lost. Throws InputError (2). */
export function requireOutputFolder(folder: string): void {
  let place = resolve(folder)
  while (statOf(place) === null && dirname(place) !== place) place = dirname(place)
  if (statOf(place)?.isDirectory() !== true) throw refusal(folder, `${place} is not a folder`)
  try {
    accessSync(place, constants.W_OK)
  } catch (cause) {
    throw refusal(folder, `${place} cannot be written (${(cause as { code?: string }).code})`)
  }
}

function statOf(path: string): ReturnType<typeof statSync> | null {
  try {
    return statSync(path)
  } catch (cause) {
    // Below a file there is nothing either.
    if (/ENOENT|ENOTDIR/.test((cause as { code?: string }).code ?? '')) return null
    throw refusal(path, `it cannot be looked at (${(cause as { code?: string }).code})`)
  }
}

const refusal = (folder: string, why: string): InputError =>
  new InputError({
    code: 'ORN-USAGE-009',
    exitCode: 2,
    message: `Nothing can be written into ${folder}: ${why}`,
    fix: 'Name a folder that is there or can be made: --out DIR',
  })
