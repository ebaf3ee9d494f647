import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJournal } from '../src/adapters/mod.ts'
import { type Effect, type Instrument, MarketWriter, quantity } from '../src/core/mod.ts'

/**
 * Commits of the journal as a live session makes them: 20-level book snapshots, then one batch of
 * effects that must be durable before it is executed. Prints JSON; times in milliseconds. The first
 * argument is the directory to write to (its disk is what is measured), the system's temporary one
 * by default.
 */
const n = 5000
const instrument: Instrument = {
  id: 0,
  venue: 'bench',
  symbol: 'BTC',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'BTC',
  priceDecimals: 1,
  quantityDecimals: 5,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
  longOnly: false,
  maximumLeverage: 1,
}
const effect: Effect = {
  kind: 'queryOrder',
  clientOrderId: '0123456789abcdef0123456789abcdef',
}

const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'ornstein-bench-'))
try {
  const journal = createJournal(join(directory, 'journal.sqlite'), {
    configurationHash: '',
    dataHash: '',
    codeHash: '',
    mode: 'rehearse',
    seed: 1,
    sessionId: '0000000000000000',
    configuration: {},
    instruments: [instrument],
  })
  report(
    'journal commit: event',
    measure((i) => {
      journal.appendEvent({ kind: 'heartbeat', receivedTime: i })
    }),
  )
  const levels = Array.from({ length: 40 }, (_, i) => i + 1)
  report(
    'journal commit: 3 books, 1 effect',
    measure((i) => {
      const writer = new MarketWriter(3)
      for (let k = 0; k < 3; k++) {
        writer.snapshot({ receivedTime: i, venueTime: i, instrument: 0 }, levels, levels)
      }
      journal.appendMarket(writer.batch())
      journal.appendEffects([effect], i)
    }),
  )
  journal.close()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function measure(commit: (index: number) => void): Float64Array {
  for (let i = 0; i < 200; i++) commit(i)
  const times = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const start = performance.now()
    commit(200 + i)
    times[i] = performance.now() - start
  }
  return times.sort()
}

function report(name: string, times: Float64Array): void {
  const at = (share: number): number => Number(times[Math.floor(share * (n - 1))]!.toFixed(4))
  console.log(JSON.stringify({ name, p50Ms: at(0.5), p99Ms: at(0.99), n }))
}
