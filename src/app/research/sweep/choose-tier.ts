import { sizerOf } from '../../config/companions.ts'
import type { Config } from '../../config/schema.ts'
import { shareSettings } from '../../config/shares.ts'
import { withFees } from '../../run/backtest.ts'
import { hasSellFees } from '../../run/sell-fees.ts'
import type { BarMarket } from './bar-market.ts'
import { beatUs, isGridSmall } from './equity-grid.ts'

/** How a trial is run: whole columns at once, or event by event as every other mode. */
export type Tier = 'columns' | 'events'

const MINUTE_US = 60_000_000
/** Values of entries beyond it leave the range in which columns are exact. */
const NOTIONAL_MAX = 2 ** 50

/**
 * Why the column tier would not make the same trades of this configuration on these data as the
 * event tier, a reason each; empty: it does, as long as no limit of the account binds, which each
 * trial shows by its own equity. `market` null: the data are no bars.
 */
export function columnObstacles(config: Config, market: BarMarket | null): readonly string[] {
  const { source } = config.signal
  if (source !== 'bar') return [`orders meet a recorded book (signal.source ${source})`]
  if (market === null) return ['the data are no finished bars']
  const { defect } = market.facts
  if (defect !== null) return [defect]
  return [
    ...orderObstacles(config, market),
    ...sizeObstacles(config, market),
    ...limitObstacles(config, market),
  ]
}

function orderObstacles(config: Config, market: BarMarket): readonly string[] {
  const { strategy, companions, execution, fills, signal } = config
  const { facts } = market
  const reasons: string[] = []
  if (companions !== undefined) reasons.push('other strategies trade too (companions)')
  if (sizerOf(strategy).kind !== 'fixed') reasons.push('entries differ in size (strategy.sizer)')
  if (Object.keys(strategy.notionals).length > 0) {
    reasons.push('entries differ in value (strategy.notionals)')
  }
  if (strategy.entry === 'passive') reasons.push('entries rest (strategy.entry passive)')
  if (strategy.exit === 'passive') reasons.push('exits rest (strategy.exit passive)')
  if (strategy.equities !== undefined) {
    reasons.push('names are decided together (strategy.equities)')
  }
  if (strategy.timeStopStockHours !== undefined) {
    reasons.push('the time stop goes by the clock (strategy.timeStopStockHours)')
  }
  if (config.shadow.length > 0) reasons.push('orders are not sent (shadow)')
  if (execution.routing !== undefined) reasons.push('orders take routes (execution.routing)')
  if (withFees(config, market.instruments).some(({ feeIn }) => feeIn === 'received')) {
    reasons.push('fees of buys are taken in coins (fills.coins)')
  }
  if (hasSellFees(config, market.instruments)) {
    reasons.push('sales pay fees of their date (fills.sellFees)')
  }
  if (shareSettings(config, market.instruments) !== null) {
    reasons.push('rules of shares hold (shares)')
  }
  if (facts.hasFunding) reasons.push('positions pay funding (the data hold rates)')
  if (facts.shortestPauseUs < signal.interval) {
    reasons.push(`bars are shorter than signal.interval ${signal.interval / 1e6} s`)
  }
  if (fills.responseLatency > facts.shortestBarUs) {
    reasons.push('fills are known later than their bar (fills.responseLatency)')
  }
  if (execution.retryPause > facts.shortestBarUs) {
    reasons.push('a failed exit waits longer than a bar (execution.retryPause)')
  }
  if (!isGridSmall(market, beatUs(config))) {
    reasons.push('heartbeats far outnumber the bars (signal.interval)')
  }
  return reasons
}

/** Sizes that a venue or the gate would refuse at some close of the data. */
function sizeObstacles(config: Config, market: BarMarket): readonly string[] {
  const { notional } = config.strategy
  const reasons: string[] = []
  market.instruments.forEach((instrument, id) => {
    const { symbol, priceDecimals, quantityDecimals, minimumQuantity } = instrument
    const high = market.facts.highest[id]!
    if (high === 0) return
    const value = notional * 10 ** (priceDecimals + quantityDecimals)
    if (value > NOTIONAL_MAX) reasons.push(`strategy.notional ${notional} is too large`)
    const least = Number(instrument.minimumNotional) * 10 ** (priceDecimals + quantityDecimals - 8)
    const smallest = (value - high) * (1 - config.execution.takerSlippageMax)
    if (Math.floor(value / high) < minimumQuantity || smallest <= least) {
      reasons.push(`strategy.notional ${notional} can be too small for ${symbol}`)
    }
  })
  return reasons
}

/** Limits that could refuse an entry whatever the account earned. */
function limitObstacles(config: Config, market: BarMarket): readonly string[] {
  const { risk, strategy, execution, signal } = config
  const reasons: string[] = []
  const binds = (name: string) => reasons.push(`risk.${name} could refuse an entry`)
  const order = strategy.notional * (1 + execution.takerSlippageMax) * (1 + 1e-9)
  const gross = largestGross(config, market)
  const count = market.instruments.length
  const exceeds = (value: number, most: number | null) => most !== null && value > most
  if (exceeds(order, risk.orderNotionalMax)) binds('orderNotionalMax')
  if (exceeds(order, risk.positionNotionalMax)) binds('positionNotionalMax')
  if (exceeds(gross, risk.grossNotionalMax)) binds('grossNotionalMax')
  if (exceeds(gross, risk.netNotionalMax)) binds('netNotionalMax')
  if (exceeds(count, risk.positionsMax)) binds('positionsMax')
  if (risk.priceBandMax !== null && execution.takerSlippageMax >= risk.priceBandMax) {
    binds('priceBandMax')
  }
  if (risk.accountAgeMax !== null) binds('accountAgeMax')
  if (risk.sessionLossMax !== null) binds('sessionLossMax')
  if (risk.drawdownMax !== null) binds('drawdownMax')
  if (risk.regime !== null) binds('regime')
  if (risk.haltTimes.length > 0) binds('haltTimes')
  if (risk.macro !== undefined) binds('macro')
  if (Object.keys(risk.symbolNotionalMax).length > 0) binds('symbolNotionalMax')
  if ((risk.tradingDay ?? signal.calendar) === 'us-equities') {
    reasons.push('days are sessions (risk.tradingDay)')
  }
  if (risk.tradingDayStart > 0) reasons.push('days begin at another hour (risk.tradingDayStart)')
  const perMinute = (count * MINUTE_US) / signal.interval
  // A token that is all but there does not count: stay clear of the rounding.
  if (exceeds(Math.max(count, perMinute), (risk.ordersPerMinuteMax ?? Infinity) * 0.99)) {
    binds('ordersPerMinuteMax')
  }
  return reasons
}

/** More than all positions together can be worth at any close of the data, currency units. */
export function largestGross(config: Config, { facts }: BarMarket): number {
  const { notional } = config.strategy
  const worth = facts.highest.map((high, id) =>
    high === 0 ? 0 : notional * (high / facts.lowest[id]!),
  )
  const margin = (1 + config.execution.takerSlippageMax) * (1 + 1e-9)
  return worth.reduce((sum, value) => sum + value, 0) * margin
}

/**
 * Equity below which the account's leverage or the venue's margin could refuse an entry. Marks of
 * one instant may be known one after another, hence once more the gross.
 */
export function safeEquity(config: Config, market: BarMarket): number {
  const gross = largestGross(config, market)
  const leverage = Math.min(1, config.risk.leverageMax ?? 1)
  const fees = withFees(config, market.instruments).map(({ fees: { takerE9 } }) => takerE9)
  return gross * (1 + 1 / leverage + Math.max(0, ...fees) / 1e9)
}
