import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { loadHourly } from '../src/app/config/load-hourly.ts'
import { describesFleet, loadConfig, loadFleet } from '../src/app/mod.ts'

const examples = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ornstein-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })

/** Runs an example to its end in a folder of its own; its output. */
function run(file: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const cwd = mkdtempSync(join(folder, 'run-'))
    const child = spawn(process.execPath, [join(examples, file), ...args], { cwd })
    let text = ''
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString('utf8')
    })
    child.stderr.on('data', (data: Buffer) => {
      text += data.toString('utf8')
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve({ code, text }))
  })
}

const fills = (text: string): number => Number(/(\d+) fills/.exec(text)?.[1])

describe.concurrent('the examples', () => {
  it('01 trades at a simulated venue in real time', async () => {
    const { code, text } = await run('01-first-strategy/main.ts', '8')
    expect(text).toMatch(/Dashboard http:\/\/127\.0\.0\.1:\d+\/\?token=/)
    expect(text).toContain('reconciled with the venue')
    expect(text).not.toContain('NOT reconciled')
    expect(code).toBe(0)
  })

  it('01 drills with faults, and every promise holds', async () => {
    const { code, text } = await run('01-first-strategy/drill.ts', '1')
    expect(text).toContain('Every promise held')
    expect(fills(text)).toBeGreaterThan(0)
    expect(code).toBe(0)
  })

  it('02 backtests and closes round trips', async () => {
    const { code, text } = await run('02-backtest/main.ts')
    expect(text).toMatch(/^BACKTEST/)
    expect(fills(text)).toBeGreaterThan(1)
    expect(code).toBe(0)
  })

  it('03 trades on paper', async () => {
    const { code, text } = await run('03-paper/main.ts', '8')
    expect(text).toContain('PAPER')
    expect(text).toContain('reconciled with the venue')
    expect(text).not.toContain('NOT reconciled')
    expect(code).toBe(0)
  })
})

describe('the files of the examples', () => {
  it('are valid configurations', () => {
    const configurations = files.filter((file) => /^(?!10-hourly).*\.yaml$/.test(file))
    expect(configurations.length).toBeGreaterThan(5)
    for (const file of configurations.map((name) => join(examples, name))) {
      const { name } = describesFleet(file) ? loadFleet(file) : loadConfig(file).config
      expect(name).toMatch(/^[a-z]/)
    }
  })

  it('of the hourly portfolio are valid too', () => {
    const configurations = files.filter((file) => /^10-hourly.[^/\\]+\.yaml$/.test(file))
    const names = configurations.map((file) => loadHourly(join(examples, file)).config.name)
    expect(names.sort()).toEqual(['five-years', 'tiny', 'two-routes'])
  })

  it('have 28 coins with the first limits, and 96 with the later ones', () => {
    const of = (file: string) => loadConfig(join(examples, '05-perpetuals', file)).config
    const [seed, later] = [of('seed.yaml'), of('later.yaml')]
    const counts = [seed, later].map(({ venue }) => {
      const coins = venue?.instruments ?? []
      expect(new Set(coins).size).toBe(coins.length)
      return [coins.length, coins.filter((coin) => coin.includes(':')).length]
    })
    expect(counts).toEqual([
      [28, 20],
      [96, 70],
    ])
    expect([seed.risk.orderNotionalMax, later.risk.orderNotionalMax]).toEqual([100, 550])
  })

  it('have the same 28 pairs of coins for takers and makers, and refuse what they exclude', () => {
    const path = (file: string) => join(examples, '08-crypto-spot', file)
    const [taker, maker] = ['taker.yaml', 'maker.yaml'].map((file) => loadConfig(path(file)).config)
    const pairs = taker!.venue?.instruments ?? []
    expect([pairs.length, new Set(pairs).size]).toEqual([28, 28])
    const { name: _, strategy, execution, ...rest } = taker!
    expect(maker).toMatchObject({ ...rest, strategy: { ...strategy, entry: 'passive' } })
    expect(maker!.execution).toEqual({
      ...execution,
      repriceDrift: 0.001,
      repriceInterval: 2_000_000,
    })
    expect(Object.keys(taker!.exclude)).toEqual('TRUMP WIF HYPE SKY ONDO USDC USDT USDG'.split(' '))
    const text = readFileSync(path('taker.yaml'), 'utf8').replace('- BTC/USD', '- USDG/USD')
    const changed = join(folder, 'excluded.yaml')
    writeFileSync(changed, text)
    expect(() => loadConfig(changed)).toThrow(
      expect.objectContaining({
        details: [
          expect.stringMatching(/venue\.instruments\.0: .*"USDG\/USD".*USDG: a stablecoin/),
        ],
      }),
    )
  })

  it('import public entry points only', () => {
    const imports = files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => [
        ...readFileSync(join(examples, file), 'utf8').matchAll(/from '(\.[^']+)'/g),
      ])
      .map((match) => match[1]!)
    const outside = imports.filter((path) => path.includes('/src/'))
    expect(outside.length).toBeGreaterThan(4)
    expect(outside.filter((path) => !/^\.\.\/\.\.\/src\/\w+\/mod\.ts$/.test(path))).toEqual([])
  })

  it('are named rightly by their READMEs', () => {
    for (const file of files.filter((name) => name.endsWith('README.md'))) {
      const text = readFileSync(join(examples, file), 'utf8')
      for (const [, path] of text.matchAll(/\bexamples\/([\w./-]+\.(?:ts|yaml))/g)) {
        expect(files, `${file} names ${path}`).toContain(path)
      }
    }
  })
})
