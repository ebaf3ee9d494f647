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
 * What goes ex or ends on the days of a panel, of a name all of a day together: engine and exchange
 * know it by its day. What is split off is paid in cash at its first value; a name that stops
 * trading is paid out at its last price, at the beginning of its first day without a bar.
 */
export function hourlyActions(panel: HourPanel): CorporateAction[] {
  const { grid, actions, delistings } = panel
  const days = new Map<string, { name: number; bar: number; ratio: number; amount: number }>()
  for (const { name, bar, kind, ratio, amount } of actions) {
    assert(grid.barOfSession[bar] === 0, 'actions happen between sessions')
    const own = days.get(`${name}@${bar}`) ?? { name, bar, ratio: 1, amount: 0 }
    days.set(`${name}@${bar}`, own)
    if (kind === 'split') own.ratio *= ratio
    else own.amount += amount
  }
  const list = [...days.values()].map(
    ({ name, bar, ratio, amount }): CorporateAction => ({
      ...{ instrument: name, day: grid.sessionDay[bar]! },
      ratioE9: Math.round(ratio * NO_SPLIT_E9),
      // Amounts are of a share before the split of the day, which comes first.
      dividendE8: Math.round((amount / ratio) * 1e8),
    }),
  )
  for (const { name, bar, lastPrice } of delistings) {
    const day = grid.sessionDay[bar]! + (grid.barOfSession[bar] === 0 ? 0 : 1)
    const payoutE8 = Math.round(lastPrice * 1e8)
    list.push({ instrument: name, day, dividendE8: 0, ratioE9: NO_SPLIT_E9, payoutE8 })
  }
  return list
}
