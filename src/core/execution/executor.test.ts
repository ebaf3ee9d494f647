import { describe, expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { price, quantity } from '../domain/units.ts'
import {
  clientOrderId,
  type ExecutorParameters,
  nextStep,
  startWork,
  type Work,
  type WorkContext,
} from './executor.ts'

const instrument: Instrument = {
  id: 0,
  venue: 'test',
  symbol: 'X',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'X',
  priceDecimals: 1,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
  longOnly: false,
  maximumLeverage: 10,
}

const parameters: ExecutorParameters = {
  takerSlippageMax: 0.001,
  makerLifetimeUs: 30_000_000,
  makerRepricesMax: 2,
  exitEscalationUs: 10_000_000,
  retryPauseUs: 1_000_000,
  answerTimeoutUs: 5_000_000,
}

const context = (change: Partial<WorkContext> = {}): WorkContext => ({
  now: 0,
  instrument,
  bestBid: price(10_000),
  bestAsk: price(10_010),
  positionLots: 0,
  active: null,
  sessionId: '0123456789abcdef',
  ...change,
})

const entry = (urgency: 'passive' | 'aggressive'): Work =>
  startWork(
    { kind: 'enter', instrument: 0, side: 'buy', quantity: quantity(100), urgency, reason: 'z' },
    0,
    { strategy: 's', number: 7, positionLots: 0 },
  )

const exit = (positionLots: number, urgency: 'passive' | 'aggressive' = 'passive'): Work =>
  startWork({ kind: 'exit', instrument: 0, urgency, reason: 'z' }, 0, {
    strategy: 's',
    number: 8,
    positionLots,
  })

const step = (work: Work, c: WorkContext) => nextStep(work, c, parameters)

/** As the engine does after a submit step. */
const sent = (work: Work, now: number, lots = 0) => {
  work.attempts++
  work.lastAttemptTime = now
  work.activeOrder = clientOrderId('0123456789abcdef', work.number, work.attempts)
  work.filledLots += lots
}

describe('taker entry', () => {
  it('crosses by at most the allowed slippage, immediate or cancel', () => {
    const made = step(entry('aggressive'), context())
    expect(made.kind === 'submit' && made.order).toMatchObject({
      price: 10_020,
      quantity: 100,
      timeInForce: 'ioc',
      postOnly: false,
      reduceOnly: false,
      arrivalPrice: 10_010,
    })
  })

  it('keeps a partial fill and does not chase the rest', () => {
    const work = entry('aggressive')
    sent(work, 0, 40)
    work.activeOrder = null
    expect(step(work, context())).toEqual({ kind: 'finished', outcome: 'partial' })
  })

  it('is over when the other side of the book is unknown', () => {
    expect(step(entry('aggressive'), context({ bestAsk: null })).kind).toBe('unpriced')
  })
})

describe('maker entry', () => {
  it('posts at the best bid and moves when it is left behind', () => {
    const work = entry('passive')
    const made = step(work, context())
    expect(made.kind === 'submit' && made.order).toMatchObject({ price: 10_000, postOnly: true })
    sent(work, 0)
    const active = { price: price(10_000), cancelable: true, rests: true, leavesLots: 1 }
    expect(step(work, context({ now: 2e6, active })).kind).toBe('wait')
    const moved = context({ now: 2e6, active, bestBid: price(10_005) })
    expect(step(work, moved).kind).toBe('cancel')
    expect(work.reprices).toBe(1)
  })

  it('orders only what is left after a partial fill', () => {
    const work = entry('passive')
    sent(work, 0, 30)
    work.activeOrder = null
    const made = step(work, context({ now: 2e6 }))
    expect(made.kind === 'submit' && made.order.quantity).toBe(70)
  })

  it('gives up after its lifetime and after its reprices', () => {
    const late = entry('passive')
    sent(late, 0)
    const active = { price: price(10_000), cancelable: true, rests: true, leavesLots: 1 }
    expect(step(late, context({ now: 30e6, active })).kind).toBe('cancel')
    late.activeOrder = null
    expect(step(late, context({ now: 31e6 }))).toEqual({ kind: 'finished', outcome: 'lifetime' })
    const moved = entry('passive')
    sent(moved, 0)
    moved.reprices = 2
    expect(step(moved, context({ now: 2e6, active, bestBid: price(10_005) })).kind).toBe('cancel')
    expect(moved.stopping).toBe('reprices')
  })

  it('never cancels an order twice or one in doubt', () => {
    const work = entry('passive')
    sent(work, 0)
    const active = { price: price(10_000), cancelable: false, rests: true, leavesLots: 1 }
    expect(step(work, context({ now: 60e6, active })).kind).toBe('wait')
  })
})

describe('an order that went out', () => {
  const active = { price: price(10_000), cancelable: true, rests: true, leavesLots: 100 }

  it('of an entry is canceled when a late fill leaves less to do', () => {
    const work = entry('passive')
    sent(work, 0, 40)
    expect(step(work, context({ active })).kind).toBe('cancel')
    expect(step(work, context({ active: { ...active, leavesLots: 60 } })).kind).toBe('wait')
  })

  it('and rests is canceled when it became urgent; one that takes is waited for', () => {
    const work = exit(100)
    sent(work, 0)
    work.urgency = 'aggressive'
    expect(step(work, context({ positionLots: 100, active })).kind).toBe('cancel')
    const taking = { ...active, rests: false }
    expect(step(work, context({ positionLots: 100, active: taking })).kind).toBe('wait')
  })
})

describe('exit', () => {
  it('waits twice as long after every refusal in a row, up to a minute', () => {
    const work = exit(100, 'aggressive')
    sent(work, 0)
    work.activeOrder = null
    const pauses = [0, 1, 2, 3, 10].map((refusals) => {
      work.refusals = refusals
      let now = 0
      while (step(work, context({ now, positionLots: 100 })).kind === 'wait') now += 500_000
      return now / 1e6
    })
    expect(pauses).toEqual([1, 2, 4, 8, 60])
  })

  it('sizes from the position at the time, reduce-only', () => {
    const work = exit(100)
    const made = step(work, context({ positionLots: 60 }))
    expect(made.kind === 'submit' && made.order).toMatchObject({
      side: 'sell',
      quantity: 60,
      reduceOnly: true,
    })
  })

  it('tries again after a partial fill until flat', () => {
    const work = exit(100, 'aggressive')
    sent(work, 0, 40)
    work.activeOrder = null
    expect(step(work, context({ positionLots: 60 })).kind).toBe('wait')
    const again = step(work, context({ now: 1e6, positionLots: 60 }))
    expect(again.kind === 'submit' && again.order.quantity).toBe(60)
    work.activeOrder = null
    expect(step(work, context({ now: 2e6 }))).toEqual({ kind: 'finished', outcome: 'done' })
  })

  it('turns aggressive when resting took too long', () => {
    const work = exit(100)
    sent(work, 0)
    const active = { price: price(10_010), cancelable: true, rests: true, leavesLots: 1 }
    const c = context({ now: 10e6, positionLots: 100, active })
    expect(step(work, c).kind).toBe('cancel')
    work.activeOrder = null
    const made = step(work, context({ now: 11e6, positionLots: 100 }))
    expect(made.kind === 'submit' && made.order.timeInForce).toBe('ioc')
  })
})

describe('limits of its own route', () => {
  const resting = { lifetimeUs: 120_000_000, repricesMax: 15 }
  const active = { price: price(10_000), cancelable: true, rests: true, leavesLots: 100 }
  const at = { strategy: 's', number: 9, positionLots: 100 }

  it('hold for an entry in place of those of the session', () => {
    const intent = { kind: 'enter', instrument: 0, side: 'buy', reason: 'z' } as const
    const routed = { ...intent, quantity: quantity(100), urgency: 'passive', resting } as const
    const work = startWork(routed, 0, { ...at, positionLots: 0 })
    sent(work, 0)
    expect(step(work, context({ now: 119e6, active })).kind).toBe('wait')
    work.reprices = 14
    expect(step(work, context({ now: 2e6, active, bestBid: price(10_005) })).kind).toBe('cancel')
    expect(work).toMatchObject({ reprices: 15, stopping: null })
    expect(step(work, context({ now: 4e6, active, bestBid: price(10_006) })).kind).toBe('cancel')
    expect(work.stopping).toBe('reprices')
  })

  it('end the rest of an exit, not the exit', () => {
    const intent = { kind: 'exit', instrument: 0, urgency: 'passive', reason: 'z' } as const
    const work = startWork({ ...intent, resting: { ...resting, repricesMax: 0 } }, 0, at)
    sent(work, 0)
    const resting10 = { ...active, price: price(10_010) }
    const c = { now: 11e6, positionLots: 100, active: resting10 }
    expect(step(work, context(c)).kind).toBe('wait')
    expect(step(work, context({ ...c, bestAsk: price(10_005) })).kind).toBe('cancel')
    work.activeOrder = null
    const made = step(work, context({ now: 13e6, positionLots: 100 }))
    expect(made.kind === 'submit' && made.order).toMatchObject({ timeInForce: 'ioc' })
  })
})

it('client order ids are 32 hex digits, unique by session, intent and attempt', () => {
  expect(clientOrderId('0123456789abcdef', 255, 3)).toBe('0123456789abcdef00000000ff000003')
})

describe('a market that closes', () => {
  const hours: ExecutorParameters = { ...parameters, calendar: 'us-equities' }
  const share: Partial<WorkContext> = { instrument: { ...context({}).instrument, kind: 'equity' } }
  const open = Date.UTC(2026, 5, 10, 15) * 1000
  const closed = Date.UTC(2026, 5, 10, 20) * 1000
  const resting = { price: price(10_000), cancelable: true, rests: true, leavesLots: 100 }

  it('ends an entry that has not gone out, and cancels one that rests', () => {
    expect(nextStep(entry('aggressive'), context({ ...share, now: closed }), hours)).toEqual({
      kind: 'finished',
      outcome: 'market closed',
    })
    const work = entry('passive')
    sent(work, open)
    const asked = nextStep(work, context({ ...share, now: closed, active: resting }), hours)
    expect(asked.kind).toBe('cancel')
  })

  it('lets an exit wait for the next session', () => {
    const work = exit(100, 'aggressive')
    expect(nextStep(work, context({ ...share, now: closed, positionLots: 100 }), hours).kind).toBe(
      'wait',
    )
    const next = open + 24 * 3_600_000_000
    expect(nextStep(work, context({ ...share, now: next, positionLots: 100 }), hours).kind).toBe(
      'submit',
    )
  })

  it('is none of coins', () => {
    expect(nextStep(entry('aggressive'), context({ now: closed }), hours).kind).toBe('submit')
  })

  it('forgets an exit of what is no longer held', () => {
    const step = nextStep(exit(100), context({ ...share, now: closed, positionLots: 0 }), hours)
    expect(step.kind).toBe('finished')
  })
})
