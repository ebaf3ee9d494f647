// The same strategy in paper trading: market data over the real protocol, orders matched in this
// process. The market is a simulated venue here; without `restUrl` and `socketUrl` it is the real one.
//   node examples/03-paper/main.ts [seconds]
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sessionPaths } from '../../src/adapters/mod.ts'
import { loadConfig, renderSummary, startObservation } from '../../src/app/mod.ts'
import { createFade } from '../01-first-strategy/strategy.ts'
import { startMarket } from './market.ts'

const paths = sessionPaths(`paper-fade-${Date.now()}`)
const market = await startMarket(`${paths.directory}/market`)
const { config, hash, path } = loadConfig(fileURLToPath(new URL('paper.yaml', import.meta.url)))
const { restUrl, socketUrl } = market
if (config.venue?.kind !== 'hyperliquid') throw new Error('this market speaks as Hyperliquid does')
const paper = await startObservation({
  strategy: createFade({ entry: -1.25, notional: 250 }),
  loaded: { config: { ...config, venue: { ...config.venue, restUrl, socketUrl } }, hash, path },
  paths,
  mode: 'paper',
  resume: false,
  dashboardPort: 8421,
  notice: console.error,
  failed(error) {
    throw error
  },
})
console.log(`Dashboard ${paper.dashboard?.url}`)
await setTimeout(Number(process.argv[2] ?? 60) * 1000)
console.log(renderSummary(await paper.stop('shutdown')))
await market.stop()
