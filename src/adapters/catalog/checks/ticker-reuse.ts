import type { DuckDBConnection } from '@duckdb/node-api'
import { median } from '../../../core/mod.ts'
import { readNumbers, readRows, sqlText } from '../duckdb.ts'
import { jumpCandidates } from './bars.ts'

/** A row put aside: rowid in its table and why. */
export interface SuspectRow {
  readonly id: number
  readonly reason: string
}

/** Factor between neighbouring (adjusted) closes above which no split explains the jump. */
const FACTOR = 3
/** The same where one of the two bars was hardly traded. */
const IDLE_FACTOR = 1.2
/** Hardly traded: at most this share of the instrument's median volume. */
const IDLE_SHARE = 0.01
/** Where a file says nothing about splits: how near a jump must be to a whole number to be one. */
const SPLIT_SLACK = 0.05
/** Longest pause over which a jump is taken for a split, us. */
const SPLIT_PAUSE_US = 7 * 86_400_000_000

interface Company {
  last: number
  lastTime: number
  idle: boolean
  traded: number
  readonly rows: number[]
}

/**
 * Rows of a ticker that seem to belong to another company: prices that jump by more than a factor
 * of 3 (of 1.2 when hardly traded) without a split. Each row joins the price level it is nearest
 * to; the level with the most traded rows is kept and every other row is a suspect.
 */
export async function findTickerReuse(connection: DuckDBConnection): Promise<SuspectRow[]> {
  const suspects: SuspectRow[] = []
  const [file] = await readRows(
    connection,
    'select count(adjusted_close) + count(split) > 0 as knows from bars',
  )
  for (const { instrument } of await readRows(connection, jumpCandidates)) {
    const symbol = String(instrument)
    const [ids, raw, adjusted, volumes, times] = (await readNumbers(
      connection,
      ['rowid', 'close', 'coalesce(adjusted_close, close)', 'volume', 'open_us'],
      `from bars where instrument = ${sqlText(symbol)} order by open_us, source_row`,
    )) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
    const guess = file?.['knows'] !== true
    // Splits jump in raw prices, adjustments of the wrong company in adjusted ones.
    const idle = idleRows(volumes)
    const prices = countJumps(raw, idle) < countJumps(adjusted, idle) ? raw : adjusted
    const companies = splitByPrice({ prices, idle, times, guess })
    const kept = companies.reduce((best, each) => (each.traded > best.traded ? each : best))
    for (const company of companies) {
      if (company === kept) continue
      const reason =
        `${symbol} near ${rounded(prices[company.rows[0]!]!)} in ${company.rows.length} rows, ` +
        `near ${rounded(prices[kept.rows[0]!]!)} in ${kept.rows.length}: two companies, no split`
      for (const row of company.rows) suspects.push({ id: ids[row]!, reason })
    }
  }
  return suspects
}

/** True for rows that were hardly traded. */
function idleRows(volumes: Float64Array): boolean[] {
  const limit = IDLE_SHARE * median(volumes)
  return Array.from(volumes, (volume) => volume <= limit)
}

/** Neighbouring closes that are further apart than trading explains. */
function countJumps(prices: Float64Array, idle: readonly boolean[]): number {
  let jumps = 0
  for (let row = 1; row < prices.length; row++) {
    const limit = idle[row] === true || idle[row - 1] === true ? IDLE_FACTOR : FACTOR
    if (Math.abs(Math.log(prices[row]! / prices[row - 1]!)) > Math.log(limit)) jumps++
  }
  return jumps
}

/** Rows by price level, in order. `guess`: take jumps by about a whole factor for splits. */
function splitByPrice(bars: {
  readonly prices: Float64Array
  readonly idle: readonly boolean[]
  readonly times: Float64Array
  readonly guess: boolean
}): Company[] {
  const companies: Company[] = []
  for (let row = 0; row < bars.prices.length; row++) {
    const price = bars.prices[row]!
    const time = bars.times[row]!
    const idle = bars.idle[row] === true
    const distance = (company: Company): number => Math.abs(Math.log(price / company.last))
    const isNear = (company: Company): boolean => {
      const limit = idle || company.idle ? IDLE_FACTOR : FACTOR
      if (distance(company) <= Math.log(limit)) return true
      const soon = time - company.lastTime <= SPLIT_PAUSE_US
      return bars.guess && soon && isSplit(price / company.last)
    }
    const nearest = companies.toSorted((a, b) => distance(a) - distance(b))[0]
    const company =
      nearest !== undefined && isNear(nearest)
        ? nearest
        : { last: price, lastTime: time, idle, traded: 0, rows: [] }
    if (company !== nearest) companies.push(company)
    company.last = price
    company.lastTime = time
    company.idle = idle
    if (!idle) company.traded++
    company.rows.push(row)
  }
  return companies
}

/** True for a ratio near 1/2, 1/3, ... 1/50 or the inverse. */
function isSplit(ratio: number): boolean {
  const factor = Math.max(ratio, 1 / ratio)
  const whole = Math.round(factor)
  return whole >= 2 && whole <= 50 && Math.abs(factor / whole - 1) < SPLIT_SLACK
}

const rounded = (value: number): number => Number(value.toPrecision(4))
