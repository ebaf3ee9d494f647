// The first strategy in virtual time, live adapter against simulated venue, with faults by seed:
//   node examples/01-first-strategy/drill.ts [seed]
import { fileURLToPath } from 'node:url'
import { codeHash, loadConfig, renderSummary, runDrill } from '../../src/app/mod.ts'
import { createFade } from './strategy.ts'

const result = await runDrill({
  strategy: createFade({ entry: -1.25, notional: 200 }),
  loaded: loadConfig(fileURLToPath(new URL('drill.yaml', import.meta.url))),
  codeHash: codeHash(),
  seed: Number(process.argv[2] ?? 1),
  durationUs: 20 * 60_000_000,
  faults: true,
})
console.log(renderSummary(result.summary))
console.log(`Same seed, same head: ${result.chainHead}`)
console.log(result.violations.length === 0 ? 'Every promise held' : result.violations.join('\n'))
process.exitCode = result.violations.length === 0 ? 0 : 1
