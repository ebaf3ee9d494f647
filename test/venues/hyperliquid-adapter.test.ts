import { signUserSignedAction } from '@nktkas/hyperliquid/signing'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createHyperliquidAdapter,
  type HyperliquidAdapter,
  type HyperliquidOptions,
} from '../../src/adapters/mod.ts'
import { createRecordingSink } from '../../src/adapters/venues/recording-sink.ts'
import { createHyperliquidVenue } from '../../src/app/simulators/hyperliquid/venue.ts'
import { wholeUniverse } from '../../src/app/simulators/market/generator.ts'
import { pickInstruments } from '../../src/app/simulators/market/universe.ts'
import {
  MarketCursor,
  MONEY_UNIT,
  type NewOrder,
  notional,
  price,
  quantity,
  roundPrice,
} from '../../src/core/mod.ts'
import {
  approve,
  createMemoryNonceStore,
  finish,
  startTime,
  testAddress,
  testKey,
} from '../support/hyperliquid-stage.ts'
import { keepRunning, routeTo } from '../support/hyperliquid-venue.ts'
import { createVirtualEnvironment } from '../support/virtual-environment.ts'

const coins = ['BTC', 'ETH', 'xyz:SP500', 'xyz:GOLD', 'flx:OIL']
const agentKey = `0x${'7e'.repeat(32)}` as const
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** The live adapter before a simulated venue with builders' dexs, in virtual time. */
function openStage() {
  const instruments = pickInstruments(wholeUniverse(), coins).filter((each) => each !== null)
  const environment = createVirtualEnvironment({
    startTime,
    idle: () => venue.idle(),
    route: {
      http: (request) => routeTo(venue).http(request),
      socket: (input) => routeTo(venue).socket(input),
    },
  })
  const venue = createHyperliquidVenue({
    market: { kind: 'generated', instruments, model: 'zeroEdge', historyMinutes: 3 },
    seed: 7,
    startTime: startTime - 2_000_000,
    now: () => environment.now(),
    network: 'testnet',
    users: [{ address: testAddress, deposit: 100_000n * MONEY_UNIT }],
  })
  venue.advance(startTime)
  keepRunning(venue, environment)
  const sink = createRecordingSink()
  const adapterWith = (changes: Partial<HyperliquidOptions> = {}): HyperliquidAdapter =>
    createHyperliquidAdapter({
      environment,
      restUrl: 'http://venue.test',
      socketUrl: 'ws://venue.test/ws',
      isTestnet: true,
      userAddress: testAddress,
      privateKey: testKey,
      bookStream: 'l2BookFast',
      trades: true,
      nonceStore: createMemoryNonceStore(),
      ...changes,
    })
  closers.push(() => venue.close())
  const settle = <Value>(promise: Promise<Value>): Promise<Value> => finish(environment, promise)
  return { environment, venue, sink, adapterWith, settle }
}

const buy = (instrument: number, changes: Partial<NewOrder>): NewOrder => ({
  clientOrderId: '1'.padStart(32, '0'),
  intentId: 'intent',
  instrument,
  side: 'buy',
  price: price(10_000),
  quantity: quantity(100_000),
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  arrivalPrice: null,
  ...changes,
})

describe('the live adapter on a builder’s dex of the simulated venue', () => {
  it('funds the dex, trades there at the fee it announced, and reports both accounts', async () => {
    const { environment, sink, adapterWith, settle } = openStage()
    const adapter = adapterWith({ leverage: { value: 5, isCross: true } })
    const [, sp500] = await settle(adapter.loadInstruments(['BTC', 'xyz:SP500']))
    expect(adapter.facts(sp500!.id).assetId).toBeGreaterThanOrEqual(110_000)
    const transfer = { sourceDex: '', destinationDex: 'xyz', token: 'USDC' }
    await settle(adapter.sendAsset({ ...transfer, amount: 20_000n * MONEY_UNIT }))
    let ask = 0
    const cursor = new MarketCursor()
    await settle(
      adapter.start({
        event: (event) => sink.event(event),
        market(batch) {
          cursor.load(batch, 0)
          if (cursor.instrument === sp500!.id && cursor.kind === 0) {
            ask = cursor.pool[cursor.aux + 2 * cursor.quantity]!
          }
          sink.market(batch)
        },
      }),
    )
    await environment.run(6_000)
    const order = buy(sp500!.id, {
      price: roundPrice(sp500!, 1.001 * ask, 'up'),
      quantity: quantity(10 ** sp500!.quantityDecimals / 10),
      timeInForce: 'ioc',
    })
    adapter.submit(approve(order))
    await environment.run(2_000)
    expect(sink.evidence(order.clientOrderId)).toContain('filled')
    const executions = sink.of('executed').map(({ execution }) => execution)
    expect(executions.length).toBeGreaterThan(0)
    for (const each of executions) {
      const worth = notional(sp500!, each.price, each.quantity)
      const rate = BigInt(adapter.facts(sp500!.id).fees.takerE9)
      const fee = (worth * rate) / 1_000_000_000n
      // The venue writes six decimals of a fee.
      expect(Number(each.fee - fee) / Number(MONEY_UNIT)).toBeCloseTo(0, 5)
    }
    adapter.queryAccount(startTime)
    await environment.run(2_000)
    const { account } = sink.of('accountReported').at(-1)!
    expect(account.positions.map(({ instrument }) => instrument)).toEqual([sp500!.id])
    const fees = executions.reduce((sum, { fee }) => sum + fee, 0n)
    expect(account.balances).toEqual([{ currency: 'USDC', amount: 100_000n * MONEY_UNIT - fees }])
    await settle(adapter.stop())
  })
})

describe('an agent of the simulated venue', () => {
  it('trades for its account, and is refused a transfer before anything is sent', async () => {
    const { environment, venue, adapterWith, settle, sink } = openStage()
    const owner = adapterWith()
    await settle(owner.loadInstruments(['BTC']))
    await settle(approveAgent(venue, environment.now()))
    const nonceStore = createMemoryNonceStore()
    const agent = adapterWith({ privateKey: agentKey, nonceStore })
    await settle(agent.loadInstruments(['BTC']))
    await settle(agent.start(sink))
    const moved = settle(agent.transferPerpToSpot(MONEY_UNIT))
    await expect(moved).rejects.toThrow(/agents may only trade/)
    expect(nonceStore.saved).toEqual([])
    const resting = buy(0, { postOnly: true, price: price(600_000), quantity: quantity(100) })
    agent.submit(approve(resting))
    await environment.run(500)
    expect(sink.evidence(resting.clientOrderId)).toContain('accepted')
    await settle(agent.stop())
    const stranger = adapterWith({ privateKey: `0x${'3b'.repeat(32)}` })
    await settle(stranger.loadInstruments(['BTC']))
    await expect(settle(stranger.start(sink))).rejects.toMatchObject({ code: 'VENUE_CREDENTIALS' })
  })
})

async function approveAgent(
  venue: ReturnType<typeof createHyperliquidVenue>,
  now: number,
): Promise<void> {
  const nonce = Math.floor(now / 1000)
  const action = {
    type: 'approveAgent',
    signatureChainId: '0x66eee' as const,
    hyperliquidChain: 'Testnet',
    agentAddress: privateKeyToAccount(agentKey).address.toLowerCase(),
    agentName: 'desk',
    nonce,
  }
  const signature = await signUserSignedAction({
    wallet: privateKeyToAccount(testKey as `0x${string}`),
    action,
    types: {
      'HyperliquidTransaction:ApproveAgent': [
        { name: 'hyperliquidChain', type: 'string' },
        { name: 'agentAddress', type: 'address' },
        { name: 'agentName', type: 'string' },
        { name: 'nonce', type: 'uint64' },
      ],
    },
  })
  const reply = await venue.handleHttp({
    method: 'POST',
    path: '/exchange',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action, nonce, signature }),
    receivedTimeUs: now,
  })
  expect(JSON.parse(reply.body)).toMatchObject({ status: 'ok' })
}
