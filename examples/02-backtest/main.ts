// The same strategy over a recorded or generated market, as fast as it goes:
//   node examples/02-backtest/main.ts [configuration]
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  codeHash,
  loadConfig,
  loadMarket,
  renderSummary,
  runBacktest,
  summarise,
} from '../../src/app/mod.ts'
import { createFade } from '../01-first-strategy/strategy.ts'

const path = process.argv[2] ?? fileURLToPath(new URL('backtest.yaml', import.meta.url))
const { config, hash } = loadConfig(path)
const { engine } = runBacktest({
  strategy: createFade({ entry: -1.25, notional: 1000 }),
  config,
  configurationHash: hash,
  codeHash: codeHash(),
  recording: await loadMarket(config, dirname(path)),
})
const { seed } = config
console.log(renderSummary(summarise(engine, { mode: 'backtest', seed, journal: null })))
