import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const run = (...flags: readonly string[]) =>
  spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../../bench/main.ts', import.meta.url)), ...flags],
    {
      encoding: 'utf8',
    },
  )

it('the benchmarks say how they are used, and refuse a wrong flag in one line', () => {
  const help = run('--help')
  expect(help.status).toBe(0)
  expect(help.stdout).toMatch(/^usage: npm run bench -- /)
  for (const flags of [['--quik'], ['extra'], ['--only']]) {
    const { status, stderr } = run(...flags)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^[^\n]+; --help lists the flags\n$/)
  }
})
