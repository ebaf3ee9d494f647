import { describe, expect, it } from 'vitest'
import { createVirtualEnvironment, type VenueAdapter } from '../../src/adapters/mod.ts'
import { parseConfig } from '../../src/app/config/load.ts'
import { createShadowVenue } from '../../src/app/run/shadow-venue.ts'
import { Bench, SECOND, SESSION, START } from '../../src/core/engine/test-kit.ts'
import {
  type Approved,
  breakerPolicy,
  MarketWriter,
  type NewOrder,
  price,
  quantity,
  type Side,
} from '../../src/core/mod.ts'
import { createReversion, type ReversionParameters } from '../../src/strategies/mod.ts'

/**
 * Defects of the earlier systems that concern the core, each as a test that ours passes. All of
 * them, with the tests beside the code, are listed in list.test.ts.
 */

const parameters: ReversionParameters = {
  tier: { longEntry: -1.25, longExit: -0.5, shortEntry: 1.25, shortExit: 0.5 },
  overrides: {},
  direction: 'both',
  imbalanceThreshold: null,
  trendGate: false,
  revertGate: null,
  stopLoss: null,
  timeStopUs: null,
  costGate: null,
  notional: 100,
  entryUrgency: 'passive',
  exitUrgency: 'passive',
}

const reverting = (change: Partial<ReversionParameters>) =>
  new Bench({ strategy: createReversion({ ...parameters, ...change }) }).start()

/** An order as if the strategy had sent it, for fills that arrive out of nowhere. */
const loose = (id: string, side: Side = 'buy', instrument = 0): NewOrder => ({
  clientOrderId: id,
  intentId: 'loose',
  instrument,
  side,
  price: price(1000),
  quantity: quantity(100),
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  arrivalPrice: null,
})

describe('1: an order that the gate refuses', () => {
  it('leaves no phantom position, and its own size is counted once', () => {
    const limits = { ...new Bench().config.limits, netNotionalMax: 15 }
    const bench = new Bench({ limits }).start()
    bench.wanted.push({
      ...{ kind: 'enter', instrument: 0, side: 'buy', urgency: 'passive', reason: 'test' },
      quantity: quantity(200),
    })
    bench.pass(1)
    expect(bench.denials).toEqual(['NET_NOTIONAL'])
    expect(bench.lots()).toBe(0)
    expect(bench.engine.world.works[0]).toBeNull()
    expect(bench.engine.world.orders.worstCaseLots(0, 'buy')).toBe(0)
    // 14 of 15 are allowed: nothing of the refused 20 is left in the sum.
    expect(bench.enter('buy', 140).quantity).toBe(140)
  })
})

describe('2: the rollback of an entry', () => {
  it('never forgets a position that is real', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.fill(order, 60)
    bench.report(order, 'rejected', { code: 'other' })
    expect(bench.lots()).toBe(60)
    expect(bench.engine.world.ledger.averageEntryPrice(0)).toBe(1000)
    bench.report(order, 'canceled')
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 60, reduceOnly: true })
  })
})

describe('2: a position that differs', () => {
  it('is said once and not worked against again and again, where it stops the instrument', () => {
    const bench = new Bench().start()
    for (let i = 0; i < 5; i++) {
      bench.position(60)
      bench.pass(1)
    }
    expect(bench.of('differenceFound')).toHaveLength(1)
    expect(bench.sent).toEqual([])
  })

  it('and is adopted stays adopted when the entry on its way is refused', () => {
    const bench = new Bench({ onDifference: 'adopt' }).start()
    const order = bench.enter('buy', 100)
    bench.position(60)
    bench.position(60)
    bench.report(order, 'rejected', { code: 'other' })
    bench.pass(5)
    expect(bench.lots()).toBe(60)
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 60, reduceOnly: true })
  })
})

describe('3: reconciling', () => {
  it('does not move entry times, so a time stop comes when it is due', () => {
    const bench = reverting({ timeStopUs: 10 * SECOND })
    bench.executed(bench.execution(loose('a'), 100))
    const entered = bench.engine.world.ledger.position(0).entryTime
    for (let i = 0; i < 9; i++) {
      bench.pass(1)
      bench.position(100)
    }
    expect(bench.engine.world.ledger.position(0).entryTime).toBe(entered)
    expect(bench.sent).toEqual([])
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 100, timeInForce: 'ioc' })
  })

  it('nor does a restart', () => {
    const bench = reverting({ timeStopUs: 10 * SECOND })
    bench.executed(bench.execution(loose('a'), 100))
    bench.pass(6)
    const again = new Bench({ strategy: createReversion({ ...parameters, timeStopUs: 1e7 }) })
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    again.now = bench.now
    again.session(true)
    again.stream('book', 'connected')
    again.stream('account', 'connected')
    again.position(100)
    again.book(0, 1000, 1002)
    again.pass(3)
    expect(again.sent).toEqual([])
    again.pass(1)
    expect(again.lastSent()).toMatchObject({ side: 'sell', quantity: 100, reduceOnly: true })
  })
})

describe('3: a position that is taken over', () => {
  it('has the time of the fill that opened it, not that of the query', () => {
    const bench = new Bench()
    bench.session(false)
    bench.stream('account', 'connected')
    const at = (seconds: number) => bench.now - seconds * SECOND
    const executions = [
      bench.execution(loose('a', 'sell'), 30, { venueTime: at(900) }),
      bench.execution(loose('b'), 80, { venueTime: at(600) }),
      bench.execution(loose('c', 'buy', 1), 80, { venueTime: at(500) }),
      bench.execution(loose('d'), 10, { venueTime: at(400) }),
    ]
    const held = { instrument: 0, quantity: 60 as never, averageEntryPrice: 1000 }
    bench.account({ executions, positions: [held] })
    expect(bench.engine.world.ledger.position(0).entryTime).toBe(at(600))
  })
})

describe('4: an entry that fills after the venue was seen flat', () => {
  it('has its price and its time, so that stops protect it', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.account({
      openOrders: [
        {
          ...{ clientOrderId: order.clientOrderId, venueOrderId: '1', instrument: 0, side: 'buy' },
          ...{ price: order.price, leavesQuantity: quantity(100), reduceOnly: false },
        },
      ],
    })
    expect(bench.record(order).state).toBe('open')
    bench.pass(2)
    bench.fill(order, 100)
    const { ledger } = bench.engine.world
    expect(ledger.averageEntryPrice(0)).toBe(1000)
    expect(ledger.position(0).entryTime).toBe(bench.now)
  })

  it('is stopped out by a loss', () => {
    const bench = reverting({ stopLoss: 0.01 })
    bench.executed(bench.execution(loose('a'), 100))
    bench.book(0, 985, 987)
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 100, timeInForce: 'ioc' })
  })
})

describe('5: a query that failed', () => {
  it('wipes nothing', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    for (let i = 0; i < 5; i++) {
      bench.tell({ kind: 'accountQueryFailed', receivedTime: bench.now, text: 'timeout' })
      bench.pass(10)
    }
    expect(bench.lots()).toBe(100)
    expect(bench.engine.world.stops).toEqual([null, null])
  })
})

describe('6: repricing', () => {
  it('sends what is left, and giving up keeps what filled', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.fill(order, 70)
    bench.book(0, 1001, 1003)
    bench.pass(2)
    bench.report(order, 'canceled')
    bench.pass(1)
    const second = bench.lastSent()
    expect(second.quantity).toBe(30)
    bench.report(second, 'accepted')
    bench.pass(31)
    bench.report(second, 'canceled')
    expect(bench.lots()).toBe(70)
    expect(bench.engine.world.works[0]).toBeNull()
  })

  it('counts a late fill of the order that was replaced', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.book(0, 1001, 1003)
    bench.pass(2)
    bench.report(order, 'canceled')
    bench.pass(1)
    bench.fill(order, 25)
    expect(bench.lots()).toBe(25)
  })

  it('takes "already filled" for no answer about fills', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.pass(31)
    expect(bench.canceled).toEqual([order.clientOrderId])
    bench.report(order, 'cancelRejected', { text: 'already canceled, or filled' })
    expect(bench.engine.world.works[0]).not.toBeNull()
    bench.fill(order, 100)
    expect(bench.lots()).toBe(100)
    expect(bench.record(order).state).toBe('filled')
  })
})

describe('7: an exit that fills in part', () => {
  it('is not flat, goes on with the rest, and can never flip', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit('aggressive')
    bench.fill(bench.lastSent(), 40)
    bench.report(bench.lastSent(), 'canceled')
    expect(bench.lots()).toBe(60)
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ quantity: 60, reduceOnly: true })
    expect(bench.sent.slice(1).every((order) => order.reduceOnly)).toBe(true)
  })
})

describe('8: a submit whose answer is no answer', () => {
  it('is one order in doubt: not a success, not a rollback, not two', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'unknown', { text: 'the body was a text' })
    bench.pass(60)
    expect([...bench.engine.world.orders.records()]).toHaveLength(1)
    expect(bench.record(order).state).toBe('unknown')
    expect(bench.lots()).toBe(0)
    expect(bench.engine.world.orders.worstCaseLots(0, 'buy')).toBe(100)
  })
})

describe('9: fills', () => {
  it('are booked under the intent that sent their order', () => {
    const bench = new Bench().start()
    const first = bench.enter('buy', 100)
    const second = bench.enter('sell', 50, { instrument: 1 })
    expect(first.intentId).not.toBe(second.intentId)
    bench.fill(second, 50)
    expect(bench.lots(0)).toBe(0)
    expect(bench.lots(1)).toBe(-50)
    expect(bench.engine.world.works[0]?.filledLots).toBe(0)
  })
})

describe('9: the tag of an order', () => {
  it('is that of the strategy whose instrument it is', () => {
    const bench = new Bench({ ownerOf: (id) => (id === 1 ? 'momentum' : 'reversion') }).start()
    expect(bench.enter('buy', 100).intentId).toMatch(/^reversion-/)
    expect(bench.enter('sell', 50, { instrument: 1 }).intentId).toMatch(/^momentum-/)
  })
})

describe('10: an instrument in shadow', () => {
  it('leaves its would-be positions by would-be fills, and keeps nothing pending', () => {
    const bench = new Bench({ shadow: [0] }).start()
    bench.book(0, 1000, 1002, 500)
    const enter = { kind: 'enter', instrument: 0, side: 'buy', urgency: 'aggressive' } as const
    bench.wanted.push({ ...enter, quantity: quantity(100), reason: 'test' })
    bench.pass(2, false)
    expect(bench.engine.view.position(0)).toBe(100)
    bench.wanted.push({ kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'test' })
    bench.pass(2, false)
    expect(bench.engine.view.position(0)).toBe(0)
    expect([...bench.engine.world.orders.allActive()]).toEqual([])
    expect(bench.sent).toEqual([])
  })
})

describe('10: shadow', () => {
  it('needs no key, sends nothing and leaves nothing pending', async () => {
    const refuse = () => {
      throw new Error('shadow touches the venue')
    }
    const data = {
      ...{ venue: 'test', capabilities: {}, submit: refuse, cancel: refuse },
      ...{ queryOrder: refuse, queryAccount: refuse, start: () => Promise.resolve() },
    } as unknown as VenueAdapter
    const route = { http: refuse, socket: () => null }
    const environment = createVirtualEnvironment({ startTime: START, route })
    const bench = new Bench().start()
    const shadow = createShadowVenue(data, environment, { currency: 'USDC', balance: 1000 })
    await shadow.start({
      market: () => {},
      event: (event) => bench.tell({ ...event, receivedTime: bench.now }),
    })
    const order = bench.enter('buy', 100)
    shadow.submit(order as Approved<NewOrder>)
    expect(bench.record(order).state).toBe('canceled')
    bench.pass(40)
    expect([...bench.engine.world.orders.allActive()]).toEqual([])
    expect(bench.lots()).toBe(0)
  })
})

describe('11: fills while nobody listened', () => {
  it('are fetched when the stream is back, and open orders are asked for at the start', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.stream('account', 'disconnected')
    bench.pass(5)
    const asked = bench.of('queryAccount').length
    bench.stream('account', 'connected')
    const query = bench.of('queryAccount').at(-1)!
    expect(bench.of('queryAccount')).toHaveLength(asked + 1)
    expect(query.since).toBeLessThan(bench.now - 5 * SECOND)
    const execution = bench.execution(order, 100)
    const held = { instrument: 0, quantity: 100 as never, averageEntryPrice: 1000 }
    bench.account({ executions: [execution], positions: [held] })
    expect(bench.lots()).toBe(100)
    expect(bench.record(order).state).toBe('filled')
    expect(new Bench().start().of('queryAccount')).toHaveLength(1)
  })

  it('and a shutdown cancels what rests', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.tell({ kind: 'sessionStopping', receivedTime: bench.now, reason: 'shutdown' })
    expect(bench.canceled).toEqual([order.clientOrderId])
  })
})

describe('12: the source of a signal', () => {
  it('is the one that was declared: no other stream moves it', () => {
    const closes = (source: 'mid' | 'bar') => {
      const signal = { ...new Bench().config.signal, source }
      const bench = new Bench({ signal }).start()
      const writer = new MarketWriter(4)
      const head = {
        receivedTime: bench.now + SECOND,
        venueTime: bench.now + SECOND,
        instrument: 0,
      }
      bench.now += SECOND
      const bar = { open: 9000, high: 9000, low: 9000, close: 9000, volume: 1 }
      writer.trade(head, 'buy', 8000, 5, 1)
      writer.bar(head, { ...bar, openTime: bench.now - SECOND })
      bench.market(writer)
      bench.book(0, 1000, 1002)
      bench.pass(1)
      return bench.engine.world.signals[0]!.bar?.close
    }
    expect(closes('mid')).toBe(2002)
    expect(closes('bar')).toBe(18_000)
  })
})

describe('13: a signal', () => {
  it('costs one command and no question to the venue', () => {
    const bench = new Bench().start()
    const before = bench.effects.length
    bench.enter('buy', 100)
    expect(bench.effects.slice(before).map(({ kind }) => kind)).toEqual(['submitOrder'])
  })

  it('on a book that is too old begins nothing', () => {
    const bench = new Bench().start()
    bench.pass(6, false)
    bench.wanted.push({
      ...{ kind: 'enter', instrument: 0, side: 'buy', urgency: 'passive', reason: 'test' },
      quantity: quantity(100),
    })
    bench.pass(1, false)
    expect(bench.denials).toEqual(['BOOK_STALE'])
  })
})

describe('13: bars', () => {
  it('end on the minute of the clock, whenever the session began, also in silence', () => {
    const signal = { ...new Bench().config.signal, intervalUs: 60 * SECOND }
    const bench = new Bench({ signal })
    bench.now += 17 * SECOND
    bench.start()
    bench.pass(120)
    const { bar } = bench.engine.world.signals[0]!
    expect(bar!.closeTime % (60 * SECOND)).toBe(0)
    expect(bar!.openTime % (60 * SECOND)).toBe(0)
    const { count } = bar!
    bench.pass(60, false)
    expect(bench.engine.world.signals[0]!.bar!.count).toBeGreaterThanOrEqual(count)
  })

  it('of history are finished ones only', () => {
    const bench = new Bench()
    bench.now = START + 10 * SECOND
    bench.session(false)
    const bars = [7, 8, 9, 10].map((second) => ({
      ...{ open: 1000, high: 1000, low: 1000, close: 1000 + second, volume: 1 },
      openTime: START + second * SECOND,
      closeTime: START + (second + 1) * SECOND,
    }))
    bench.tell({ kind: 'barsSeeded', receivedTime: bench.now, instrument: 0, bars })
    expect(bench.engine.world.signals[0]!.bar?.closeTime).toBe(bench.now)
  })
})

describe('14: breakers', () => {
  const limits = { ...new Bench().config.limits, breakers: [breakerPolicy('dailyLoss', 5)] }

  it('measure from the day’s start, not from the process’s, and survive a restart', () => {
    const bench = new Bench({ limits }).start()
    bench.hold('buy', 1000)
    bench.book(0, 960, 962)
    bench.pass(1)
    expect(bench.of('breakerTripped')).toEqual([])
    const again = new Bench({ limits })
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    again.now = bench.now
    again.session(true)
    again.stream('book', 'connected')
    again.stream('account', 'connected')
    again.position(1000)
    again.book(0, 945, 947)
    again.pass(1)
    expect(again.of('breakerTripped')).toMatchObject([{ breaker: 'dailyLoss' }])
  })

  it('do not fail open when the market is silent', () => {
    const bench = new Bench({ limits }).start()
    bench.hold('buy', 1000)
    bench.book(0, 940, 942)
    bench.stream('book', 'disconnected')
    bench.pass(1, false)
    expect(bench.engine.world.equity).toBeLessThan(10_000)
  })

  it('may flatten, and a restart after a trip is as protected as before it', () => {
    const breakers = [breakerPolicy('sessionLoss', 5, { onTrip: 'flatten' })]
    const bench = new Bench({ limits: { ...limits, breakers } }).start()
    bench.hold('buy', 1000)
    bench.book(0, 940, 942)
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 1000, reduceOnly: true })
    bench.fill(bench.lastSent(), 1000)
    const again = new Bench({ limits: { ...limits, breakers } })
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    again.now = bench.now
    again.session(true)
    again.stream('book', 'connected')
    again.stream('account', 'connected')
    again.account()
    again.book(0, 1000, 1002)
    again.wanted.push({
      ...{ kind: 'enter', instrument: 0, side: 'buy', urgency: 'passive', reason: 'test' },
      quantity: quantity(100),
    })
    again.pass(1)
    expect(again.denials).toEqual(['SESSION_LOSS'])
  })

  it('and a pause can be given and taken back while running', () => {
    const bench = new Bench().start()
    bench.operator({ kind: 'pause' })
    expect(bench.engine.world.risk.paused).toBe(true)
    bench.operator({ kind: 'resume' })
    expect(bench.engine.world.risk.paused).toBe(false)
  })
})

describe('15: a threshold of zero', () => {
  it('is a threshold, not the absence of one', () => {
    const strategy = (value: string) =>
      parseConfig(`name: zero\nstrategy: { imbalanceThreshold: ${value} }\n`, 'zero.yaml').config
        .strategy.imbalanceThreshold
    expect(strategy('0')).toBe(0)
    expect(strategy('off')).toBeNull()
  })
})

describe('Alpaca', () => {
  it('an order that was accepted is no position', () => {
    const bench = new Bench().start()
    bench.report(bench.enter('buy', 100), 'accepted')
    bench.pass(5)
    expect(bench.lots()).toBe(0)
  })

  it('the watchdog cancels the order it cares for and no other', () => {
    const bench = new Bench().start()
    const other = bench.enter('sell', 50, { instrument: 1 })
    bench.report(other, 'accepted')
    bench.pass(20)
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.pass(12)
    expect(bench.canceled).toEqual([other.clientOrderId])
  })

  it('caps bind shorts as well, and never a cover', () => {
    const limits = { ...new Bench().config.limits, positionNotionalMax: 15 }
    const bench = new Bench({ limits }).start()
    bench.wanted.push({
      ...{ kind: 'enter', instrument: 0, side: 'sell', urgency: 'aggressive', reason: 'test' },
      quantity: quantity(200),
    })
    bench.pass(1)
    expect(bench.denials).toEqual(['POSITION_NOTIONAL'])
    bench.executed(bench.execution(loose('a', 'sell'), 300))
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ side: 'buy', quantity: 300, reduceOnly: true })
  })

  it('a halt does not block exits', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.operator({ kind: 'pause' })
    bench.exit('aggressive')
    expect(bench.lastSent().reduceOnly).toBe(true)
  })

  it('a submit is never repeated under its own id', () => {
    const bench = new Bench().start()
    bench.report(bench.enter('buy', 100), 'unknown')
    bench.pass(300)
    expect(bench.sent).toHaveLength(1)
  })

  it('ids never collide, whatever the clock says', () => {
    const bench = new Bench().start()
    const ids = new Set<string>()
    for (let i = 0; i < 50; i++) {
      const order = bench.enter('buy', 10, { urgency: 'aggressive' })
      bench.report(order, 'canceled')
      ids.add(order.clientOrderId)
    }
    expect(ids.size).toBe(50)
    expect([...ids].every((id) => id.startsWith(SESSION) && id.length === 32)).toBe(true)
  })
})

describe('pairs', () => {
  it('a close that fills in part leaves the rest held', () => {
    const bench = new Bench().start()
    bench.executed(bench.execution(loose('a', 'sell'), 100))
    bench.exit('aggressive')
    bench.fill(bench.lastSent(), 99)
    bench.report(bench.lastSent(), 'canceled')
    expect(bench.lots()).toBe(-1)
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'buy', quantity: 1 })
  })

  it('a close that is refused for ever is not tried for ever at full speed', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit('aggressive')
    for (let i = 0; i < 300; i++) {
      const order = bench.lastSent()
      if (bench.record(order).state === 'inFlight') {
        bench.report(order, 'rejected', { code: 'minimumNotional', text: 'dust' })
      }
      bench.pass(1)
    }
    expect(bench.sent.length).toBeLessThan(15)
  })
})

describe('system', () => {
  it('counts money in integers: a thousand odd fills leave no dust', () => {
    const bench = new Bench().start({ cash: 1000 })
    const before = bench.engine.world.ledger.cash('USDC')
    let fees = 0n
    for (let i = 0; i < 1000; i++) {
      const side = i % 2 === 0 ? 'buy' : 'sell'
      const fee = BigInt(i * 7919) % 1013n
      fees += fee
      bench.executed(bench.execution(loose(`x${i}`, side), 7, { fee, price: price(1001) }))
    }
    const { ledger } = bench.engine.world
    expect(bench.lots()).toBe(0)
    expect(ledger.cash('USDC')).toBe(before - fees)
    expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
  })
})
