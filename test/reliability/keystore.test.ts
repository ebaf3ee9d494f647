import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
const password = 'correct horse battery'
const key = `0x${'a1b2'.repeat(16)}`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystore-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a verb in the folder; everything it says must be free of secrets. */
async function keystore(
  args: readonly string[],
  piped: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const child = spawn(process.execPath, [main, 'keystore', ...args, '--json'], {
    cwd: folder,
    env: { ...process.env, ...environment },
  })
  let stdout = ''
  let said = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    said += data
  })
  child.stdin.end(piped.map((line) => `${line}\n`).join(''))
  const code = await new Promise((resolve) => child.on('close', resolve))
  for (const text of [stdout, said]) {
    expect(text).not.toContain('a1b2')
    expect(text).not.toContain(password)
    expect(text).not.toContain('another')
  }
  return { code, ...(JSON.parse(stdout.trim()) as { data: unknown; error?: { code: string } }) }
}

describe('ornstein keystore', () => {
  it('makes a keystore, keeps secrets in it and forgets them, showing none', async () => {
    expect(await keystore(['create'], [password])).toMatchObject({ code: 0 })
    expect(await keystore(['set', 'HL_AGENT'], [password, key])).toMatchObject({
      code: 0,
      data: { name: 'HL_AGENT', replaced: false },
    })
    const given = { ORNSTEIN_KEYSTORE_PASSWORD: password, ELSEWHERE: key }
    expect(await keystore(['set', 'OTHER', '--from-env', 'ELSEWHERE'], [], given)).toMatchObject({
      code: 0,
    })
    expect(await keystore(['remove', 'OTHER'], [password])).toMatchObject({ code: 0 })
    expect(await keystore(['list'], [password])).toMatchObject({ data: { names: ['HL_AGENT'] } })
    const file = join(folder, '.ornstein', 'keystore.json')
    expect(readFileSync(file, 'utf8')).not.toContain('a1b2')
    expect(readdirSync(join(folder, '.ornstein'))).toEqual(['keystore.json'])
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  }, 60_000)

  it('refuses what it cannot do, each with its code and exit code', async () => {
    const refusals = await Promise.all([
      keystore(['list', '--file', 'none.json'], []),
      keystore(['create', '--file', 'short.json'], ['another']),
      keystore(['list'], []),
      keystore(['set', 'HL_AGENT'], [password]),
      keystore(['set', key], [password, 'another']),
      keystore(['set', 'HL_AGENT', key], [password]),
      keystore(['remove', 'HL_AGNT'], [password]),
      keystore(['create'], [password]),
    ])
    expect(refusals.map(({ code, error }) => [code, error?.code])).toEqual([
      [3, 'ORN-KEYSTORE-001'],
      [3, 'ORN-KEYSTORE-004'],
      [3, 'ORN-KEYSTORE-008'],
      [3, 'ORN-KEYSTORE-008'],
      [2, 'ORN-KEYSTORE-005'],
      [2, 'ORN-USAGE-001'],
      [3, 'ORN-KEYSTORE-006'],
      [2, 'ORN-KEYSTORE-002'],
    ])
    expect(readdirSync(folder)).toEqual(['.ornstein'])
  }, 60_000)
})
