import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionPaths } from '../../src/adapters/mod.ts'
import { loadConfig } from '../../src/app/config/load.ts'
import { compareWithBacktest, type Parity } from '../../src/app/research/parity/parity.ts'
import { drawRates } from '../../src/app/simulators/draw-rates.ts'
import { createFaultPlan } from '../../src/app/simulators/faults.ts'
import { MONEY_DECIMALS, type Money, parseDecimal } from '../../src/core/mod.ts'
import { beginLife, createMemoryStage, type StageOptions } from '../support/memory-stage.ts'

/**
 * The ledger against the venue's own, line by line: the price PnL of a fill is its closedPnl (before
 * fees, without funding), fees and funding are those of the venue's lists, each to its unit.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const restless = loadConfig(join(root, 'test', 'crash', 'kill.yaml'))
const venue = { ...restless.config.venue!, instruments: ['BTC', 'SOL', 'DOGE'] }
const loaded = { ...restless, config: { ...restless.config, venue } }
const paths = () => sessionPaths('ledger', folder)

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** 2026-01-05T00:59:40Z: funding is paid while a session of half a minute holds positions. */
const START_US = 1_767_574_780_000_000

interface VenueLists {
  readonly fills: ReadonlyMap<string, { readonly closedPnl: Money; readonly fee: Money }>
  readonly funding: ReadonlyMap<string, Money>
}

const money = (text: string): Money => {
  const value = parseDecimal(text, MONEY_DECIMALS)
  if (value === null) throw new Error(`${text} is no money`)
  return value
}

/** A session of `seconds` virtual seconds, and what venue and journal say about it afterwards. */
async function lived(seconds: number, options: StageOptions) {
  const stage = createMemoryStage(loaded, loaded.config.seed, () => {}, {
    startTime: START_US,
    ...options,
  })
  const { live, failure } = await beginLife(stage, paths(), { durability: 'none' })
  if (live === null) throw failure()
  await stage.environment.run(seconds * 1000)
  let isOver = false
  const stopping = live.stop('shutdown').finally(() => {
    isOver = true
  })
  await stage.environment.runUntilTrue(() => isOver, 60_000)
  await stopping
  const ask = async (type: string): Promise<unknown> => {
    const reply = await stage.venue.handleHttp({
      method: 'POST',
      path: '/info',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type, user: stage.user, startTime: 0 }),
      receivedTimeUs: stage.environment.now(),
    })
    return JSON.parse(reply.body)
  }
  const fills = (await ask('userFills')) as readonly Record<string, string>[]
  const funding = (await ask('userFunding')) as readonly {
    readonly time: number
    readonly delta: Record<string, string>
  }[]
  const lists: VenueLists = {
    fills: new Map(
      fills.map(({ time, coin, tid, closedPnl, fee }) => [
        `${time}:${coin}:${tid}`,
        { closedPnl: money(closedPnl!), fee: money(fee!) },
      ]),
    ),
    funding: new Map(
      funding.map(({ time, delta }) => [`${time}:${delta['coin']}`, money(delta['usdc']!)]),
    ),
  }
  const parity = await compareWithBacktest({ path: paths().journal, codeHash: '' })
  return { parity, lists }
}

function expectEqual(parity: Parity, lists: VenueLists): void {
  const { session, fills, live } = parity
  const ours = fills.map(({ execution, closedPnl }) => [
    execution.executionId,
    { closedPnl, fee: execution.fee },
  ])
  expect(new Map(ours as never)).toEqual(lists.fills)
  const { instruments } = session.genesis
  const paid = session.funding.map(({ venueTime, instrument, amount }) => [
    `${venueTime / 1000}:${instruments[instrument]!.symbol}`,
    amount,
  ])
  expect(new Map(paid as never)).toEqual(lists.funding)
  expect(live.fees).toBe([...lists.fills.values()].reduce((sum, { fee }) => sum + fee, 0n))
  expect(live.funding).toBe([...lists.funding.values()].reduce((sum, one) => sum + one, 0n))
}

describe('the ledger and the venue’s lists', () => {
  it('are equal to the unit in a rehearsal', async () => {
    const { parity, lists } = await lived(35, {})
    expect(lists.fills.size).toBeGreaterThan(10)
    expect([...lists.fills.values()].some(({ closedPnl }) => closedPnl !== 0n)).toBe(true)
    expect(lists.funding.size).toBeGreaterThan(0)
    expectEqual(parity, lists)
    expect(parity.divergence).toBeNull()
    expect(parity.parts.logic).toBe(0n)
    expect(parity.parts.unexplained).toBe(0n)
    expect(Object.values(parity.parts).reduce((a, b) => a + b)).toBe(parity.gap)
  })

  it('are equal to the unit after faults', async () => {
    const untilTime = START_US + 35_000_000
    const faults = createFaultPlan({ seed: 5, rates: drawRates(5), untilTime })
    const { parity, lists } = await lived(80, { faults })
    expect(lists.fills.size).toBeGreaterThan(10)
    expectEqual(parity, lists)
    expect(Object.values(parity.parts).reduce((a, b) => a + b)).toBe(parity.gap)
  })
})
