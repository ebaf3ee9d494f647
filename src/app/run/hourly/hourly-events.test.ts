import { describe, expect, it } from 'vitest'
import { barCount } from '../../../core/mod.ts'
import { HOURLY_PRESETS, type HourlySettings } from '../../../strategies/mod.ts'
import { HOURLY_ACCOUNT, type HourlyBacktest, runHourlyBacktest } from './hourly-backtest.ts'
import { hourlyRecord } from './hourly-record.ts'
import { calmPanel, type DraftPanel, rescale, steady } from './test-kit.ts'

const NAMES = 12
/** The first twelve names are liked alike; a year's volatility of these panels is low. */
const liked = steady(Array.from({ length: NAMES }, (_, name) => 40 - name))
const settings: HourlySettings = {
  ...HOURLY_PRESETS.corrected,
  limits: { nameMax: 0.1, sectorMax: 0.5, exposureMax: 1, turnoverMax: 0.5 },
}

const run = (panel: DraftPanel, change: Partial<HourlySettings> = {}): HourlyBacktest =>
  runHourlyBacktest({ panel, settings: { ...settings, ...change }, forecaster: liked })

/** First bar of a session. */
const firstBar = ({ grid }: DraftPanel, session: number): number =>
  [...grid.barOfSession.keys()].filter((bar) => grid.barOfSession[bar] === 0)[session]!

const worstMove = (equity: Float64Array): number =>
  equity.reduce(
    (most, value, i) => (i === 0 ? 0 : Math.max(most, Math.abs(value / equity[i - 1]! - 1))),
    0,
  )

const sharesOf = (done: HourlyBacktest, name: number): number =>
  done.engine.world.ledger.position(name).quantity

describe('a member that leaves the index', () => {
  const panel = calmPanel(NAMES, 30)
  const bars = barCount(panel.grid)
  const exitBar = firstBar(panel, 15)
  panel.isMember.fill(0, exitBar, bars)

  it('is sold in the hours after, and nothing jumps', () => {
    const done = run(panel)
    const own = done.fills.filter(({ instrument }) => instrument === 0)
    expect(own[0]).toMatchObject({ side: 'buy' })
    const sales = own.filter(({ bar }) => bar >= exitBar)
    expect(sales.length).toBeGreaterThan(0)
    expect(sales.every(({ side }) => side === 'sell')).toBe(true)
    expect(sharesOf(done, 0)).toBe(0)
    expect(worstMove(done.equity)).toBeLessThan(0.002)
  })

  it('is sold over hours where it hardly trades, at its own prices all the while', () => {
    const thin = calmPanel(NAMES, 30)
    thin.isMember.fill(0, exitBar, bars)
    thin.bars.volume.fill(10_000, exitBar - 35, bars)
    const volume = { volumeHalfLifeSessions: 1, participationMax: 0.02 }
    const costs = { ...settings.costs, ...volume }
    const done = run(thin, { costs, dollarVolumeMin: 0 })
    const sales = done.fills.filter(({ instrument, bar }) => instrument === 0 && bar >= exitBar)
    expect(sales.length).toBeGreaterThan(2)
    for (const { shares } of sales.slice(0, -1)) expect(shares).toBeLessThan(400)
    expect(sharesOf(done, 0)).toBe(0)
    expect(worstMove(done.equity)).toBeLessThan(0.002)
  })
})

describe('a target of nothing', () => {
  it('sells all that is held', () => {
    const panel = calmPanel(NAMES, 20)
    const turn = 80
    const nothing = steady(Array.from({ length: NAMES }, () => -60))
    const done = runHourlyBacktest({
      ...{ panel, settings },
      forecaster: { forecast: (bar) => (bar < turn ? liked : nothing).forecast(bar) },
    })
    expect(done.decisions[turn]!.exposureBefore).toBeGreaterThan(0.5)
    expect(done.decisions.at(-1)).toMatchObject({ weights: [], exposureBefore: 0 })
    expect(done.equity.at(-1)).toBe(done.cash.at(-1))
  })
})

describe('what companies do to their shares', () => {
  it('leaves the value as it was on an ex-date: the dividend is paid as the price falls', () => {
    const panel = calmPanel(NAMES, 20)
    const bar = firstBar(panel, 12)
    const before = panel.bars.close[bar - 1]!
    rescale(panel, 0, bar, (before - 10) / before)
    panel.actions.push({ name: 0, bar, kind: 'dividend', ratio: 1, amount: 10 })
    panel.totalReturnFactor.fill(before / (before - 10), bar, barCount(panel.grid))
    const done = run(panel)
    expect(done.payments).toHaveLength(1)
    const held = done.payments[0]!.amount / 10
    expect(held).toBeGreaterThan(100)
    expect(Math.abs(done.equity[bar]! / done.equity[bar - 1]! - 1)).toBeLessThan(0.002)
    expect(done.cash[bar]! - done.cash[bar - 1]!).toBeCloseTo(held * 10, 6)
  })

  it('leaves the value as it was when a part is split off: its first value is paid in cash', () => {
    const panel = calmPanel(NAMES, 20)
    const bar = firstBar(panel, 12)
    const before = panel.bars.close[bar - 1]!
    rescale(panel, 0, bar, (before - 30) / before)
    panel.actions.push({ name: 0, bar, kind: 'spinOff', ratio: 1, amount: 30 })
    panel.totalReturnFactor.fill(before / (before - 30), bar, barCount(panel.grid))
    const done = run(panel)
    expect(done.payments).toHaveLength(1)
    expect(done.payments[0]!.amount / 30).toBeGreaterThan(100)
    expect(worstMove(done.equity)).toBeLessThan(0.002)
  })

  it('leaves the value as it was at a split, and whatever is held is counted anew', () => {
    const panel = calmPanel(NAMES, 20)
    const bar = firstBar(panel, 12)
    rescale(panel, 0, bar, 0.25)
    panel.actions.push({ name: 0, bar, kind: 'split', ratio: 4, amount: 0 })
    for (const factor of [panel.splitFactor, panel.totalReturnFactor]) {
      factor.fill(4, bar, barCount(panel.grid))
    }
    const done = run(panel)
    expect(done.splits).toMatchObject([{ instrument: 0, ratio: 4 }])
    expect(worstMove(done.equity)).toBeLessThan(0.002)
    const held = (from: number, to: number): number =>
      done.fills
        .filter((fill) => fill.instrument === 0 && fill.bar >= from && fill.bar < to)
        .reduce((sum, { side, shares }) => sum + (side === 'buy' ? shares : -shares), 0)
    const [old, later] = [held(0, bar - 1), held(bar - 1, barCount(panel.grid))]
    expect(sharesOf(done, 0)).toBe(4 * old + later)
  })

  it('counts all of one day together, in the books as at the exchange', () => {
    const panel = calmPanel(NAMES, 20)
    const bar = firstBar(panel, 12)
    const before = panel.bars.close[bar - 1]!
    rescale(panel, 0, bar, (before - 18) / before / 6)
    for (const ratio of [2, 3])
      panel.actions.push({ name: 0, bar, kind: 'split', ratio, amount: 0 })
    for (const amount of [6, 12]) {
      panel.actions.push({ name: 0, bar, kind: 'dividend', ratio: 1, amount })
    }
    panel.splitFactor.fill(6, bar, barCount(panel.grid))
    panel.totalReturnFactor.fill((6 * before) / (before - 18), bar, barCount(panel.grid))
    const done = run(panel)
    expect(done.splits).toMatchObject([{ instrument: 0, ratio: 6 }])
    expect(done.payments).toHaveLength(1)
    expect(done.payments[0]!.amount / 18).toBeGreaterThan(100)
    expect(worstMove(done.equity)).toBeLessThan(0.002)
    expect(done.exchange.balance(0)).toBe(done.engine.world.ledger.cash('USD'))
    expect(done.exchange.position(0, 0)).toBe(sharesOf(done, 0))
  })

  it('pays out a name that stops trading at its last price', () => {
    const panel = calmPanel(NAMES, 20)
    const bars = barCount(panel.grid)
    const bar = firstBar(panel, 12)
    const lastPrice = 90
    for (const column of Object.values(panel.bars)) column.fill(Number.NaN, bar, bars)
    panel.isMember.fill(0, bar, bars)
    panel.delistings.push({ name: 0, bar, lastPrice })
    const done = run(panel)
    const payout = done.fills.find(({ reason }) => reason === 'delisted')
    expect(payout).toMatchObject({ instrument: 0, side: 'sell', price: lastPrice, fee: 0 })
    expect(sharesOf(done, 0)).toBe(0)
    const told = hourlyRecord(panel, done).notes.filter((note) => note.includes('delisted'))
    expect(told).toEqual([
      `N0 was delisted: ${payout!.shares} shares were paid out at 90 on 2019-01-18`,
    ])
    const loss = payout!.shares * (panel.bars.close[bar - 1]! - lastPrice)
    expect(loss / done.equity[bar - 1]!).toBeLessThan(0.0125)
    expect(worstMove(done.equity)).toBeLessThan(0.0125)
  })

  it('tells of a name that has no bars any more and no last price, and is still held', () => {
    const panel = calmPanel(NAMES, 20)
    const bar = firstBar(panel, 12)
    const about = () =>
      hourlyRecord(panel, run(panel)).notes.filter((note) => note.includes('no bar'))
    expect(about()).toEqual([])
    for (const column of Object.values(panel.bars))
      column.fill(Number.NaN, bar, barCount(panel.grid))
    expect(about()).toEqual([
      expect.stringMatching(
        /^N0 has no bar after 2019-01-17 and was not delisted: \d+ shares count/,
      ),
    ])
  })
})

describe('cash', () => {
  it('earns interest for every calendar day where a rate is given, nothing otherwise', () => {
    const panel = calmPanel(NAMES, 6)
    const nothing = steady(Array.from({ length: NAMES }, () => -50))
    const cashInterest = [{ from: 0, rateE9: 36_000_000 }]
    const request = { panel, settings, forecaster: nothing }
    const done = runHourlyBacktest({ ...request, account: { ...HOURLY_ACCOUNT, cashInterest } })
    const days = panel.grid.sessionDay.at(-1)! - panel.grid.sessionDay[0]!
    expect(done.interest).toHaveLength(days)
    expect(done.cash.at(-1)).toBeCloseTo(1e6 * 1.0001 ** days, 4)
    expect(done.equity.at(-1)).toBe(done.cash.at(-1))
    expect(runHourlyBacktest(request).cash.at(-1)).toBe(1e6)
  })
})

describe('a fall of everything', () => {
  it('takes risk off step by step, to nothing, and lets it come back', () => {
    const panel = calmPanel(NAMES, 80)
    const falls = [15, 17, 19, 21, 23, 25]
    for (const session of falls) {
      for (let name = 0; name < NAMES; name++) rescale(panel, name, firstBar(panel, session), 0.93)
    }
    const done = run(panel, { limits: { ...settings.limits, turnoverMax: 1 } })
    const regimes = done.decisions.map(({ governor }) => governor.regime)
    const order = regimes.filter((regime, i) => regime !== regimes[i - 1])
    expect(order.slice(0, 3)).toEqual(['normal', 'conservative', 'riskOff'])
    const off = regimes.indexOf('riskOff')
    const calm = done.decisions
      .slice(off + 3)
      .findIndex(({ exposureBefore }) => exposureBefore < 1e-9)
    expect(calm).toBeGreaterThanOrEqual(0)
    expect(regimes.at(-1)).not.toBe('riskOff')
    expect(done.decisions.at(-1)!.exposureBefore).toBeGreaterThan(0.3)
  })
})

describe('how much is traded in an hour', () => {
  it('is a share of the usual volume, whatever the hour itself trades', () => {
    const panel = calmPanel(NAMES, 20)
    const costs = { ...settings.costs, participationMax: 0.001 }
    const quiet = run(panel, { costs })
    expect(quiet.fills.length).toBeGreaterThan(50)
    for (const { shares } of quiet.fills) expect(shares).toBeLessThanOrEqual(200)
    const loud = calmPanel(NAMES, 20)
    const first = quiet.fills[0]!.bar
    for (let name = 0; name < NAMES; name++) {
      loud.bars.volume[name * barCount(loud.grid) + first + 1] = 1e9
    }
    const same = run(loud, { costs })
    const until = ({ fills }: HourlyBacktest) => fills.filter(({ bar }) => bar <= first)
    expect(until(same)).toEqual(until(quiet))
  })

  it('costs more the larger the share of it', () => {
    const cost = (participationMax: number): number => {
      const costs = { ...settings.costs, participationMax }
      const { price, basePrice } = run(calmPanel(NAMES, 12), { costs }).fills[0]!
      return price / basePrice - 1
    }
    expect(cost(0.05)).toBeGreaterThan(cost(0.0001))
  })
})

describe('a decision every few hours', () => {
  const costs = { ...settings.costs, participationMax: 0.001 }
  const bought = (remainder: 'carry' | 'drop'): HourlyBacktest =>
    run(calmPanel(NAMES, 12), { costs, everyBars: 7, remainder })

  it('is traded in the hours after it where the rest is carried, else once', () => {
    const [carried, dropped] = [bought('carry'), bought('drop')]
    const [first, second] = carried.decisions.filter(({ weights }) => weights.length > 0)
    expect(second!.bar - first!.bar).toBe(7)
    const hours = ({ fills }: HourlyBacktest): number =>
      new Set(fills.filter(({ bar }) => bar < second!.bar).map(({ bar }) => bar)).size
    expect(hours(carried)).toBeGreaterThan(4)
    expect(hours(dropped)).toBe(1)
    expect(carried.equity).not.toEqual(dropped.equity)
  })

  it('is not waited for when the governor steps down', () => {
    const panel = calmPanel(NAMES, 30)
    const bar = firstBar(panel, 15) + 3
    for (let name = 0; name < NAMES; name++) rescale(panel, name, bar, 0.7)
    const done = run(panel, { everyBars: 70, limits: { ...settings.limits, turnoverMax: 1 } })
    const stepped = done.decisions.find(({ governor }) => governor.regime === 'riskOff')
    expect(stepped).toMatchObject({ bar, governor: { cause: 'drawdown' } })
  })
})
