/** A row of a table by trailing dollar volume of an hour: what holds from so many dollars on. */
export interface CostRow {
  readonly dollarsFrom: number
  readonly bp: number
}

/** How the impact of an order is reckoned, from its share of what is expected to trade. */
export type ImpactRule =
  /** y x volatility of an hour x root of the share (Almgren and others 2005, Toth and others 2011). */
  | { readonly kind: 'squareRoot'; readonly y: number }
  /** Basis points by dollar volume x root of the share, whatever the volatility. */
  | { readonly kind: 'table'; readonly rows: readonly CostRow[]; readonly unknownBp: number }

/** What trading shares by the hour costs and how much can be traded: plain data. */
export interface TradingCosts {
  /** Between deciding and trading, basis points. */
  readonly slippageBp: number
  /** Half the spread, from the most traded names down; the last row begins at 0. */
  readonly halfSpread: readonly CostRow[]
  /** Least spread, dollars a share; 0 for none. Half of it is paid at least. */
  readonly tickDollars: number
  readonly impact: ImpactRule
  /** Most that is traded of a name in an hour, as a share of what is expected to trade in it. */
  readonly participationMax: number
  /** Sessions after which a volume counts half, bars after which a return does. */
  readonly volumeHalfLifeSessions: number
  readonly volatilityHalfLifeBars: number
}

/** What one trade is reckoned from; all known before it. */
export interface TradeSize {
  /** Dollars a share. */
  readonly price: number
  readonly shares: number
  /** Shares expected to trade in the hour; 0 when unknown. */
  readonly volume: number
  /** Of returns of one bar, a fraction. */
  readonly volatility: number
}

/** Basis points that a trade loses to each cause. */
export interface TradeCost {
  readonly slippageBp: number
  readonly halfSpreadBp: number
  readonly impactBp: number
}

const rowOf = (rows: readonly CostRow[], dollars: number): number =>
  (rows.find(({ dollarsFrom }) => dollars >= dollarsFrom) ?? rows.at(-1))?.bp ?? 0

/** What a trade costs by a model; each part is at least 0. */
export function tradeCost(costs: TradingCosts, size: TradeSize): TradeCost {
  const { price, shares, volume, volatility } = size
  const dollars = price * volume
  const tickBp = price > 0 ? (costs.tickDollars / 2 / price) * 1e4 : 0
  return {
    slippageBp: costs.slippageBp,
    halfSpreadBp: Math.max(tickBp, rowOf(costs.halfSpread, dollars)),
    impactBp: impactBp(costs.impact, {
      dollars,
      volatility,
      share: volume > 0 ? shares / volume : -1,
    }),
  }
}

function impactBp(
  impact: ImpactRule,
  by: { readonly dollars: number; readonly volatility: number; readonly share: number },
): number {
  if (impact.kind === 'squareRoot') {
    return impact.y * by.volatility * 1e4 * Math.sqrt(Math.max(0, by.share))
  }
  if (by.share < 0) return impact.unknownBp
  return rowOf(impact.rows, by.dollars) * Math.sqrt(Math.min(1, by.share))
}
