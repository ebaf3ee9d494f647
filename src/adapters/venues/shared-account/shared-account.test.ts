import { describe, expect, it } from 'vitest'
import { type MarketBatch, MarketCursor, MarketWriter, price, quantity } from '../../../core/mod.ts'
import type { ApprovedOrder } from './options.ts'
import { coin, createMemory, FakeVenue, makeEngines, settle, startFleet } from './test-kit.ts'

const UNIT = 10n ** 8n
const coins = [coin(0, 'BTC', { minimumNotional: UNIT }), coin(1, 'ETH')]

async function twoOnBoth() {
  const venue = new FakeVenue(coins, 5_000n * UNIT)
  const memory = createMemory()
  const engines = makeEngines(['BTC', 'ETH'], ['ETH', 'BTC'])
  const fleet = await startFleet(venue, memory, engines)
  const [taker, maker] = engines as [(typeof engines)[0], (typeof engines)[0]]
  const ask = async () => {
    for (const view of fleet.account.views) view.queryAccount(0)
    await settle()
  }
  return { ...fleet, venue, memory, taker, maker, ask }
}

describe('engines on one account', () => {
  it('begin with the money they were given, and the account keeps the rest', async () => {
    const { account, taker, maker } = await twoOnBoth()
    expect(taker.ledger!.cash('USDC')).toBe(1_000n * UNIT)
    expect(maker.ledger!.cash('USDC')).toBe(1_000n * UNIT)
    const { currencies, isEqual } = account.state()
    expect(currencies).toMatchObject([{ unallocated: 3_000n * UNIT, account: 5_000n * UNIT }])
    expect(isEqual).toBe(true)
  })

  it('hear of their own fills only, in their own instrument ids', async () => {
    const { account, venue, taker, maker, ask } = await twoOnBoth()
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 30 })
    venue.fill(maker.orderId(1), { instrument: 0, side: 'sell', price: 1010, lots: 10, fee: 7n })
    expect(taker.ledger!.position(0).quantity).toBe(30)
    expect(maker.ledger!.position(1).quantity).toBe(-10)
    expect(maker.ledger!.position(0).quantity).toBe(0)
    await ask()
    expect([taker.differences, maker.differences]).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(account.state().isEqual).toBe(true)
  })

  it('get fills that no stream told of with the next report', async () => {
    const { account, venue, maker, ask } = await twoOnBoth()
    venue.fill(maker.orderId(1), { instrument: 1, side: 'buy', price: 90, lots: 5 }, false)
    await ask()
    expect(maker.ledger!.position(0).quantity).toBe(5)
    expect(account.state().isEqual).toBe(true)
  })

  it('all see what nobody explains, until one of them takes it over', async () => {
    const { account, notices, venue, taker, maker, ask } = await twoOnBoth()
    venue.fill(null, { instrument: 0, side: 'buy', price: 1000, lots: 4 })
    await ask()
    expect([taker.differences, maker.differences]).toEqual([
      [4, 0],
      [0, 4],
    ])
    expect(notices.map(({ code }) => code)).toEqual(['UNOWNED_EXECUTION', 'SUMS_DIFFER'])
    expect(notices[1]!.text).toBe('BTC: the account holds 0.004, the engines 0')
    taker.adopts = true
    await ask()
    await ask()
    expect([taker.differences, maker.differences]).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(account.state().isEqual).toBe(true)
    expect(notices.at(-1)!.code).toBe('SUMS_EQUAL')
  })

  it('all see a position that the venue lost', async () => {
    const { account, venue, taker, maker, ask } = await twoOnBoth()
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 30 })
    venue.ledger.adoptPosition(0, { quantity: 25, price: 1000, time: 1 })
    await ask()
    expect([taker.differences, maker.differences]).toEqual([
      [-5, 0],
      [0, -5],
    ])
    expect(account.state().isEqual).toBe(false)
  })

  it('leave a fill by hand to the only engine of its instrument', async () => {
    const venue = new FakeVenue(coins, 5_000n * UNIT)
    const engines = makeEngines(['BTC'], ['ETH'])
    const { account } = await startFleet(venue, createMemory(), engines)
    venue.fill(null, { instrument: 1, side: 'sell', price: 90, lots: 5 })
    expect(engines[1]!.ledger!.position(0).quantity).toBe(-5)
    expect(account.state().isEqual).toBe(true)
  })

  it('share a payment by what each held when it was due', async () => {
    const { account, venue, taker, maker } = await twoOnBoth()
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 3 })
    venue.fill(maker.orderId(1), { instrument: 0, side: 'sell', price: 1000, lots: 1 })
    const due = venue.now
    venue.fill(maker.orderId(2), { instrument: 0, side: 'buy', price: 1000, lots: 1 })
    venue.now = due - 1_000
    venue.pay('BTC:1', 0, -100n)
    expect(taker.ledger!.position(0).funding).toBe(-150n)
    expect(maker.ledger!.position(1).funding).toBe(50n)
    expect(account.state().isEqual).toBe(true)
  })

  it('ask the venue to hold an exit to reducing only where it is too small otherwise', async () => {
    const { account, venue, taker, maker } = await twoOnBoth()
    const exit = (instrument: number, lots: number): ApprovedOrder =>
      ({
        ...{ instrument, side: 'sell', quantity: quantity(lots), price: price(990) },
        ...{ reduceOnly: true, clientOrderId: 'x', intentId: 'i', timeInForce: 'ioc' },
        ...{ postOnly: false, arrivalPrice: null },
      }) as unknown as ApprovedOrder
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 30 })
    account.views[0]!.submit(exit(0, 3))
    account.views[0]!.submit(exit(0, 30))
    venue.fill(maker.orderId(1), { instrument: 0, side: 'sell', price: 1000, lots: 28 })
    account.views[0]!.submit(exit(0, 3))
    expect(venue.sent.map(({ reduceOnly }) => reduceOnly)).toEqual([true, false, false])
    expect(venue.sent.map(({ isExit }) => isExit)).toEqual([true, true, true])
  })

  it('replace an order by an order, both in the ids of the account', async () => {
    const { account, venue, maker } = await twoOnBoth()
    const [old, moved] = [maker.orderId(1), maker.orderId(2)]
    const order = {
      ...{ instrument: 1, side: 'buy', quantity: quantity(5), price: price(990) },
      ...{ reduceOnly: false, clientOrderId: moved, intentId: 'i', timeInForce: 'gtc' },
      ...{ postOnly: false, arrivalPrice: null },
    } as unknown as ApprovedOrder
    const replaced = { clientOrderId: old, instrument: 1, venueOrderId: 'v', filledQuantity: 2 }
    account.views[1]!.replace!(order, replaced as never)
    expect(venue.sent).toEqual([])
    const own = venue.replacing[0]!
    expect([own.order.instrument, own.replaced]).toEqual([0, { ...replaced, instrument: 0 }])
  })

  it('get the market data of their instruments in their own ids', async () => {
    const venue = new FakeVenue(coins, 5_000n * UNIT)
    const engines = makeEngines(['BTC', 'ETH'], ['ETH'])
    const { account } = await startFleet(venue, createMemory(), engines)
    const seen: [number, number][] = []
    const cursor = new MarketCursor()
    const read = (batch: MarketBatch) => {
      for (let i = 0; i < batch.count; i++) {
        cursor.load(batch, i)
        seen.push([cursor.instrument, cursor.price])
      }
    }
    account.views[1]!.start({ market: read, event: () => {} }).catch(() => {})
    const writer = new MarketWriter(4)
    const head = (instrument: number) => ({ receivedTime: 1, venueTime: 1, instrument })
    writer.trade(head(0), 'buy', 1000, 1, 1)
    writer.trade(head(1), 'sell', 90, 2, 2)
    venue.market(writer.batch())
    expect(seen).toEqual([[0, 90]])
    expect(engines[0]!.batches).toBe(1)
  })
})

describe('an engine that ended', () => {
  it('keeps what it held, and what of its orders still fills', async () => {
    const { account, venue, taker, maker, ask } = await twoOnBoth()
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 30 })
    taker.isStopped = true
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 2 })
    await account.views[0]!.stop()
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 1 })
    venue.pay('BTC:1', 0, -33n)
    await ask()
    expect(maker.differences).toEqual([0, 0])
    expect(account.state()).toMatchObject({
      isEqual: true,
      instruments: [{ engines: [33_000_000n, 0n] }, {}],
    })
  })
})

describe('the start of an account', () => {
  it('is refused where the engines are to have more than there is', async () => {
    const venue = new FakeVenue(coins, 1_999n * UNIT)
    const starting = startFleet(venue, createMemory(), makeEngines(['BTC'], ['BTC']))
    await expect(starting).rejects.toMatchObject({
      code: 'ORN-FLEET-002',
      details: [
        expect.stringContaining('the account has 1999.00000000, its engines are to have 2000'),
      ],
    })
  })

  it('gives everything to an engine that is alone, and what comes in later', async () => {
    const venue = new FakeVenue(coins, 70n * UNIT)
    const [engine] = makeEngines(['BTC'])
    const { account } = await startFleet(venue, createMemory(), [engine!])
    const times = { receivedTime: venue.now, venueTime: venue.now + 1 }
    const money = { transferId: 't', currency: 'USDC', amount: 5n * UNIT }
    venue.ledger.applyTransfer('USDC', money.amount)
    venue.tell({ kind: 'transferred', ...times, ...money })
    expect(engine!.ledger!.cash('USDC')).toBe(75n * UNIT)
    expect(account.state()).toMatchObject({ isEqual: true, currencies: [{ unallocated: 0n }] })
  })

  it('charges fees of sales to the only engine that trades shares', async () => {
    const share = coin(2, 'AAPL', { kind: 'equity', baseCurrency: 'AAPL' })
    const venue = new FakeVenue([...coins.slice(0, 2), share], 4_000n * UNIT)
    const [coinEngine, shareEngine] = makeEngines([venue.instruments[0]!.symbol], ['AAPL'])
    const { account } = await startFleet(venue, createMemory(), [coinEngine!, shareEngine!])
    const before = [coinEngine!, shareEngine!].map(({ ledger }) => ledger!.cash('USDC'))
    const times = { receivedTime: venue.now, venueTime: venue.now + 1 }
    const fee = { transferId: 'f', currency: 'USDC', amount: -3n * UNIT, cause: 'fee' } as const
    venue.ledger.applyTransfer('USDC', fee.amount, 'fee')
    venue.tell({ kind: 'transferred', ...times, ...fee })
    expect(account.state().isEqual).toBe(true)
    const after = [coinEngine!, shareEngine!].map(({ ledger }) => ledger!.cash('USDC'))
    expect(after.map((cash, i) => cash - before[i]!)).toEqual([0n, -3n * UNIT])
  })

  it('is refused where a position could be either engine’s', async () => {
    const venue = new FakeVenue(coins, 5_000n * UNIT)
    venue.fill(null, { instrument: 0, side: 'buy', price: 1000, lots: 4 })
    const starting = startFleet(venue, createMemory(), makeEngines(['BTC'], ['BTC']))
    await expect(starting).rejects.toMatchObject({ code: 'ORN-FLEET-002' })
  })

  it('gives a position to the only engine that can mean it', async () => {
    const venue = new FakeVenue(coins, 5_000n * UNIT)
    venue.fill(null, { instrument: 0, side: 'buy', price: 1000, lots: 4 })
    const engines = makeEngines(['BTC'], ['ETH'])
    const { account } = await startFleet(venue, createMemory(), engines)
    expect(engines[0]!.ledger!.position(0).quantity).toBe(4)
    expect(account.state().isEqual).toBe(true)
  })

  it('is refused when what was kept is gone and an engine has begun', async () => {
    const { venue, engines } = await twoOnBoth()
    const starting = startFleet(venue, createMemory(), engines)
    await expect(starting).rejects.toMatchObject({ code: 'ORN-FLEET-003' })
  })

  it('asks again when the account does not answer', async () => {
    const venue = new FakeVenue(coins, 5_000n * UNIT)
    venue.refusals = 3
    const { account } = await startFleet(venue, createMemory(), makeEngines(['BTC'], ['BTC']))
    expect(account.state().isEqual).toBe(true)
  })
})

describe('after a restart', () => {
  it('what happened meanwhile is counted once, by engine and by account', async () => {
    const { venue, memory, engines, taker, maker } = await twoOnBoth()
    venue.fill(taker.orderId(1), { instrument: 0, side: 'buy', price: 1000, lots: 30 })
    venue.fill(maker.orderId(1), { instrument: 0, side: 'sell', price: 1010, lots: 10 }, false)
    const payment = venue.pay('BTC:1', 0, -100n)
    const before = maker.ledger!.position(1).funding
    const { account } = await startFleet(venue, memory, engines)
    venue.tell(payment)
    for (const execution of venue.executions) venue.tellExecution(execution)
    expect(maker.ledger!.position(1)).toMatchObject({ quantity: -10, funding: before })
    expect(account.state().isEqual).toBe(true)
  })
})
