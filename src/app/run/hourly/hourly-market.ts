import {
  assert,
  type CorporateAction,
  type HourPanel,
  type Instrument,
  MAXIMUM_PRICE,
  NO_SPLIT_E9,
  quantity,
} from '../../../core/mod.ts'

/** Digits of prices: a fill is the average of many, finer than a cent. */
const PRICE_DECIMALS = 4
const COARSE_DECIMALS = 2

/** The names of a panel as shares that are owned outright, whole or in parts of 10^-lotDecimals. */
export function hourlyInstruments(
  panel: HourPanel,
  how: { readonly lotDecimals: number; readonly commissionBp: number },
): Instrument[] {
  const length = panel.grid.openTime.length
  const feeE9 = Math.round(how.commissionBp * 1e5)
  return panel.symbols.map((symbol, id) => {
    let highest = 0
    for (let at = id * length; at < (id + 1) * length; at++) {
      if (panel.bars.high[at]! > highest) highest = panel.bars.high[at]!
    }
    const isFine = highest * 2 * 10 ** PRICE_DECIMALS < MAXIMUM_PRICE
    return {
      ...{ id, venue: 'us-equities', symbol, kind: 'equity' },
      ...{ quoteCurrency: 'USD', baseCurrency: symbol },
      priceDecimals: isFine ? PRICE_DECIMALS : COARSE_DECIMALS,
      quantityDecimals: how.lotDecimals,
      priceRule: { kind: 'tick', quanta: 1 },
      ...{ minimumNotional: 0n, minimumQuantity: quantity(1) },
      fees: { makerE9: feeE9, takerE9: feeE9 },
      ...{ longOnly: true, maximumLeverage: 1 },
    }
  })
}

/**
 * What goes ex or ends on the days of a panel. What is split off is paid in cash at its first
 * value; a name that stops trading is paid out at its last price, at the beginning of its first
 * day without a bar.
 */
export function hourlyActions(panel: HourPanel): CorporateAction[] {
  const { grid, actions, delistings } = panel
  const list: CorporateAction[] = []
  const splits = new Map<string, number>()
  for (const { name, bar, kind, ratio } of actions) {
    if (kind === 'split') splits.set(`${name}@${bar}`, ratio)
  }
  for (const { name, bar, kind, ratio, amount } of actions) {
    assert(grid.barOfSession[bar] === 0, 'actions happen between sessions')
    const at = { instrument: name, day: grid.sessionDay[bar]! }
    if (kind === 'split') {
      list.push({ ...at, dividendE8: 0, ratioE9: Math.round(ratio * NO_SPLIT_E9) })
      continue
    }
    // Of a share before the split of the same day.
    const each = amount / (splits.get(`${name}@${bar}`) ?? 1)
    list.push({ ...at, dividendE8: Math.round(each * 1e8), ratioE9: NO_SPLIT_E9 })
  }
  // Of one day, splits come first: what is paid then is of new shares.
  list.sort((a, b) => a.day - b.day || Number(b.dividendE8 === 0) - Number(a.dividendE8 === 0))
  for (const { name, bar, lastPrice } of delistings) {
    const day = grid.sessionDay[bar]! + (grid.barOfSession[bar] === 0 ? 0 : 1)
    const payoutE8 = Math.round(lastPrice * 1e8)
    list.push({ instrument: name, day, dividendE8: 0, ratioE9: NO_SPLIT_E9, payoutE8 })
  }
  return list
}
