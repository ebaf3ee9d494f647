import { barCount, type HourGrid } from './hour-grid.ts'
import type { PanelAction, PanelBars, PanelDelisting } from './hour-panel.ts'
import { type KnownTable, rowCount } from './known-table.ts'
import { problemOf, type TableProblem } from './table-rules.ts'

/** Kinds of actions by their number in a table. */
export const ACTION_KINDS = ['split', 'dividend', 'spinOff'] as const

/** Index of the first bar that opens at or after an instant; the number of bars where none does. */
function firstBarFrom(grid: HourGrid, time: number): number {
  let low = 0
  let high = barCount(grid)
  while (low < high) {
    const middle = (low + high) >> 1
    if (grid.openTime[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Actions of a table as those of a panel, ascending by name and bar; those before its first bar or
 * after its last are left out. One that was not known before the decision of the first bar without
 * it is a problem: until then the panel would show its fall as a loss.
 */
export function panelActions(
  grid: HourGrid,
  table: KnownTable,
  nameOf: (symbol: number) => number,
): { readonly actions: PanelAction[]; readonly problems: TableProblem[] } {
  const late = problemOf(table, 'late')
  const value = problemOf(table, 'value')
  const { kind, ex_time: ex, ratio, amount } = table.fields
  const actions: PanelAction[] = []
  for (let place = 0; place < rowCount(table); place++) {
    const name = nameOf(table.symbol[place]!)
    const bar = firstBarFrom(grid, ex![place]!)
    if (name < 0 || bar === 0 || bar === barCount(grid)) continue
    const symbol = table.symbols[table.symbol[place]!]
    const kindName = ACTION_KINDS[kind![place]!]
    if (kindName === undefined || !(ratio![place]! > 0) || !(amount![place]! >= 0)) {
      value.add(
        place,
        () =>
          `${symbol} has an action of kind ${kind![place]}, ratio ${ratio![place]}, amount ` +
          `${amount![place]}; kinds 0 to 2, a ratio above 0 and an amount of at least 0 are needed`,
      )
      continue
    }
    if (!(table.knownTime[place]! < grid.decisionTime[bar]!)) {
      late.add(place, () => `the ${kindName} of ${symbol} was known only after its first bar`)
    }
    actions.push({ name, bar, kind: kindName, ratio: ratio![place]!, amount: amount![place]! })
  }
  actions.sort((a, b) => a.name - b.name || a.bar - b.bar)
  return { actions, problems: [...late.done(), ...value.done()] }
}

/**
 * The last prices of names that stop trading within a grid, ascending by name. A name that has bars
 * after it, or a price below 0, is a problem.
 */
export function panelDelistings(
  grid: HourGrid,
  table: KnownTable,
  nameOf: (symbol: number) => number,
  bars: PanelBars,
): { readonly delistings: PanelDelisting[]; readonly problems: TableProblem[] } {
  const value = problemOf(table, 'value')
  const { effective_time: effective, last_price: price } = table.fields
  const delistings: PanelDelisting[] = []
  for (let place = 0; place < rowCount(table); place++) {
    const name = nameOf(table.symbol[place]!)
    const bar = firstBarFrom(grid, effective![place]!)
    if (name < 0 || bar === barCount(grid)) continue
    const symbol = table.symbols[table.symbol[place]!]
    const rest = bars.close.subarray(name * barCount(grid) + bar, (name + 1) * barCount(grid))
    if (rest.some((close) => !Number.isNaN(close))) {
      value.add(place, () => `${symbol} has bars after the end of its trading`)
    }
    if (!(price![place]! >= 0)) {
      value.add(
        place,
        () => `the last price of ${symbol} is ${price![place]}; at least 0 is needed`,
      )
    }
    delistings.push({ name, bar, lastPrice: price![place]! })
  }
  delistings.sort((a, b) => a.name - b.name || a.bar - b.bar)
  return { delistings, problems: value.done() }
}

/**
 * The factors of a panel from its actions and raw bars, both name-major. A split multiplies both by
 * its ratio; what is paid or split off multiplies the total-return factor by last / (last - amount)
 * with the last close before it (CRSP's definition of a return with distributions). An action before
 * a name's first bar changes nothing.
 */
export function actionFactors(
  bars: PanelBars,
  shape: { readonly names: number; readonly bars: number },
  actions: readonly PanelAction[],
): { readonly splitFactor: Float64Array; readonly totalReturnFactor: Float64Array } {
  const splitFactor = new Float64Array(shape.names * shape.bars).fill(1)
  const totalReturnFactor = new Float64Array(shape.names * shape.bars).fill(1)
  for (const { name, bar, ratio, amount } of actions) {
    const first = name * shape.bars
    let last = Number.NaN
    for (let at = first + bar - 1; at >= first && Number.isNaN(last); at--) last = bars.close[at]!
    if (Number.isNaN(last)) continue
    // What is worth more than the shares themselves cannot be taken from them.
    const paid = amount < last ? last / (last - amount) : 1
    for (let at = first + bar; at < first + shape.bars; at++) {
      splitFactor[at]! *= ratio
      totalReturnFactor[at]! *= ratio * paid
    }
  }
  return { splitFactor, totalReturnFactor }
}
