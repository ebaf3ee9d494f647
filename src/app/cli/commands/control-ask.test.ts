import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { controlCommand } from './control-ask.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-'))
  for (const name of ['paper', 'rehearsal']) {
    mkdirSync(join(folder, '.ornstein', 'sessions', name), { recursive: true })
  }
  writeFileSync(join(folder, '.ornstein', 'sessions', 'rehearsal', 'control.token'), 'x')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('ornstein control', () => {
  it('says that there is no such session, and which there are', async () => {
    await expect(controlCommand('halt', [], { session: 'rehersal' }, folder)).rejects.toMatchObject(
      {
        ...{ code: 'ORN-CTL-005', exitCode: 2 },
        message: 'There is no session "rehersal" under .ornstein/sessions',
        details: [
          'did you mean "rehearsal"?',
          'sessions: paper, rehearsal',
          'of these listen: rehearsal',
        ],
      },
    )
  })

  it.each([undefined, '', '  '])('changes nothing for the reason %j', async (reason) => {
    const flags = { session: 'rehearsal', ...(reason === undefined ? {} : { reason }) }
    await expect(controlCommand('pause', [], flags, folder)).rejects.toMatchObject({
      ...{ code: 'ORN-CTL-006', exitCode: 2, fix: '--reason "why"' },
      message: 'control pause needs a reason, which is journaled',
    })
  })
})
