import { describe, expect, it } from 'vitest'
import { type AlpacaOptions, createAlpacaAdapter } from '../../src/adapters/mod.ts'
import { createRecordingSink } from '../../src/adapters/venues/recording-sink.ts'
import {
  type CancelOrder,
  type Execution,
  type Instrument,
  Ledger,
  type MarketBatch,
  MarketCursor,
  type NewOrder,
  type Price,
  quantity,
  RecordKind,
} from '../../src/core/mod.ts'
import {
  createQuietAlpaca,
  demoKey,
  demoSecret,
  keepRunning,
  type QuietAlpaca,
  quietAsks,
  quietBids,
} from '../support/alpaca-venue.ts'
import { createFaultyEnvironment } from '../support/faulty-environment.ts'
import { approve, finish } from '../support/hyperliquid-stage.ts'
import { createVirtualEnvironment } from '../support/virtual-environment.ts'

const START_TIME = 1_790_000_100_000_000

const tooMany = {
  status: 429,
  contentType: 'application/json',
  body: '{"code":42910000,"message":"rate limit exceeded"}',
}

/** An adapter that is not started yet, before a quiet venue. */
function createScene(changes: Partial<AlpacaOptions> = {}) {
  let quiet: QuietAlpaca | null = null
  const isThrottling = { now: false }
  const environment = createVirtualEnvironment({
    startTime: START_TIME,
    latency: { requestUs: 20_000, replyUs: 15_000, socketOutUs: 10_000, socketInUs: 12_000 },
    route: {
      http: (request) =>
        isThrottling.now && request.method === 'POST' ? tooMany : quiet!.route.http(request),
      socket: (input) => quiet!.route.socket(input),
    },
  })
  quiet = createQuietAlpaca({ startTime: START_TIME, now: () => environment.now() })
  keepRunning(quiet.venue, environment)
  const { environment: faulty, faults } = createFaultyEnvironment(environment)
  const notices: string[] = []
  const create = (more: Partial<AlpacaOptions> = {}) =>
    createAlpacaAdapter({
      environment: faulty,
      tradingUrl: 'http://venue.test',
      dataUrl: 'http://venue.test/',
      accountStreamUrl: 'ws://venue.test/stream',
      dataStreamUrl: 'ws://venue.test/v1beta3/crypto/us',
      keyId: demoKey,
      secret: demoSecret,
      trades: true,
      notice: ({ text }) => notices.push(text),
      ...changes,
      ...more,
    })
  const adapter = create()
  const sink = createRecordingSink()
  let orders = 0
  let instruments: readonly Instrument[] = []
  const order = (more: Partial<NewOrder> = {}): NewOrder => ({
    clientOrderId: (++orders).toString(16).padStart(32, '0'),
    intentId: `intent-${orders}`,
    instrument: 0,
    side: 'buy',
    price: (quietBids[0]![0] + 1) as Price,
    quantity: quantity(1_234),
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    arrivalPrice: null,
    ...more,
  })
  return {
    quiet,
    isThrottling,
    adapter,
    create,
    sink,
    faults,
    notices,
    environment,
    order,
    settle: <Value>(promise: Promise<Value>) => finish(environment, promise),
    instrument: () => instruments[0]!,
    async start(market?: (batch: MarketBatch) => void) {
      instruments = await finish(environment, adapter.loadInstruments(['BTC/USD']))
      const sinks = market === undefined ? sink : { event: sink.event, market }
      await finish(environment, adapter.start(sinks))
    },
    submit(more: Partial<NewOrder> = {}): NewOrder {
      const made = order(more)
      adapter.submit(approve(made))
      return made
    },
    async report(since = 0) {
      const { length } = sink.of('accountReported')
      adapter.queryAccount(since)
      const isThere = (): boolean => sink.of('accountReported').length > length
      expect(await environment.runUntilTrue(isThere, 30_000)).toBe(true)
      return sink.of('accountReported').at(-1)!.account
    },
  }
}

type Sink = ReturnType<typeof createRecordingSink>

const executionsOf = (sink: Sink): Execution[] =>
  sink.of('executed').map(({ execution }) => execution)

/** The core's books after executions. */
function booksOf(instrument: Instrument, executions: readonly Execution[]): Ledger {
  const ledger = new Ledger([instrument])
  for (const execution of executions) ledger.applyExecution(execution)
  return ledger
}

describe('the ledger of coins', () => {
  it('holds to the lot what the venue holds after hundreds of odd fills', async () => {
    const scene = createScene()
    await scene.start()
    const { environment, quiet, sink } = scene
    const before = (await scene.report()).balances[0]!.amount
    const nanoHeld = (): bigint => quiet.venue.state.accounts[0]!.positions.get(0)?.qty ?? 0n
    const ledger = (): Ledger => booksOf(scene.instrument(), executionsOf(sink))
    const held = (): number => ledger().position(0).quantity
    for (let i = 0; i < 60; i++) {
      const lots = 301 + 37 * i
      const isSell = i % 3 === 2
      if (isSell) {
        const sell = quantity(Math.floor(held() / 2) + (i % 7))
        scene.submit({
          side: 'sell',
          price: quietBids[5]![0] as Price,
          quantity: sell,
          timeInForce: 'ioc',
        })
      } else if (i % 3 === 1) {
        scene.submit({
          price: quietAsks[3]![0] as Price,
          quantity: quantity(lots),
          timeInForce: 'ioc',
        })
      } else {
        const { price } = scene.submit({ quantity: quantity(lots) })
        await environment.run(400)
        quiet.counterparty('sell', price, lots - 100)
        await environment.run(50)
        quiet.counterparty('sell', price, 100)
      }
      await environment.run(1_000)
      expect(ledger().balance('asset:BTC/USD', 'BTC')).toBe(nanoHeld())
    }
    const account = await scene.report()
    expect(account.positions[0]).toMatchObject({ quantity: held(), dust: nanoHeld() % 1_000n })
    expect(account.executions).toEqual(executionsOf(sink))
    const difference = account.balances[0]!.amount - before - ledger().cash('USD')
    // The venue counts to 10^-9 dollars, executions to 10^-8.
    expect(Math.abs(Number(difference))).toBeLessThanOrEqual(account.executions.length)
    expect(account.executions.some(({ liquidity }) => liquidity === 'maker')).toBe(true)
    expect(account.executions.some(({ liquidity }) => liquidity === 'taker')).toBe(true)
  })

  it('reads fills of before the session to the same executions that were heard', async () => {
    const scene = createScene()
    await scene.start()
    for (let i = 0; i < 5; i++) {
      scene.submit({
        price: quietAsks[2]![0] as Price,
        quantity: quantity(777 + i),
        timeInForce: 'ioc',
      })
      await scene.environment.run(1_000)
    }
    const heard = scene.sink.of('executed').map(({ execution }) => execution)
    await scene.settle(scene.adapter.stop())
    await scene.environment.run(1_000)
    const second = scene.create()
    const sink = createRecordingSink()
    await scene.settle(second.loadInstruments(['BTC/USD']))
    await scene.settle(second.start(sink))
    second.queryAccount(0)
    await scene.environment.runUntilTrue(() => sink.of('accountReported').length > 0, 10_000)
    expect(sink.of('accountReported')[0]!.account.executions).toEqual(heard)
  })
})

describe('a book whose sides cross', () => {
  it('for longer than a moment has missed a change, and is asked for again', async () => {
    const scene = createScene()
    await scene.start()
    const { environment, faults, quiet, sink } = scene
    let lost = 0
    faults.frame = (text) => {
      if (!text.includes('"T":"o"') || lost++ > 0) return 'none'
      return 'lose'
    }
    const shifts = [10_000, 10_001, 10_002, 10_003, 10_004]
    for (const shift of shifts) {
      quiet.move(shift)
      await environment.run(1_000)
    }
    const isCrossed = ({ bids, asks }: (typeof sink.books)[number]): boolean =>
      bids[0]![0] > asks[0]![0]
    expect(sink.books.some(isCrossed)).toBe(true)
    const { bids, asks } = sink.books.at(-1)!
    expect([bids[0]![0], asks[0]![0]]).toEqual([
      quietBids[0]![0] + shifts.at(-1)!,
      quietAsks[0]![0] + shifts.at(-1)!,
    ])
    const told = sink.of('streamStatus').filter(({ instrument }) => instrument === 0)
    expect(told.map(({ status }) => status)).toEqual(['gap', 'connected'])
  })
})

describe('bars of coins', () => {
  it('are delivered as each minute ends, and equal those of history', async () => {
    const scene = createScene({ barIntervalUs: 60_000_000 })
    const bars: { readonly openTime: number; readonly close: number; readonly volume: number }[] =
      []
    const cursor = new MarketCursor()
    await scene.start((batch) => {
      for (let i = 0; i < batch.count; i++) {
        cursor.load(batch, i)
        if (cursor.kind !== RecordKind.bar) continue
        const [, , , close, volume, openTime] = cursor.pool.subarray(cursor.aux, cursor.aux + 6)
        expect(cursor.venueTime).toBe(openTime! + 60_000_000)
        expect(cursor.receivedTime).toBeGreaterThanOrEqual(cursor.venueTime)
        bars.push({ openTime: openTime!, close: close!, volume: volume! })
      }
    })
    for (let i = 0; i < 3; i++) {
      scene.quiet.counterparty('sell', (quietBids[0]![0] - i) as Price, 100 + i)
      await scene.environment.run(60_000)
    }
    expect(bars.length).toBeGreaterThanOrEqual(3)
    const history = await scene.settle(scene.adapter.loadBars(scene.instrument(), 60_000_000, 3))
    const told = history.filter(({ closeTime }) => closeTime <= scene.environment.now() - 1_000_000)
    expect(told.length).toBeGreaterThan(1)
    for (const { openTime, close, volume } of told) {
      expect(bars).toContainEqual({ openTime, close, volume })
    }
  })

  it('are of one minute: another length is refused', async () => {
    const scene = createScene({ barIntervalUs: 300_000_000 })
    await expect(scene.start()).rejects.toThrow('coins, 1 minute each')
  })
})

describe('a fee that nobody told and was another one', () => {
  it('is corrected by the next account report, which moves no cash', async () => {
    const scene = createScene()
    await scene.start()
    const { environment, quiet, faults, sink } = scene
    const before = (await scene.report()).balances[0]!.amount
    const { state } = quiet.venue
    const day = Math.floor(environment.now() / 86_400_000_000)
    state.accounts[0]!.cryptoVolume.push({ day, value: 200_000n * 1_000_000_000n })
    const { price, clientOrderId: id } = scene.submit({ quantity: quantity(500_000) })
    await environment.run(500)
    faults.refusesSockets = true
    faults.disconnect()
    quiet.counterparty('sell', price, 500_000)
    await environment.run(500)
    faults.refusesSockets = false
    await environment.run(5_000)
    const account = await scene.report()
    expect(account.executions.map(({ executionId }) => executionId.split('/')[1])).toEqual([
      undefined,
      'correction',
    ])
    expect(account.executions[1]).toMatchObject({ clientOrderId: id, quantity: 0 })
    expect(executionsOf(sink)).toEqual(account.executions)
    const ledger = booksOf(scene.instrument(), account.executions)
    expect(ledger.balance('asset:BTC/USD', 'BTC')).toBe(state.accounts[0]!.positions.get(0)!.qty)
    expect(account.balances[0]!.amount - before).toBe(ledger.cash('USD'))
    expect((await scene.report()).executions).toEqual(account.executions)
  })
})

describe('a sale that seemed a taker’s and was a maker’s', () => {
  it('is corrected by the next account report, by what the venue’s cash is off', async () => {
    const scene = createScene()
    await scene.start()
    const { environment, quiet, sink } = scene
    const before = (await scene.report()).balances[0]!.amount
    scene.submit({
      price: quietAsks[3]![0] as Price,
      quantity: quantity(90_000),
      timeInForce: 'ioc',
    })
    await environment.run(1_000)
    const resting = { side: 'sell', price: (quietAsks[0]![0] - 1) as Price } as const
    const ids = [30_000, 20_000, 10_000].map(
      (lots) => scene.submit({ ...resting, quantity: quantity(lots) }).clientOrderId,
    )
    // Within the time that tells takers from makers; the last one is a maker's to us too.
    await environment.run(80)
    quiet.counterparty('buy', resting.price, 50_000)
    await environment.run(500)
    quiet.counterparty('buy', resting.price, 10_000)
    await environment.run(500)
    const { executions, balances } = await scene.report()
    const corrections = executions.filter(({ executionId }) => executionId.endsWith('/correction'))
    expect(corrections.map(({ clientOrderId }) => clientOrderId)).toEqual(ids.slice(0, 2))
    expect(corrections.every(({ quantity, fee }) => quantity === 0 && fee < 0n)).toBe(true)
    expect(
      executionsOf(sink).toSorted((a, b) => a.executionId.localeCompare(b.executionId)),
    ).toEqual(executions.toSorted((a, b) => a.executionId.localeCompare(b.executionId)))
    const ledger = booksOf(scene.instrument(), executions)
    const difference = balances[0]!.amount - before - ledger.cash('USD')
    expect(Math.abs(Number(difference))).toBeLessThanOrEqual(executions.length)
    expect((await scene.report()).executions).toEqual(executions)
  })
})

it('an account that rises into another tier of fees pays those from the next report on', async () => {
  const scene = createScene()
  await scene.start()
  const { environment, quiet, sink } = scene
  const day = Math.floor(environment.now() / 86_400_000_000)
  quiet.venue.state.accounts[0]!.cryptoVolume.push({ day, value: 200_000n * 1_000_000_000n })
  const before = (await scene.report()).balances[0]!.amount
  for (const [side, level] of [
    ['buy', quietAsks[3]!],
    ['sell', quietBids[3]!],
  ] as const) {
    scene.submit({ side, price: level[0] as Price, quantity: quantity(9_000), timeInForce: 'ioc' })
    await environment.run(1_000)
  }
  const ledger = booksOf(scene.instrument(), executionsOf(sink))
  const difference = (await scene.report()).balances[0]!.amount - before - ledger.cash('USD')
  expect(Math.abs(Number(difference))).toBeLessThanOrEqual(executionsOf(sink).length)
  const units = quiet.venue.state.accounts[0]!.positions.get(0)?.qty ?? 0n
  expect(ledger.balance('asset:BTC/USD', 'BTC')).toBe(units)
})

describe('the venue’s limits', () => {
  it('pauses after a 429 and lets cancels pass', async () => {
    const scene = createScene()
    await scene.start()
    const resting = scene.submit()
    await scene.environment.run(1_000)
    scene.isThrottling.now = true
    const throttled = scene.submit()
    await scene.environment.run(1_000)
    expect(scene.sink.evidence(throttled.clientOrderId)).toEqual(['rejected:rateLimited'])
    scene.isThrottling.now = false
    const late = scene.submit()
    const { clientOrderId } = resting
    scene.adapter.cancel(approve<CancelOrder>({ clientOrderId, instrument: 0, venueOrderId: null }))
    await scene.environment.run(500)
    expect(scene.sink.evidence(clientOrderId)).toContain('canceled')
    expect(scene.sink.evidence(late.clientOrderId)).toEqual([])
    await scene.environment.run(3_000)
    expect(scene.sink.evidence(late.clientOrderId)).toEqual(['rejected:rateLimited'])
  })

  it('waits while another program has the only connection, and takes it once it is free', async () => {
    const scene = createScene()
    const rival = createRecordingSink()
    const other = scene.create()
    await scene.settle(other.loadInstruments(['BTC/USD']))
    await scene.settle(other.start(rival))
    await scene.settle(scene.adapter.loadInstruments(['BTC/USD']))
    const starting = scene.adapter.start(scene.sink)
    await scene.environment.run(20_000)
    expect(scene.notices.join()).toContain('406')
    expect(scene.adapter.statistics.connectionsLost).toBeLessThan(10)
    expect(rival.of('streamStatus').filter(({ status }) => status === 'disconnected')).toEqual([])
    await scene.settle(other.stop())
    await scene.settle(starting)
    await scene.environment.run(100)
    expect(scene.sink.books.length).toBeGreaterThan(0)
  })

  it('gives up with the venue’s answer when the other program stays', async () => {
    const scene = createScene({ startTimeoutMs: 15_000 })
    const other = scene.create()
    await scene.settle(other.loadInstruments(['BTC/USD']))
    await scene.settle(other.start(createRecordingSink()))
    await scene.settle(scene.adapter.loadInstruments(['BTC/USD']))
    await expect(scene.settle(scene.adapter.start(scene.sink))).rejects.toMatchObject({
      code: 'VENUE_REFUSED',
      disposition: 'fatal',
      message: expect.stringContaining('406: connection limit exceeded'),
    })
  })

  it('tells wrong keys at once', async () => {
    const scene = createScene({ secret: 'wrong' })
    await expect(scene.settle(scene.adapter.loadInstruments(['BTC/USD']))).rejects.toMatchObject({
      code: 'VENUE_CREDENTIALS',
    })
  })

  it('is refused the same client order id twice, and asks what became of the first', async () => {
    const scene = createScene()
    await scene.start()
    const first = scene.submit()
    await scene.environment.run(500)
    scene.adapter.submit(approve(first))
    await scene.environment.run(500)
    expect(scene.sink.evidence(first.clientOrderId).at(-1)).toBe('unknown')
    scene.adapter.queryOrder(first.clientOrderId)
    await scene.environment.run(500)
    expect(scene.sink.evidence(first.clientOrderId).at(-1)).toBe('accepted')
    expect((await scene.report()).openOrders).toHaveLength(1)
  })

  it('sends no order that the venue cannot express', async () => {
    const scene = createScene()
    await scene.start()
    const { requestsSent } = scene.adapter.statistics
    const order = scene.submit({ postOnly: true })
    expect(scene.sink.evidence(order.clientOrderId)).toEqual(['rejected:other'])
    expect(scene.adapter.statistics.requestsSent).toBe(requestsSent)
  })
})

describe('frames that are lost or broken', () => {
  it('asks for a book again whose beginning never came', async () => {
    const scene = createScene()
    let isLost = true
    scene.faults.frame = (text) => {
      if (!isLost || !text.includes('"r":true')) return 'none'
      isLost = false
      return [text.replace(',"r":true', '')]
    }
    await scene.start()
    await scene.environment.run(1_000)
    const statuses = scene.sink.of('streamStatus').filter(({ stream }) => stream === 'book')
    expect(statuses.map(({ status }) => status)).toEqual(['connected', 'gap', 'connected'])
    expect(scene.sink.books.at(-1)!.bids).toEqual(quietBids)
  })

  it('fetches a fill whose frame could not be read', async () => {
    const scene = createScene()
    await scene.start()
    const order = scene.submit()
    await scene.environment.run(500)
    scene.faults.frame = (text) => (text.includes('"event":"fill"') ? ['{"stream":'] : 'none')
    scene.quiet.counterparty('sell', order.price, order.quantity)
    await scene.environment.run(2_000)
    const own = scene.sink
      .of('executed')
      .filter(({ execution }) => execution.clientOrderId === order.clientOrderId)
    expect(own).toHaveLength(1)
    const statuses = scene.sink.of('streamStatus').filter(({ stream }) => stream === 'account')
    expect(statuses.map(({ status }) => status)).toEqual(['connected', 'gap', 'connected'])
  })
})

describe('history', () => {
  it('is of finished minutes and the one that forms, each once', async () => {
    const scene = createScene()
    const [instrument] = await scene.settle(scene.adapter.loadInstruments(['BTC/USD']))
    const bars = await scene.settle(scene.adapter.loadBars(instrument!, 60_000_000, 100))
    expect(bars.length).toBeGreaterThanOrEqual(100)
    expect(new Set(bars.map(({ openTime }) => openTime)).size).toBe(bars.length)
    await expect(
      scene.settle(scene.adapter.loadBars(instrument!, 7_000_000, 10)),
    ).rejects.toMatchObject({ code: 'VENUE_UNSUPPORTED' })
  })
})

describe('real money', () => {
  const live = {
    tradingUrl: 'https://api.alpaca.markets',
    accountStreamUrl: 'wss://api.alpaca.markets/stream',
  }
  it('is refused before any connection unless the mode is live', () => {
    expect(() => createScene(live)).toThrow(/is real money, and the mode is not live/)
    expect(() => createScene({ ...live, isLive: true })).not.toThrow()
  })

  it('is traded nowhere else than at the venue', () => {
    expect(() => createScene({ isLive: true })).toThrow(/not the live account/)
  })

  it('sends keys to nobody unencrypted', () => {
    expect(() => createScene({ dataUrl: 'http://data.alpaca.markets' })).toThrow(/not encrypted/)
  })
})

describe('cash that moves without a trade', () => {
  it.each([
    ['FEE', 'fee'],
    ['INT', 'interest'],
  ])('is told once, before the report that holds it: %s', async (activityType, cause) => {
    const scene = createScene()
    await scene.start()
    const before = (await scene.report()).balances[0]!.amount
    const { state } = scene.quiet.venue
    await scene.environment.run(1_000)
    const account = state.accounts[0]!
    account.cash -= 1_230_000_000n
    account.activities.push({
      kind: 'other',
      id: '20260921141501000::b7a4a3e6-0000-4000-8000-000000000001',
      time: state.time,
      activityType,
      asset: null,
      netAmount: -1_230_000_000n,
      qty: null,
      price: null,
      perShareAmount: null,
      description: 'of the day’s end',
    })
    const report = await scene.report()
    await scene.report()
    const told = scene.sink.of('transferred')
    expect(told).toMatchObject([{ currency: 'USD', amount: -123_000_000n, cause }])
    expect(report.balances[0]!.amount - before).toBe(-123_000_000n)
  })
})
