import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  loadSegments,
  openJournal,
  type Recording,
  readJournal,
  sessionPaths,
  verifyJournal,
} from '../../src/adapters/mod.ts'
import { loadConfig, parseConfig } from '../../src/app/config/load.ts'
import { verifyLookahead } from '../../src/app/research/verify-lookahead.ts'
import { backtestParts, runBacktest } from '../../src/app/run/backtest.ts'
import { runDrill } from '../../src/app/run/drill/drill.ts'
import { loadMarket } from '../../src/app/run/load-market.ts'
import { journalEngineConfig, replay } from '../../src/app/run/recover.ts'
import { Bench, SECOND } from '../../src/core/engine/test-kit.ts'
import { breakerPolicy, type DenialCode, quantity } from '../../src/core/mod.ts'
import { auditJournal, readFacts } from '../support/audit.ts'
import {
  beginLife,
  createMemoryStage,
  type Life,
  type MemoryStage,
} from '../support/memory-stage.ts'

/**
 * The promises of the design's page on reliability, one by one. Where a promise has a home of its
 * own (P9 in test/crash, P12 in verify-lookahead), this is its shortest form.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const drillConfig = loadConfig(join(root, 'examples', '01-first-strategy', 'drill.yaml'))
const restless = loadConfig(join(root, 'test', 'crash', 'kill.yaml'))
const venue = { ...restless.config.venue!, instruments: ['BTC', 'SOL', 'DOGE'] }
const loaded = { ...restless, config: { ...restless.config, venue } }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promises-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const paths = () => sessionPaths('promises', folder)

const drill = (seed: number, minutes: number) =>
  runDrill({
    loaded: drillConfig,
    codeHash: '',
    seed,
    durationUs: minutes * 60 * SECOND,
    faults: true,
  })

async function begin(stage: MemoryStage): Promise<NonNullable<Life['live']>> {
  const { live, failure } = await beginLife(stage, paths())
  if (live === null) throw failure()
  return live
}

async function end(stage: MemoryStage, live: NonNullable<Life['live']>): Promise<void> {
  let isOver = false
  const stopping = live.stop('shutdown').finally(() => {
    isOver = true
  })
  await stage.environment.runUntilTrue(() => isOver, 60_000)
  await stopping
}

const entry = (instrument = 0) =>
  ({
    kind: 'enter',
    instrument,
    side: 'buy',
    quantity: quantity(10),
    urgency: 'aggressive',
    reason: 'test',
  }) as const

describe('P1 same inputs, seed and commit', () => {
  it('give the same entry stream', async () => {
    const [first, second] = [await drill(41, 2), await drill(41, 2)]
    expect(first.summary.orders).toBeGreaterThan(5)
    expect(second.chainHead).toBe(first.chainHead)
    expect(second.entries).toBe(first.entries)
  })
})

describe('P2 no order leaves', () => {
  it('before its intent is durable', async () => {
    const path = paths().journal
    const checked: string[] = []
    const missing: string[] = []
    const stage = createMemoryStage(loaded, loaded.config.seed, (at, body) => {
      if (at !== '/exchange' || !body.includes('"orders"')) return
      const stored = new Set(readFacts(path).sent)
      for (const [, id] of body.matchAll(/"c":"0x([0-9a-f]{32})"/g)) {
        checked.push(id!)
        if (!stored.has(id!)) missing.push(id!)
      }
    })
    const live = await begin(stage)
    await stage.environment.run(25_000)
    expect(checked.length).toBeGreaterThan(10)
    expect(missing).toEqual([])
    await end(stage, live)
  })
})

describe('P3 one client order id per order, one live order per leg', () => {
  it('at every instant of a session', async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const live = await begin(stage)
    let most = 0
    for (let i = 0; i < 100; i++) {
      await stage.environment.run(250)
      const { openOrders } = await stage.account()
      const ids = new Set(openOrders.map(({ clientOrderId }) => clientOrderId))
      const perInstrument = live.engine.world.config.instruments.map(
        ({ id }) =>
          [...live.engine.world.orders.active(id)].filter(({ order }) =>
            ids.has(order.clientOrderId),
          ).length,
      )
      most = Math.max(most, ...perInstrument)
    }
    await end(stage, live)
    const { sent } = readFacts(paths().journal)
    expect(new Set(sent).size).toBe(sent.length)
    const { orders } = await stage.account()
    expect(new Set(orders.map((o) => o.clientOrderId)).size).toBe(orders.length)
    expect(orders.length).toBeGreaterThan(10)
    expect(most).toBe(1)
  })
})

describe('P4 every execution is applied once, for ever', () => {
  it('also when it comes again after memory has forgotten it', async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const live = await begin(stage)
    await stage.environment.run(30_000)
    const { ledger, counters, seen } = live.engine.world
    const before = JSON.stringify(ledger.snapshot())
    const { fills } = counters
    expect(fills).toBeGreaterThan(3)
    seen.restore([])
    for (const item of readJournal(paths().journal)) {
      if (item.kind !== 'event' || item.payload.kind !== 'executed') continue
      live.session.event({ ...item.payload, receivedTime: stage.environment.now() })
    }
    expect(counters.fills).toBe(fills)
    expect(JSON.stringify(ledger.snapshot())).toBe(before)
    await end(stage, live)
  })
})

describe('P5 position = fold of executions = venue position', () => {
  it('after faults of every kind, and P6, P7, P10, P11 with it', async () => {
    for (const seed of [51, 52]) {
      const result = await drill(seed, 3)
      expect(result.summary.fills).toBeGreaterThan(3)
      expect(result.violations).toEqual([])
    }
  })

  it('or trading in that instrument is stopped, and in no other', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.position(60)
    bench.position(60)
    bench.wanted.push(entry(1))
    bench.pass(1)
    expect(bench.lastSent().instrument).toBe(1)
    bench.exit('aggressive')
    bench.fill(bench.lastSent(), 100)
    bench.wanted.push(entry(0))
    bench.pass(1)
    expect(bench.denials).toEqual(['INSTRUMENT_STOPPED'])
  })
})

describe('P6 unknown', () => {
  it('is neither failed nor filled, and limits count its worst case', () => {
    const limits = { ...new Bench().config.limits, grossNotionalMax: 15 }
    const bench = new Bench({ limits }).start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'unknown')
    bench.pass(120)
    expect(bench.record(order).state).toBe('unknown')
    expect(bench.lots()).toBe(0)
    bench.wanted.push({ ...entry(1), quantity: quantity(100) })
    bench.pass(1)
    expect(bench.denials).toEqual(['GROSS_NOTIONAL'])
    bench.fill(order, 100)
    expect(bench.lots()).toBe(100)
  })
})

describe('P7 cancels and risk-reducing orders', () => {
  const limits = {
    ...new Bench().config.limits,
    ordersPerMinuteMax: 2,
    breakers: [breakerPolicy('dailyLoss', 5)],
  }
  const obstacles: readonly (readonly [string, (bench: Bench) => void])[] = [
    ['paused', (bench) => bench.operator({ kind: 'pause' })],
    ['stale', (bench) => bench.pass(20, false)],
    ['down', (bench) => bench.stream('book', 'disconnected')],
    ['behind', (bench) => bench.tell({ kind: 'fellBehind', receivedTime: bench.now, lagUs: 9e6 })],
    [
      'halted',
      (bench) => {
        bench.book(0, 900, 902)
        bench.pass(1)
      },
    ],
    [
      'throttled',
      (bench) => {
        bench.wanted.push(entry(1))
        bench.pass(1)
      },
    ],
    [
      'unreconciled',
      (bench) => {
        bench.session(true)
      },
    ],
  ]
  for (const [name, happens] of obstacles) {
    it(`pass when the session is ${name}`, () => {
      const bench = new Bench({ limits }).start()
      bench.hold('buy', 1000)
      const resting = bench.enter('sell', 10, { instrument: 1 })
      bench.report(resting, 'accepted')
      happens(bench)
      bench.exit('aggressive')
      expect(bench.lastSent()).toMatchObject({ instrument: 0, reduceOnly: true, quantity: 1000 })
      bench.operator({ kind: 'cancelAll' })
      expect(bench.canceled).toContain(resting.clientOrderId)
    })
  }
})

describe('P8 no new risk', () => {
  const causes: readonly (readonly [string, (bench: Bench) => void])[] = [
    ['stale', (bench) => bench.pass(20, false)],
    ['gapped', (bench) => bench.stream('book', 'gap')],
    ['crossed', (bench) => bench.book(0, 1003, 1002)],
    ['unconfirmed', (bench) => bench.stream('account', 'disconnected')],
  ]
  for (const [name, happens] of causes) {
    it(`on ${name} data`, () => {
      const bench = new Bench().start()
      happens(bench)
      bench.wanted.push(entry())
      bench.pass(1, false)
      expect(bench.sent).toEqual([])
      expect(bench.denials).toHaveLength(1)
    })
  }
})

describe('P9 a killed session', () => {
  it('comes back to the state its journal holds, whole or from its snapshot', async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const life = await beginLife(stage, paths())
    await stage.environment.run(20_000)
    life.kill()
    life.live!.session.stop()
    life.live!.journal.close()
    const state = JSON.parse(JSON.stringify(life.live!.engine.snapshot()))
    const { journal, genesis } = openJournal(paths().journal)
    const snapshot = journal.loadLatestSnapshot()!
    journal.close()
    const config = journalEngineConfig(genesis, paths().journal)
    const whole = replay(paths().journal, config)
    expect(whole.divergence).toBeNull()
    expect(JSON.parse(JSON.stringify(whole.engine.snapshot()))).toEqual(state)
    const tail = replay(paths().journal, config, { from: snapshot })
    expect(tail.inputs).toBeLessThan(whole.inputs)
    expect(tail.divergence).toBeNull()
    expect(JSON.parse(JSON.stringify(tail.engine.snapshot()))).toEqual(state)

    const live = await begin(stage)
    await stage.environment.run(20_000)
    await end(stage, live)
    expect(auditJournal(paths().journal, await stage.account())).toEqual([])
  })
})

describe('P10 after a restart', () => {
  it('trading starts only when the venue agrees or a person accepts the difference', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.session(true)
    bench.stream('book', 'connected')
    bench.stream('account', 'connected')
    const tries = (): string | undefined => {
      bench.wanted.push(entry(1))
      for (const { id } of bench.config.instruments) bench.book(id, 1000, 1002)
      const before = bench.denials.length
      bench.pass(1)
      return bench.denials[before]
    }
    expect(tries()).toBe('NOT_RECONCILED')
    bench.position(90)
    expect(bench.engine.world.stops[0]).toMatch(/^difference/)
    expect(tries()).toBeUndefined()
    bench.operator({ kind: 'acceptDifference', instrument: 0 })
    bench.position(90)
    expect(bench.engine.world.stops[0]).toBeNull()
    expect(bench.lots()).toBe(90)
  })
})

describe('P11 cash, fees, funding and PnL', () => {
  it('balance to the smallest unit, here and with the venue', async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const live = await begin(stage)
    await stage.environment.run(30_000)
    live.session.operator({ kind: 'flatten' }, { actor: 'test', reason: 'the end' })
    await stage.environment.run(30_000)
    const { ledger, counters } = live.engine.world
    const { realised, fees, funding } = ledger.totals()
    const deposit = BigInt(loaded.config.balance) * 10n ** 8n
    expect(counters.fills).toBeGreaterThan(5)
    expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
    expect(ledger.cash('USDC')).toBe(deposit + realised - fees + funding)
    await end(stage, live)
    const account = await stage.account()
    expect(account.positions.size).toBe(0)
    expect(account.cash).toBe(ledger.cash('USDC'))
  })
})

describe('P12 a backtest', () => {
  it('reads nothing that was known later', async () => {
    const text = `
name: lookahead
data: { kind: generated, model: plantedEdge, instruments: [BTC], duration: 10m }
signal: { source: mid, interval: 5s, window: 20, trendWindow: 0, maxGap: 60 }
strategy: { trendGate: false, revertGate: off, costGate: off, notional: 100 }
`
    const { config, hash } = parseConfig(text, 'lookahead.yaml')
    const subject = (recording: Recording) =>
      backtestParts({ config, configurationHash: hash, codeHash: '', recording })
    const result = verifyLookahead(subject, await loadMarket(config, '.'), { cuts: 3, seed: 5 })
    expect(result.passed).toBe(true)
  })
})

describe('P13 every refusal has a code and a number', () => {
  it('whatever it is about, and each code is documented', () => {
    const documented = readFileSync(join(root, 'docs', 'errors.md'), 'utf8')
    const limits = {
      ...new Bench().config.limits,
      ...{ orderNotionalMax: 50, positionNotionalMax: 60, leverageMax: 0.004 },
    }
    const seen = new Set<DenialCode>()
    for (const priceBandMax of [0.000001, null]) {
      const bench = new Bench({ limits: { ...limits, priceBandMax } }).start()
      for (const lots of [1, 100, 450, 550, 5000]) {
        bench.wanted.push({ ...entry(), quantity: quantity(lots) })
        bench.pass(1)
        if (bench.sent.length > 0) bench.report(bench.lastSent(), 'canceled')
      }
      bench.operator({ kind: 'pause' })
      bench.wanted.push({ ...entry(), quantity: quantity(100) })
      bench.pass(1)
      for (const { order, denial } of bench.of('orderDenied')) {
        seen.add(denial.code)
        expect(order.clientOrderId).toMatch(/^[0-9a-f]{32}$/)
        expect(Number.isFinite(denial.value), denial.code).toBe(true)
        expect(Number.isFinite(denial.limit), denial.code).toBe(true)
        expect(documented).toContain(`| ${denial.code} |`)
      }
    }
    expect([...seen].sort()).toEqual([
      ...['LEVERAGE', 'MINIMUM_NOTIONAL', 'ORDER_NOTIONAL', 'PAUSED', 'PRICE_BAND'],
    ])
  })
})

describe('P14 queues, retries and caches are bounded', () => {
  it('thousands of orders and executions leave no more than the bounds', () => {
    const bench = new Bench().start()
    for (let i = 0; i < 5000; i++) {
      bench.hold('buy', 10)
      bench.exit('aggressive')
      bench.fill(bench.lastSent(), 10)
      bench.effects.length = 0
    }
    const { orders, seen, counters } = bench.engine.world
    expect(counters.orders).toBe(10_000)
    expect([...orders.records()].length).toBeLessThanOrEqual(4096)
    expect(seen.values().length).toBeLessThanOrEqual(65_536)
  })
})

describe('P15 the journal is checksummed', () => {
  it('a flipped bit is found, and nothing is resumed on it', async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const live = await begin(stage)
    await stage.environment.run(3000)
    await end(stage, live)
    const path = paths().journal
    expect(verifyJournal(path).ok).toBe(true)
    const bytes = readFileSync(path)
    const at = bytes.lastIndexOf('"kind":"heartbeat"') + 12
    bytes[at] = bytes[at]! ^ 0x04
    writeFileSync(path, bytes)
    expect(verifyJournal(path).ok).toBe(false)
    const again = await beginLife(stage, paths())
    expect(again.live).toBeNull()
    expect(again.failure()).toMatchObject({ code: 'ORN-JOURNAL-006', exitCode: 4 })
  })
})

describe('P16 one core', () => {
  it('concludes the same from a live session’s market data in a backtest', async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const live = await begin(stage)
    await stage.environment.run(40_000)
    await end(stage, live)
    const lived = new Map<string, string>()
    for (const item of readJournal(paths().journal)) {
      if (item.kind !== 'effect' || item.payload.kind !== 'evaluated') continue
      const { instrument, barCloseTime, close, z } = item.payload
      lived.set(`${instrument} ${barCloseTime}`, `${close} ${z}`)
    }
    const { batch, instruments } = await loadSegments(paths().segments)
    const info = {
      files: [],
      firstTime: batch.f64[0]!,
      lastTime: batch.f64[(batch.count - 1) * 5]!,
    }
    const { collected } = runBacktest({
      config: loaded.config,
      configurationHash: loaded.hash,
      codeHash: '',
      recording: { instruments, batch, info } as never as Recording,
    })
    let compared = 0
    for (const { instrument, time, close, z } of collected.bars) {
      for (let i = 0; i < time.length; i++) {
        const found = lived.get(`${instrument} ${time[i]}`)
        if (found === undefined) continue
        compared++
        expect(`${close[i]} ${Number.isFinite(z[i]!) ? z[i] : null}`).toBe(found)
      }
    }
    expect(compared).toBeGreaterThan(60)
  })
})
