import { describe, expect, it } from 'vitest'
import { moneyFromNumber } from '../domain/money.ts'
import { signedQuantity } from '../domain/units.ts'
import { Bench, SECOND, testConfig, testInstrument } from './test-kit.ts'

const COIN = {
  kind: 'spot',
  longOnly: true,
  maximumLeverage: 1,
  minimumNotional: moneyFromNumber(10),
  hasDust: true,
  feeIn: 'received',
} as const

const instruments = [testInstrument(0, COIN), testInstrument(1, COIN)]

/** Prices about 100.0, so that 100 lots are worth 10. */
const bench = (positionsMax: number | null = null): Bench => {
  const { limits } = testConfig({ id: 'x', init: () => null, on: () => {} })
  return new Bench({ instruments, limits: { ...limits, positionsMax } }).start()
}

/** Buys 90 lots of an order for more, worth less than an order may be. */
function holdDust(core: Bench): void {
  const entry = core.enter('buy', 500, { urgency: 'aggressive' })
  core.fill(entry, 90)
  core.report(entry, 'canceled')
}

describe('coins whose buys are paid for in coins', () => {
  it('are sold as far as they are held: what the fee took is not there to be sold', () => {
    const core = bench()
    const entry = core.enter('buy', 1000, { urgency: 'aggressive' })
    core.fill(entry, 1000, { at: 1002, fee: 250_500_000n, assetFee: 2_500_000n })
    expect(core.record(entry)).toMatchObject({ state: 'filled', filledQuantity: 1000 })
    expect(core.lots()).toBe(997)
    core.exit('aggressive')
    expect(core.lastSent()).toMatchObject({ side: 'sell', quantity: 997, reduceOnly: true })
    core.fill(core.lastSent(), 997)
    expect([core.lots(), core.engine.world.works[0]]).toEqual([0, null])
    expect(core.engine.world.ledger.position(0).dust).toBe(500_000n)
  })

  it('agree with the venue below a lot too, which is neither a difference nor an alarm', () => {
    const core = bench()
    core.hold('buy', 1000)
    const held = { instrument: 0, quantity: signedQuantity(1000), averageEntryPrice: null }
    for (let i = 0; i < 3; i++) core.account({ positions: [{ ...held, dust: 123n }] })
    expect(core.engine.world.ledger.position(0).dust).toBe(123n)
    expect([...core.alerts, ...core.of('differenceFound')]).toEqual([])
  })

  it('a fee that was another one is put right without an order being touched', () => {
    const core = bench()
    const entry = core.enter('buy', 1000, { urgency: 'aggressive' })
    core.fill(entry, 1000, { fee: 250_000_000n, assetFee: 2_500_000n })
    core.fill(entry, 0, { fee: -100_000_000n, assetFee: -1_000_000n })
    expect(core.lots()).toBe(998)
    expect(core.record(entry)).toMatchObject({ state: 'filled', filledQuantity: 1000 })
    expect(core.alerts).toEqual([])
    expect(core.engine.world.counters.fills).toBe(1)
  })
})

describe('a position that is worth less than the venue takes', () => {
  it('is flat to a strategy, keeps nothing from being entered and is sold with what is', () => {
    const core = bench(1)
    holdDust(core)
    const { view } = core.engine
    expect([core.lots(), view.position(0), view.entryTime(0), view.averageEntryPrice(0)]).toEqual([
      90,
      0,
      null,
      null,
    ])
    core.exit('aggressive')
    expect(core.sent).toHaveLength(1)
    core.pass(5)
    core.hold('buy', 500)
    expect(view.position(0)).toBe(590)
    expect(view.entryTime(0)).toBe(core.now)
    core.exit('aggressive')
    expect(core.lastSent()).toMatchObject({ side: 'sell', quantity: 590 })
    expect([...core.denials, ...core.alerts]).toEqual([])
  })

  it('takes no place among the positions that may be held', () => {
    const core = bench(1)
    holdDust(core)
    const other = core.enter('buy', 500, { urgency: 'aggressive', instrument: 1 })
    expect(other.instrument).toBe(1)
    expect(core.denials).toEqual([])
  })

  it('ends an exit whose rest it is, and flattening too', () => {
    const core = bench()
    core.hold('buy', 500)
    core.operator({ kind: 'flatten' })
    core.fill(core.lastSent(), 450)
    core.report(core.lastSent(), 'canceled')
    core.pass(3)
    expect(core.sent).toHaveLength(2)
    expect([core.lots(), core.engine.world.flattening]).toEqual([50, false])
    expect([...core.denials, ...core.alerts]).toEqual([])
  })

  it('is priced at what it would be sold for: the same position may be traded at another price', () => {
    const core = bench()
    core.hold('buy', 101)
    expect(core.engine.view.position(0)).toBe(101)
    core.book(0, 980, 982)
    expect(core.engine.view.position(0)).toBe(0)
    core.now += SECOND
    core.book(0, 1000, 1002)
    expect(core.engine.view.position(0)).toBe(101)
  })
})
