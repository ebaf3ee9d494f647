import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueAccount } from '../../src/app/simulators/alpaca/state/margin.ts'
import type { VenueState } from '../../src/app/simulators/alpaca/state/venue-state.ts'
import { memoryStore } from '../../src/app/simulators/alpaca/store.ts'
import { createStage, KEY, marketOf, SECRET, type Stage } from './alpaca-stage.ts'

const symbols = ['BTC/USD', 'AAPL', 'GME'] as const
const market = marketOf(['BTC/USD'], ['AAPL', 'GME'])
/** A small account: limits are met. */
const accounts = [{ key: KEY, secret: SECRET, cash: 20_000n * 10n ** 9n }]

const action = fc.oneof(
  // Against what is held: less, all, or more of it.
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('reduce' as const),
      symbol: fc.constantFrom(...symbols),
      percent: fc.constantFrom(30, 60, 100, 101, 150),
      byNotional: fc.boolean(),
      isFar: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      symbol: fc.constantFrom(...symbols),
      side: fc.constantFrom('buy', 'sell'),
      type: fc.constantFrom(
        ...(['market', 'market', 'market', 'market', 'limit', 'limit'] as const),
        ...(['stop', 'stop_limit', 'trailing_stop'] as const),
      ),
      tif: fc.constantFrom('day', 'day', 'day', 'day', 'gtc', 'ioc', 'fok', 'cls'),
      /** Dollars; of a share's price, in percent. */
      dollars: fc.integer({ min: 1, max: 30_000 }),
      percent: fc.integer({ min: 97, max: 103 }),
      isWhole: fc.boolean(),
      byNotional: fc.boolean(),
      orderClass: fc.constantFrom('', '', '', '', '', '', 'bracket', 'oco'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      pick: fc.nat(20),
      factor: fc.integer({ min: 50, max: 300 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), pick: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('locate' as const), qty: fc.constantFrom(100, 200) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('dividend' as const),
      symbol: fc.constantFrom('AAPL', 'GME'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      seconds: fc.constantFrom(1, 10, 120, 900),
    }),
  },
)
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

async function act(stage: Stage, asked: Action): Promise<void> {
  switch (asked.kind) {
    case 'pass':
      return stage.pass(asked.seconds)
    case 'dividend':
      stage.venue.control('POST /dividend', { symbol: asked.symbol, perShare: '0.1' })
      return
    case 'locate':
      await stage.ask('POST', '/v1/locates', { symbol: 'GME', qty: asked.qty })
      return
    case 'close':
      await stage.ask('DELETE', `/v2/positions/${symbols[asked.pick % 3]}`)
      return
    case 'cancel':
    case 'replace': {
      const open = await stage.get('/v2/orders?limit=500')
      const order = open[asked.pick % Math.max(1, open.length)]
      if (order === undefined) return
      const path = `/v2/orders/${order.id}`
      if (asked.kind === 'cancel') await stage.ask('DELETE', path)
      else
        await stage.ask('PATCH', path, {
          qty: ((Number(order.qty) * asked.factor) / 100).toFixed(0),
        })
      return
    }
    case 'reduce':
      return reduce(stage, asked)
    case 'order':
      await place(stage, asked)
  }
}

async function place(stage: Stage, asked: Extract<Action, { kind: 'order' }>): Promise<void> {
  const { listing, data } = stage.venue.state
  const asset = listing.find(asked.symbol)!
  const { quote } = data[asset.index]!
  if (quote === null) return
  const price = quote.ask / 10 ** asset.instrument.priceDecimals
  const at = ((price * asked.percent) / 100).toFixed(2)
  const amount = asked.dollars / price
  const size = asked.byNotional
    ? { notional: asked.dollars }
    : { qty: asked.isWhole ? Math.ceil(amount) : amount.toFixed(9) }
  const { type, side } = asked
  const exits = {
    take_profit: { limit_price: (price * 1.02).toFixed(2) },
    stop_loss: { stop_price: (price * 0.98).toFixed(2) },
  }
  await stage.order({
    symbol: asked.symbol,
    side,
    type,
    // Coins have no days.
    time_in_force: asked.symbol === 'BTC/USD' && asked.tif === 'day' ? 'gtc' : asked.tif,
    ...size,
    ...(type.includes('limit') ? { limit_price: at } : {}),
    ...(type === 'stop' || type === 'stop_limit' ? { stop_price: at } : {}),
    ...(type === 'trailing_stop' ? { trail_percent: 1 } : {}),
    ...(asked.orderClass === '' ? {} : { order_class: asked.orderClass, ...exits }),
  })
}

async function reduce(stage: Stage, asked: Extract<Action, { kind: 'reduce' }>): Promise<void> {
  const { status, body } = await stage.ask('GET', `/v2/positions/${asked.symbol}`)
  if (status !== 200) return
  const isLong = body.side === 'long'
  const price = Number(body.current_price)
  const qty = (Math.abs(Number(body.qty)) * asked.percent) / 100
  const at = price * (asked.isFar ? (isLong ? 1.05 : 0.95) : 1)
  await stage.order({
    symbol: asked.symbol,
    side: isLong ? 'sell' : 'buy',
    type: asked.isFar ? 'limit' : 'market',
    time_in_force: asked.symbol === 'BTC/USD' ? 'gtc' : 'day',
    ...(asked.byNotional ? { notional: (qty * price).toFixed(2) } : { qty: qty.toFixed(9) }),
    ...(asked.isFar ? { limit_price: at.toFixed(2) } : {}),
  })
}

/** What holds at every moment, to the last unit. */
function checkBooks(state: VenueState): void {
  const { books, accounts: all } = state
  const cash = all.reduce((sum, each) => sum + each.cash, 0n)
  expect(cash).toBe(books.deposited - books.traded - books.charged)
  for (const asset of state.assets) {
    const held = all.reduce((sum, each) => sum + (each.positions.get(asset.index)?.qty ?? 0n), 0n)
    const given = books.given.get(asset.index) ?? 0n
    expect(held).toBe(given - (books.feeUnits.get(asset.index) ?? 0n))
    if (asset.class === 'crypto') expect(held >= 0n).toBe(true)
    else if (held < 0n) expect(held % 10n ** 9n).toBe(0n)
  }
  for (const account of all) {
    for (const order of account.orders.values()) {
      if (order.qty !== null) expect(order.filledQty <= order.qty).toBe(true)
      expect(account.open.has(order.id)).toBe(state.openOrders[order.asset]!.has(order))
      const isClosed = ['filled', 'canceled', 'expired', 'replaced', 'rejected'].includes(
        order.status,
      )
      expect(account.open.has(order.id), `${order.status}`).toBe(!isClosed)
    }
    for (const { index } of state.assets) {
      // What closes never closes more than was opened.
      const of = (intent: string) =>
        [...account.orders.values()]
          .filter(({ asset, positionIntent }) => asset === index && positionIntent === intent)
          .reduce((sum, { filledQty }) => sum + filledQty, 0n)
      expect(of('buy_to_open') >= of('sell_to_close')).toBe(true)
      expect(of('sell_to_open') >= of('buy_to_close')).toBe(true)
    }
    const filled = new Map<string, bigint>()
    for (const each of account.activities) {
      if (each.kind === 'fill')
        filled.set(each.orderId, (filled.get(each.orderId) ?? 0n) + each.qty)
    }
    for (const [id, qty] of filled) expect(account.orders.get(id)!.filledQty).toBe(qty)
  }
}

test('money and units add up, nothing is oversold, and power is never overdrawn by acceptance', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 25, maxLength: 60, size: 'max' }),
      async (actions) => {
        const stage = createStage('2026-11-20T14:35:00Z', { market, accounts })
        const { state } = stage.venue
        for (const each of actions) {
          const [account] = state.accounts
          const before = account!.open.size + account!.orders.size
          await act(stage, each)
          checkBooks(state)
          const isNew = account!.open.size + account!.orders.size > before
          if (each.kind !== 'order' || !isNew) continue
          const { sharePowerLeft, coinPowerLeft, equity } = valueAccount(state, account!)
          // A fill at once pays the spread and the fee out of equity, and margin counts it up to four times.
          const slack = -equity / 20n
          if (each.side === 'buy' && each.symbol === 'BTC/USD')
            expect(coinPowerLeft > slack).toBe(true)
          else expect(sharePowerLeft > slack).toBe(true)
        }
      },
    ),
    { numRuns: 25, seed: 20261121 },
  )
}, 60_000)

test('a venue that is started again from any checkpoint is the one that was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 10, maxLength: 30, size: 'max' }),
      fc.nat(25),
      async (actions, cut) => {
        const store = memoryStore()
        const stage = createStage('2026-11-20T14:35:00Z', { market, accounts, store })
        for (const [i, each] of actions.entries()) {
          await act(stage, each)
          if (i === cut) stage.venue.checkpoint()
        }
        const again = createStage('2026-11-20T14:35:00Z', { market, accounts, store })
        const { state } = again.venue
        state.advance(stage.venue.state.time)
        const plain = ({ venue }: Stage) => {
          const { feed, ...rest } = venue.state.snapshot()
          return structuredClone(rest)
        }
        expect(plain(again)).toEqual(plain(stage))
      },
    ),
    { numRuns: 12, seed: 20261121 },
  )
}, 60_000)
