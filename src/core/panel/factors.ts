import { formatUtcIso } from '../calendar/civil-time.ts'
import { barAt, barCount, type HourGrid } from './hour-grid.ts'
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

/** Rows that tell of the same thing: the first of them, and the newest known in time, -1 of none. */
interface Vintages {
  readonly name: number
  readonly bar: number
  readonly first: number
  newest: number
}

/** Groups rows by what they tell of, and finds the newest of each known before its bar's decision. */
class VintageIndex {
  readonly #grid: HourGrid
  readonly #table: KnownTable
  readonly #all = new Map<string, Vintages>()

  constructor(grid: HourGrid, table: KnownTable) {
    this.#grid = grid
    this.#table = table
  }

  add(key: string, place: number, at: { readonly name: number; readonly bar: number }): void {
    const { knownTime } = this.#table
    const own = this.#all.get(key) ?? { ...at, first: place, newest: -1 }
    this.#all.set(key, own)
    if (!(knownTime[place]! < this.#grid.decisionTime[at.bar]!)) return
    if (own.newest < 0 || knownTime[place]! >= knownTime[own.newest]!) own.newest = place
  }

  values(): readonly Vintages[] {
    return [...this.#all.values()].sort((a, b) => a.name - b.name || a.bar - b.bar)
  }
}

/**
 * Actions of a table as those of a panel, ascending by name and bar; those before its first bar or
 * after its last are left out. Of its vintages (rows of one event, kind and ex-time) the newest
 * known before the decision of the first bar without it counts; ratio 1 and amount 0 call it off.
 * One that was not known by then is a problem: until then the panel would show its fall as a loss.
 */
export function panelActions(
  grid: HourGrid,
  table: KnownTable,
  nameOf: (symbol: number) => number,
): { readonly actions: PanelAction[]; readonly problems: TableProblem[] } {
  const late = problemOf(table, 'late')
  const value = problemOf(table, 'value')
  const { kind, ex_time: ex, ratio, amount } = table.fields
  const symbolOf = (place: number): string | undefined => table.symbols[table.symbol[place]!]
  const index = new VintageIndex(grid, table)
  for (let place = 0; place < rowCount(table); place++) {
    const name = nameOf(table.symbol[place]!)
    const bar = firstBarFrom(grid, ex![place]!)
    if (name < 0 || bar === 0 || bar === barCount(grid)) continue
    const about = (): string =>
      `${symbolOf(place)} has an action of kind ${kind![place]}, ratio ${ratio![place]}, amount ` +
      `${amount![place]}, ex_time ${formatUtcIso(ex![place]!)}`
    const isKind = ACTION_KINDS[kind![place]!] !== undefined
    if (!isKind || !(ratio![place]! > 0) || !(amount![place]! >= 0)) {
      const needed = 'kinds 0 to 2, a ratio above 0 and an amount of at least 0 are needed'
      value.add(place, () => `${about()}; ${needed}`)
    } else if (isWithinSession(grid, ex![place]!)) {
      value.add(place, () => `${about()}; it has to lie between sessions, or at an open`)
    } else {
      const key = [name, table.eventTime[place], kind![place], ex![place]].join()
      index.add(key, place, { name, bar })
    }
  }
  const actions: PanelAction[] = []
  for (const { name, bar, first, newest } of index.values()) {
    const kindName = ACTION_KINDS[kind![first]!]!
    if (newest < 0) {
      late.add(
        first,
        () => `the ${kindName} of ${symbolOf(first)} was known only after its first bar`,
      )
    } else if (ratio![newest] !== 1 || amount![newest] !== 0) {
      actions.push({ name, bar, kind: kindName, ratio: ratio![newest]!, amount: amount![newest]! })
    }
  }
  return { actions, problems: [...late.done(), ...value.done()] }
}

/** After a session's open and before its close. */
function isWithinSession(grid: HourGrid, time: number): boolean {
  const bar = barAt(grid, time)
  return bar >= 0 && (grid.barOfSession[bar] !== 0 || grid.openTime[bar] !== time)
}

/**
 * The last prices of names that stop trading within a grid, ascending by name: of several vintages
 * the newest known before the decision of the first bar that does not trade. A name that has bars
 * after it or two ends, a price below 0, and an end that was not known by then are problems.
 */
export function panelDelistings(
  grid: HourGrid,
  table: KnownTable,
  nameOf: (symbol: number) => number,
  bars: PanelBars,
): { readonly delistings: PanelDelisting[]; readonly problems: TableProblem[] } {
  const late = problemOf(table, 'late')
  const value = problemOf(table, 'value')
  const { effective_time: effective, last_price: price } = table.fields
  const symbolOf = (place: number): string | undefined => table.symbols[table.symbol[place]!]
  const index = new VintageIndex(grid, table)
  for (let place = 0; place < rowCount(table); place++) {
    const name = nameOf(table.symbol[place]!)
    const bar = firstBarFrom(grid, effective![place]!)
    if (name < 0 || bar === barCount(grid)) continue
    const rest = bars.close.subarray(name * barCount(grid) + bar, (name + 1) * barCount(grid))
    if (rest.some((close) => !Number.isNaN(close))) {
      value.add(place, () => `${symbolOf(place)} has bars after the end of its trading`)
    }
    if (!(price![place]! >= 0)) {
      const is = `is ${price![place]}; at least 0 is needed`
      value.add(place, () => `the last price of ${symbolOf(place)} ${is}`)
    }
    index.add([name, effective![place]].join(), place, { name, bar })
  }
  const delistings: PanelDelisting[] = []
  for (const { name, bar, first, newest } of index.values()) {
    if (delistings.at(-1)?.name === name) {
      value.add(first, () => `${symbolOf(first)} ends its trading twice`)
    } else if (newest < 0) {
      late.add(first, () => `the end of ${symbolOf(first)} was known only after it`)
    } else delistings.push({ name, bar, lastPrice: price![newest]! })
  }
  return { delistings, problems: [...late.done(), ...value.done()] }
}

/**
 * The factors of a panel from its actions and raw bars, both name-major. A split multiplies both by
 * its ratio; what is paid or split off multiplies the total-return factor by last / (last - amount)
 * with the last close before it, of several on one day the sum (CRSP's definition of a return with
 * distributions). An action before a name's first bar changes nothing. Actions ascend by name and bar.
 */
export function actionFactors(
  bars: PanelBars,
  shape: { readonly names: number; readonly bars: number },
  actions: readonly PanelAction[],
): { readonly splitFactor: Float64Array; readonly totalReturnFactor: Float64Array } {
  const splitFactor = new Float64Array(shape.names * shape.bars).fill(1)
  const totalReturnFactor = new Float64Array(shape.names * shape.bars).fill(1)
  for (let k = 0; k < actions.length; ) {
    const { name, bar } = actions[k]!
    let [ratio, amount] = [1, 0]
    for (; actions[k]?.name === name && actions[k]!.bar === bar; k++) {
      ratio *= actions[k]!.ratio
      amount += actions[k]!.amount
    }
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
