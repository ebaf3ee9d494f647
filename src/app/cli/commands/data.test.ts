import { Command, InvalidArgumentError } from 'commander'
import { afterEach, expect, test, vi } from 'vitest'
import { registerDataCommands } from './data.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

/** What `ornstein data ...` says on standard error. */
async function told(...words: readonly string[]): Promise<string> {
  let text = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  const program = new Command().exitOverride()
  registerDataCommands(program, (command) => command)
  await program.parseAsync(['data', ...words], { from: 'user' }).catch((cause: unknown) => {
    if (cause instanceof InvalidArgumentError) text += cause.message
  })
  return text
}

test('a download names an unknown venue first, then a start that is missing', async () => {
  expect(await told('download', 'kraken', 'BTC')).toMatch(/venue kraken .*allowed: hyperliquid/)
  expect(process.exitCode).toBe(2)
  expect(await told('download', 'hyperliquid', 'BTC')).toContain('--from is needed: an instant')
})
