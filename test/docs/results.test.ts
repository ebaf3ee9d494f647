import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/app/config/load.ts'
import { runBacktest } from '../../src/app/run/backtest.ts'
import { loadFittingMarket } from '../../src/app/run/load-market.ts'
import { toRunRecord } from '../../src/app/run/run-record.ts'
import { analyzeRun, moneyToNumber } from '../../src/core/mod.ts'

const root = new URL('../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

it.each(['backtest.yaml', 'zero-edge.yaml'])('README has the results of %s', async (name) => {
  const path = fileURLToPath(new URL(`examples/02-backtest/${name}`, root))
  const { config, hash } = loadConfig(path)
  const recording = await loadFittingMarket(config, dirname(path))
  const request = { config, configurationHash: hash, codeHash: '', recording }
  const context = { ...request, commit: '', command: '', trials: null }
  const { costs, trades, openPositions } = analyzeRun(toRunRecord(runBacktest(request), context))
  const net = moneyToNumber(costs.net).toFixed(2)
  const row = readme.split('\n').find((line) => line.includes(`02-backtest/${name}\` | `))!
  expect(row).toContain(`| ${costs.net > 0n ? '+' : ''}${net} (`)
  expect(row).toContain(`| ${trades.trips}, ${openPositions} more open |`)
})
