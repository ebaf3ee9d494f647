import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compareCommand } from './compare-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'ornstein-compare-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function configOf(name: string, notional: number): string {
  const path = join(folder, `${name}.yaml`)
  writeFileSync(
    path,
    `name: ${name}
data: { kind: generated, model: plantedEdge, instruments: [BTC], duration: 20m }
signal: { source: mid, interval: 5s, window: 20, trendWindow: 0, maxGap: 60 }
strategy: { trendGate: false, revertGate: off, costGate: off, notional: ${notional} }
`,
  )
  return path
}

describe('ornstein compare', () => {
  const flags = { quiet: true, ledger: false }

  it('runs every configuration over the same data and writes one page', async () => {
    const paths = [configOf('small', 100), configOf('large', 400)]
    const result = await compareCommand(paths, { ...flags, report: join(folder, 'out') })
    const data = result.data as { runs: { name: string; dataHash: string }[]; report: object }
    expect(data.runs.map(({ name }) => name)).toEqual(['small', 'large'])
    expect(data.runs[0]!.dataHash).toBe(data.runs[1]!.dataHash)
    expect(result.exitCode).toBe(0)
    expect(result.text).toContain('small')
    expect(existsSync(join(folder, 'out', 'compare.html'))).toBe(true)
    const written = JSON.parse(readFileSync(join(folder, 'out', 'compare.json'), 'utf8'))
    expect(written.schema).toBe('ornstein.compare/1')
  })

  it('needs two configurations at least', async () => {
    await expect(compareCommand([configOf('alone', 100)], flags)).rejects.toMatchObject({
      code: 'ORN-COMPARE-001',
      exitCode: 2,
    })
  })
})
