import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/app/config/load.ts'
import { compareWithBacktest, type Parity } from '../../src/app/research/parity/parity.ts'
import { isWithin } from '../../src/app/research/parity/parity-document.ts'
import { renderParity } from '../../src/app/research/parity/render-parity.ts'
import { type Planted, recordSession } from '../../src/app/research/parity/test-kit.ts'
import { type BacktestRequest, backtestParts } from '../../src/app/run/backtest.ts'
import { loadMarket } from '../../src/app/run/load-market.ts'
import { price, quantity } from '../../src/core/mod.ts'

/** Trades often, and holds positions over a full hour, where funding is paid. */
const text = `
name: parity
seed: 7
balance: 10000
data: { kind: generated, model: plantedEdge, instruments: [BTC, DOGE], duration: 14m, start: 2026-01-05T00:52:00Z }
signal: { interval: 5s, window: 20, trendWindow: 0, maxGap: 60 }
strategy:
  tier: { longEntry: -1.2, longExit: 0.2, shortEntry: 1.2, shortExit: -0.2 }
  trendGate: false
  imbalanceThreshold: off
  revertGate: off
  costGate: off
  stopLoss: off
  notional: 1500
  entry: passive
fills: { entryLatency: 250ms, responseLatency: 250ms }
`

let folder = ''
let request: BacktestRequest
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parity-'))
  const { config, hash } = parseConfig(text, 'parity.yaml')
  const recording = await loadMarket(config, '.')
  request = { config, configurationHash: hash, codeHash: '', recording }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function compare(name: string, planted: Planted = {}, other?: string): Promise<Parity> {
  const path = join(folder, name, 'journal.sqlite')
  recordSession(request, path, planted)
  const backtest = other === undefined ? {} : { backtest: parseConfig(other, 'other.yaml') }
  return compareWithBacktest({ path, codeHash: '', ...backtest })
}

const still = { data: 0n, latency: 0n, logic: 0n, fills: 0n, fees: 0n, unexplained: 0n }
/** Parts that are not zero; in total and in each instrument they add up to the gap. */
function moved({ parts, gap, instruments }: Parity): string[] {
  for (const one of [{ parts, gap }, ...instruments]) {
    expect(Object.values(one.parts).reduce((a, b) => a + b)).toBe(one.gap)
  }
  return Object.entries(parts).flatMap(([name, amount]) => (amount === 0n ? [] : [name]))
}

describe('parity', () => {
  it('finds no gap where nothing differs, over an hour that pays funding too', async () => {
    const found = await compare('same')
    expect(found.live.funding).not.toBe(0n)
    expect(found.fills.length).toBeGreaterThan(20)
    expect(found.parts).toEqual(still)
    expect(found.divergence).toBeNull()
    for (const { execution, simulated, modelFee } of found.fills) {
      expect(simulated?.lots).toBeGreaterThanOrEqual(execution.quantity)
      expect(modelFee).toBe(execution.fee)
    }
  })

  it('moves only the latency where the venue was farther away', async () => {
    const found = await compare('slow', {
      exchange: { entryLatencyUs: 900_000, responseLatencyUs: 700_000 },
    })
    expect(moved(found)).toEqual(['latency'])
    expect(found.latency?.responseUs).toBe(700_000)
  })

  it('moves only the fees where the venue charged others', async () => {
    const instruments = request.recording.instruments.map((instrument) => ({
      ...instrument,
      fees: { makerE9: 210_000, takerE9: 777_000 },
    }))
    const found = await compare('dear', { exchange: { instruments } })
    expect(moved(found)).toEqual(['fees'])
    const charged = found.fills.reduce((sum, { execution }) => sum + execution.fee, 0n)
    const expected = found.fills.reduce((sum, { modelFee }) => sum + modelFee, 0n)
    expect(found.parts.fees).toBe(expected - charged)
    const size = found.gap < 0n ? -found.gap : found.gap
    const passes = (maxGap: bigint) => isWithin(found, { maxGap, fills: false })
    expect([passes(size), passes(size - 1n)]).toEqual([true, false])
  })

  it('moves only the fees where the venue paid no funding', async () => {
    const found = await compare('unfunded', { exchange: { fundingIntervalUs: 0 } })
    expect(moved(found)).toEqual(['fees'])
    expect(found.parts.fees).toBe(-found.backtest.funding)
  })

  it('moves only the fills where the venue served another queue', async () => {
    const found = await compare('queue', { exchange: { queueModel: 'optimistic' } })
    expect(moved(found)).toContain('fills')
    expect(moved(found)).not.toContain('logic')
    expect(moved(found)).not.toContain('fees')
    expect(moved(found)).not.toContain('data')
  })

  it('moves only the data where the session was told more', async () => {
    const { receivedTime, bars } = warmBars()
    const opening = [0, 1].map((instrument) => ({
      kind: 'barsSeeded' as const,
      receivedTime,
      instrument,
      bars: bars(instrument),
    }))
    expect(moved(await compare('told', { opening }))).toEqual(['data'])
  })

  it('names the first decision of a backtest that is configured otherwise', async () => {
    const found = await compare('other', {}, text.replace('longEntry: -1.2', 'longEntry: -1.6'))
    expect(moved(found)).toEqual(['logic'])
    expect(found.divergence?.expected).not.toBe(found.divergence?.found)
    expect(found.isReproducible).toBe(true)
    const shown = renderParity(found, { maxGap: null, fills: false })
    expect(shown).toContain(`First difference on the same input, entry ${found.divergence?.seq}\n`)
    expect(`${found.command?.expected}${found.command?.found}`).toMatch(/"kind":"submitOrder"/)
    expect(found.command!.seq).toBeGreaterThan(found.divergence!.seq)
  })

  it('names the first decision of code that is not what wrote the journal', async () => {
    const { config } = parseConfig(text.replace('longEntry: -1.2', 'longEntry: -1.6'), 'x.yaml')
    const found = await compare('changed', {
      engine: (own) => ({ ...own, ...backtestParts({ ...request, config }).engine }),
    })
    expect(found.isReproducible).toBe(false)
    expect(moved(found)).toEqual(['logic'])
    expect(found.divergence).not.toBeNull()
  })

  it('counts what an operator did as logic', async () => {
    const { receivedTime } = warmBars()
    const pause = {
      kind: 'operatorCommanded',
      receivedTime,
      commandId: 'test',
      actor: 'test',
      reason: 'test',
      command: { kind: 'pause' },
    } as const
    const found = await compare('paused', { opening: [pause] })
    expect(moved(found)).toEqual(['logic'])
    expect(found.fills).toEqual([])
    expect(found.operatorCommands).toBe(1)
  })

  it('leaves unexplained what somebody else traded on the account', async () => {
    const { receivedTime } = warmBars()
    const execution = {
      executionId: 'foreign',
      clientOrderId: null,
      venueOrderId: '1',
      instrument: 0,
      side: 'buy',
      price: price(900_000),
      quantity: quantity(10),
      liquidity: 'taker',
      fee: 12_345n,
      venueTime: receivedTime,
    } as const
    const event = { kind: 'executed', receivedTime, venueTime: receivedTime, execution } as const
    const found = await compare('foreign', { opening: [event] })
    expect(moved(found)).toContain('unexplained')
    expect(found.notMeasurable.unexplained).toMatch(/1 executions/)
    expect(found.fills.some((fill) => fill.execution === execution)).toBe(false)
  })

  it('refuses a session in several currencies before anything is run', async () => {
    const [bitcoin, ...rest] = request.recording.instruments
    const instruments = [{ ...bitcoin!, quoteCurrency: 'USDH' }, ...rest]
    const path = join(folder, 'currencies', 'journal.sqlite')
    recordSession(request, path, { lists: instruments })
    await expect(compareWithBacktest({ path, codeHash: '' })).rejects.toMatchObject({
      code: 'ORN-PARITY-001',
      details: ['BTC: USDH', 'DOGE: USDC'],
    })
  })

  it('says what it cannot measure, and guesses nothing', async () => {
    const found = await compare('unstamped', {
      exchange: { entryLatencyUs: 500_000, responseLatencyUs: 0 },
    })
    expect(found.notMeasurable.latency).toMatch(/no answer/)
    expect(moved(found)).toEqual(['unexplained'])
  })
})

/** History that rises to the first mid. */
function warmBars() {
  const { batch } = request.recording
  const receivedTime = Math.min(batch.f64[0]!, batch.f64[1]!)
  const close = [9_000_000, 20_000]
  const bars = (instrument: number) =>
    Array.from({ length: 30 }, (_, i) => {
      const price = close[instrument]! + (i % 3)
      const closeTime = Math.floor(receivedTime / 5e6) * 5e6 - (29 - i) * 5e6
      const openTime = closeTime - 5e6
      return { openTime, closeTime, open: price, high: price, low: price, close: price, volume: 1 }
    })
  return { receivedTime, bars }
}
