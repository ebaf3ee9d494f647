// The first strategy against a simulated venue in a process of its own, in real time:
//   node examples/01-first-strategy/main.ts [seconds]
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sessionPaths } from '../../src/adapters/mod.ts'
import { loadConfig, renderSummary, startRehearsal } from '../../src/app/mod.ts'
import { createFade } from './strategy.ts'

const seconds = Number(process.argv[2] ?? 60)
const rehearsal = await startRehearsal({
  strategy: createFade({ entry: -1.25, notional: 500 }),
  loaded: loadConfig(fileURLToPath(new URL('rehearse.yaml', import.meta.url))),
  paths: sessionPaths(`fade-${Date.now()}`),
  market: 'generated',
  resume: false,
  dashboardPort: 8421,
  notice: console.error,
  failed(error) {
    throw error
  },
})
console.log(`Dashboard ${rehearsal.dashboard?.url}`)
await setTimeout(seconds * 1000)
console.log(renderSummary(await rehearsal.stop('shutdown')))
