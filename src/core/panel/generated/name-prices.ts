import type { Random } from '../../lib/random.ts'
import type { HourGrid } from '../hour-grid.ts'
import type { HourPanel, PanelAction, PanelDelisting } from '../hour-panel.ts'
import { driftOfSession, type MarketPath } from './market.ts'
import type { Lifetime } from './name-series.ts'
import { type GeneratedPanelSettings, SESSIONS_PER_YEAR } from './options.ts'
import { drawBar } from './path.ts'

/** The columns of a panel that one name's path is written into. */
export type PriceColumns = Pick<
  HourPanel,
  'bars' | 'splitFactor' | 'totalReturnFactor' | 'sharesOutstanding'
> & { readonly actions: PanelAction[]; readonly delistings: PanelDelisting[] }

/** What is fixed of a name for its life. */
export interface NameTraits {
  readonly name: number
  readonly sector: number
  readonly beta: number
  /** Volatility of a session beside market and sector. */
  readonly ownSd: number
  /** Dollars traded in a usual session. */
  readonly dollarVolume: number
  /** Of its price, paid each quarter; 0 for names that pay nothing. */
  readonly quarterlyYield: number
}

/** What a name's path is drawn from. */
export interface PathInput {
  readonly settings: GeneratedPanelSettings
  readonly grid: HourGrid
  readonly market: MarketPath
  readonly life: Lifetime
  /** Planted log return of each bar, 0 where there is none. */
  readonly planted: Float64Array | null
}

const QUARTER_SESSIONS = 63
const SPLIT_ABOVE_DOLLARS = 400
const REVERSE_SPLIT_BELOW_DOLLARS = 4
const SPIN_OFFS_PER_YEAR = 0.005

/** Draws what is fixed of a name. */
export function drawTraits(
  settings: GeneratedPanelSettings,
  random: Random,
  name: number,
  sectors: number,
): NameTraits {
  return {
    name,
    sector: random.integer(sectors),
    beta: Math.min(2, Math.max(0.3, 1 + 0.3 * random.normal())),
    ownSd:
      (settings.nameVolatility / Math.sqrt(SESSIONS_PER_YEAR)) * Math.exp(0.3 * random.normal()),
    dollarVolume: 1.5e8 * Math.exp(1.1 * random.normal()),
    quarterlyYield: random.next() < 0.7 ? 0.002 + 0.006 * random.next() : 0,
  }
}

/**
 * Draws the path of one name. Every open follows the last close by the gap's noise (and by what is
 * paid or split before it); expected returns with dividends are the drift and what is planted.
 */
export function drawPrices(
  input: PathInput,
  traits: NameTraits,
  random: Random,
  out: PriceColumns,
): void {
  const { grid, life, settings } = input
  const bars = grid.openTime.length
  const drift = driftOfSession(settings)
  const sd = sessionSd(settings, traits)
  let last = 20 + 180 * random.next()
  let shares = Math.round((traits.dollarVolume * 200) / last)
  let session = random.integer(QUARTER_SESSIONS)
  const factor = { split: 1, total: 1 }
  out.splitFactor.fill(1, traits.name * bars, (traits.name + 1) * bars)
  out.totalReturnFactor.fill(1, traits.name * bars, (traits.name + 1) * bars)
  for (let bar = life.from; bar < life.to; bar++) {
    const at = traits.name * bars + bar
    if (grid.barOfSession[bar] === 0 && bar > life.from) {
      const isQuarter = ++session % QUARTER_SESSIONS === 0
      const taken = act(traits, bar, last, isQuarter, random, out.actions)
      factor.split *= taken.ratio
      factor.total *= (taken.ratio * last) / (last - taken.amount)
      shares = Math.round(shares * taken.ratio)
      last = (last - taken.amount) / taken.ratio
    }
    const shock = shocks(input.market, traits, settings, bar, random)
    const gapSd = sd * input.market.level[bar]! * Math.sqrt(input.market.gapShare[bar]!)
    const moveSd = sd * input.market.level[bar]! * Math.sqrt(input.market.moveShare[bar]!)
    const gap = shock.gap - (gapSd * gapSd) / 2 + drift * input.market.gapShare[bar]!
    const move =
      shock.move -
      (moveSd * moveSd) / 2 +
      drift * input.market.moveShare[bar]! +
      (input.planted === null ? 0 : input.planted[bar]!)
    last = drawBar(out.bars, at, last * Math.exp(gap), move, moveSd, random)
    out.bars.volume[at] = volume(traits, input.market, bar, last, Math.abs(move) / moveSd, random)
    out.splitFactor[at] = factor.split
    out.totalReturnFactor[at] = factor.total
    out.sharesOutstanding[at] = shares
  }
  if (life.to < bars) {
    out.splitFactor.fill(factor.split, traits.name * bars + life.to, (traits.name + 1) * bars)
    out.totalReturnFactor.fill(factor.total, traits.name * bars + life.to, (traits.name + 1) * bars)
    // Nine in ten are bought out 2 % above their last price, one fails: the expectation is 0.
    const paid = random.next() < 0.9 ? 1.02 : 0.82
    out.delistings.push({ name: traits.name, bar: life.to, lastPrice: last * paid })
  }
}

function sessionSd(settings: GeneratedPanelSettings, traits: NameTraits): number {
  const market = (traits.beta * settings.marketVolatility) / Math.sqrt(SESSIONS_PER_YEAR)
  const sector = settings.sectorVolatility / Math.sqrt(SESSIONS_PER_YEAR)
  return Math.hypot(market, sector, traits.ownSd)
}

/** Log shocks of a bar's gap and move: the market's by beta, the sector's and its own. */
function shocks(
  market: MarketPath,
  traits: NameTraits,
  settings: GeneratedPanelSettings,
  bar: number,
  random: Random,
): { readonly gap: number; readonly move: number } {
  const bars = market.gap.length
  const marketSd = (traits.beta * settings.marketVolatility) / Math.sqrt(SESSIONS_PER_YEAR)
  const sectorSd = settings.sectorVolatility / Math.sqrt(SESSIONS_PER_YEAR)
  const s = traits.sector * bars + bar
  const gap =
    marketSd * market.gap[bar]! + sectorSd * market.sectorGap[s]! + traits.ownSd * random.normal()
  const move =
    marketSd * market.move[bar]! + sectorSd * market.sectorMove[s]! + traits.ownSd * random.normal()
  const level = market.level[bar]!
  return {
    gap: gap * level * Math.sqrt(market.gapShare[bar]!),
    move: move * level * Math.sqrt(market.moveShare[bar]!),
  }
}

/** Splits, dividends and spin-offs before a session, decided by the last price and chance. */
function act(
  traits: NameTraits,
  bar: number,
  last: number,
  isQuarter: boolean,
  random: Random,
  actions: PanelAction[],
): { readonly ratio: number; readonly amount: number } {
  const { name } = traits
  const luck = random.next()
  if (last > SPLIT_ABOVE_DOLLARS || last < REVERSE_SPLIT_BELOW_DOLLARS) {
    const ratio = last > SPLIT_ABOVE_DOLLARS ? 4 : 0.1
    actions.push({ name, bar, kind: 'split', ratio, amount: 0 })
    return { ratio, amount: 0 }
  }
  if (isQuarter && traits.quarterlyYield > 0) {
    const amount = Math.max(0.01, Math.round(last * traits.quarterlyYield * 100) / 100)
    actions.push({ name, bar, kind: 'dividend', ratio: 1, amount })
    return { ratio: 1, amount }
  }
  if (luck < SPIN_OFFS_PER_YEAR / SESSIONS_PER_YEAR) {
    const amount = last * 0.15
    actions.push({ name, bar, kind: 'spinOff', ratio: 1, amount })
    return { ratio: 1, amount }
  }
  return { ratio: 1, amount: 0 }
}

/** Shares of a bar: more in long and busy bars, and where the price moved much. */
function volume(
  traits: NameTraits,
  market: MarketPath,
  bar: number,
  price: number,
  surprise: number,
  random: Random,
): number {
  const busy = market.moveShare[bar]! * market.level[bar]!
  const noise = Math.exp(0.35 * random.normal() + 0.25 * (surprise - 0.8))
  return Math.max(1, Math.round((traits.dollarVolume * busy * noise) / price))
}
