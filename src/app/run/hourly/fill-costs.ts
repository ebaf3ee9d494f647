import { type HourPanel, hourOfDay, TrailingHours, tradeCost } from '../../../core/mod.ts'
import type { HourlyBacktest } from './hourly-backtest.ts'
import type { HourlyFill } from './hourly-collect.ts'

/** From this share of the most that may be traded on, a fill counts as at the cap. */
export const CAP_SHARE = 0.95

/** What one fill lost to each cause, dollars, and how much of the market it was. */
export interface FillCost {
  readonly slippage: number
  readonly halfSpread: number
  readonly impact: number
  /** Prices have a smallest unit and are rounded against the order. */
  readonly rounding: number
  readonly commission: number
  /** The SEC's and FINRA's, of sales. */
  readonly sellFees: number
  /** Shares of it over what usually trades in that hour, with what was filled since the last bar. */
  readonly participation: number
  /** It was nearly the most that may be traded of the hour, {@link CAP_SHARE} of it. */
  readonly isAtCap: boolean
}

/**
 * The costs of every fill by cause, in the order of fills; null where shares were delisted.
 * Reckoned again from the bars that were finished then, by the rules that the exchange fills by.
 */
export function fillCosts(panel: HourPanel, run: HourlyBacktest): readonly (FillCost | null)[] {
  const memory = new ExchangeMemory(panel, run)
  const { costs } = run.settings
  return run.fills.map((fill) => {
    const { instrument, shares, basePrice, asked, reason } = fill
    if (reason === 'delisted') return null
    memory.until(fill.time)
    const volume = memory.volume(instrument, fill.time)
    const lots = 10 ** run.instruments[instrument]!.quantityDecimals
    const before = memory.traded(instrument)
    const room = Math.floor((costs.participationMax * volume - before) * lots + 1e-6) / lots
    const most = Math.min(asked, room)
    const by = tradeCost(costs, {
      ...{ price: basePrice, volume, shares: most },
      volatility: memory.volatility(instrument),
    })
    memory.trade(instrument, shares)
    const participation = (before + shares) / volume
    const dollars = (bp: number): number => shares * basePrice * bp * 1e-4
    const parts = {
      slippage: dollars(by.slippageBp),
      halfSpread: dollars(by.halfSpreadBp),
      impact: dollars(by.impactBp),
    }
    const commission = shares * fill.price * run.account.commissionBp * 1e-4
    return {
      ...parts,
      rounding: priceCost(fill) - parts.slippage - parts.halfSpread - parts.impact,
      ...{ commission, sellFees: fill.fee - commission },
      participation,
      isAtCap: participation >= CAP_SHARE * costs.participationMax,
    }
  })
}

/** Dollars that the price of a fill was worse than the one it was tried at. */
const priceCost = ({ side, shares, price, basePrice }: HourlyFill): number =>
  shares * (side === 'buy' ? price - basePrice : basePrice - price)

/** What the exchange knew of usual volumes at any instant of a run, in shares and dollars. */
class ExchangeMemory {
  readonly #panel: HourPanel
  readonly #trailing: TrailingHours
  readonly #lots: readonly number[]
  readonly #quanta: readonly number[]
  readonly #traded: Float64Array
  readonly #splits: readonly {
    readonly bar: number
    readonly name: number
    readonly ratio: number
  }[]
  #bar = 0
  #split = 0

  constructor(panel: HourPanel, { settings, instruments }: HourlyBacktest) {
    const names = panel.symbols.length
    this.#panel = panel
    this.#trailing = new TrailingHours({ ...settings.costs, names })
    this.#lots = instruments.map(({ quantityDecimals }) => 10 ** quantityDecimals)
    this.#quanta = instruments.map(({ priceDecimals }) => 10 ** priceDecimals)
    this.#traded = new Float64Array(names)
    this.#splits = panel.actions
      .filter(({ kind }) => kind === 'split')
      .map(({ bar, name, ratio }) => ({ bar, name, ratio: Math.round(ratio * 1e9) / 1e9 }))
      .sort((a, b) => a.bar - b.bar)
  }

  /** Learns every bar that was finished before an instant, and the splits up to it. */
  until(time: number): void {
    const { grid } = this.#panel
    while (grid.closeTime[this.#bar]! < time) {
      this.#applySplits(this.#bar)
      this.#learn(this.#bar++)
    }
    if (grid.openTime[this.#bar]! <= time) this.#applySplits(this.#bar)
  }

  volume(name: number, time: number): number {
    return this.#trailing.volume(name, hourOfDay(time))
  }

  volatility(name: number): number {
    return this.#trailing.volatility(name)
  }

  traded(name: number): number {
    return this.#traded[name]!
  }

  trade(name: number, shares: number): void {
    this.#traded[name]! += shares
  }

  #applySplits(bar: number): void {
    for (; this.#split < this.#splits.length; this.#split++) {
      const { bar: at, name, ratio } = this.#splits[this.#split]!
      if (at > bar) return
      this.#trailing.split(name, ratio)
    }
  }

  /** As the exchange does: in whole lots and quanta. */
  #learn(bar: number): void {
    const { bars, grid } = this.#panel
    const length = grid.openTime.length
    const hour = hourOfDay(grid.openTime[bar]!)
    for (let name = 0; name < this.#traded.length; name++) {
      const at = name * length + bar
      const close = Math.round(bars.close[at]! * this.#quanta[name]!) / this.#quanta[name]!
      if (!(close > 0)) continue
      const volume = Math.round(bars.volume[at]! * this.#lots[name]!) / this.#lots[name]!
      this.#trailing.learn(name, hour, volume, close)
      this.#traded[name] = 0
    }
  }
}
