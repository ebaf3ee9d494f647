import { describe, expect, it } from 'vitest'
import {
  averageColumn,
  type CurrentValue,
  createRandom,
  estimateHalfLife,
  MarketCursor,
  MarketWriter,
  OrderBook,
  RollingAverage,
  RollingZ,
  Signal,
  type SignalOptions,
  zColumn,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { at, numbers, readColumns, relative } from './columns.ts'
import { readSnapshots } from './snapshots.ts'

const MINUTE = 60_000_000

/** Prices as integers of the last decimal that any of them is printed with. */
function toTicks(prices: Float64Array): { ticks: Float64Array; decimals: number } {
  let decimals = 0
  for (const price of prices) decimals = Math.max(decimals, `${price}`.split('.')[1]?.length ?? 0)
  return { ticks: prices.map((price) => Math.round(price * 10 ** decimals)), decimals }
}

interface Series {
  readonly times: Float64Array
  readonly ticks: Float64Array
  readonly decimals: number
}

async function readCloses(name: string): Promise<Series> {
  const isPerpetual = name.startsWith('HL:')
  const file = isPerpetual
    ? sharedData('hyperliquid/hl_perp_1m_20250721_26_shared20.parquet')
    : sharedData('crypto_1m/binance_spot_1m_2021_shared14.parquet')
  const where = isPerpetual ? `coin = '${name.slice(3)}'` : `symbol = '${name}'`
  const columns = await readColumns(
    `select epoch_us(ts) as time, close from '${file}' where ${where} order by ts`,
  )
  return { times: numbers(columns['time']), ...toTicks(numbers(columns['close'])) }
}

/** z-scores restarted at every step that is not one minute. */
function restartedColumn({ times, ticks }: Series, window: number): Float64Array {
  const out = new Float64Array(ticks.length)
  let from = 0
  for (let i = 1; i <= ticks.length; i++) {
    if (i < ticks.length && times[i]! - times[i - 1]! === MINUTE) continue
    zColumn(ticks.subarray(from, i), window, 'include', out.subarray(from, i))
    from = i
  }
  return out
}

function column(series: Series, window: number, current: CurrentValue): Float64Array {
  const out = new Float64Array(series.ticks.length)
  zColumn(series.ticks, window, current, out)
  return out
}

function expectScores(series: Series, z: Float64Array, oracle: unknown): void {
  const figure = (key: string): number => at(oracle, key) as number
  const time = (row: number): string =>
    new Date(series.times[row]! / 1000).toISOString().replace('.000Z', 'Z')
  const rows = Array.from(z.keys()).filter((row) => !Number.isNaN(z[row]!))
  const values = Float64Array.from(rows, (row) => z[row]!)
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const square = values.reduce((a, b) => a + (b - mean) ** 2, 0)
  const close = (row: number, key: string): void => {
    const [when, value] = at(oracle, key) as [string, number]
    expect(time(row), key).toBe(when)
    expect(relative(z[row]!, value), key).toBeLessThan(1e-12)
  }
  const extreme = (better: (a: number, b: number) => boolean): number =>
    rows.reduce((best, row) => (better(z[row]!, z[best]!) ? row : best))
  expect(values.length).toBe(figure('n'))
  close(rows[0]!, 'first')
  close(rows.at(-1)!, 'last')
  close(
    extreme((a, b) => a < b),
    'min',
  )
  close(
    extreme((a, b) => a > b),
    'max',
  )
  expect(relative(mean, figure('mean'))).toBeLessThan(1e-9)
  expect(relative(Math.sqrt(square / (values.length - 1)), figure('sd_ddof1'))).toBeLessThan(1e-9)
  expect(values.filter((value) => value < -1.25).length).toBe(figure('n_below_-1.25'))
  expect(values.filter((value) => value > 1.25).length).toBe(figure('n_above_1.25'))
  expect(values.filter((value) => Math.abs(value) > 3).length).toBe(figure('n_abs_gt_3'))
}

describe.skipIf(!hasSharedData)(`z-scores of recorded minutes${sharedDataNote}`, () => {
  const symbols = hasSharedData ? Object.keys(at(readOracle<unknown>('crypto_1m')) as object) : []

  it.each(symbols)('agree with the independent figures: %s', async (name) => {
    const oracle = at(readOracle<unknown>('crypto_1m'), name)
    const series = await readCloses(name)
    expect([series.ticks.length, series.decimals]).toEqual([
      at(oracle, 'rows'),
      at(oracle, 'decimals_used'),
    ])
    expectScores(series, column(series, 60, 'include'), at(oracle, 'z_incl'))
    expectScores(series, column(series, 60, 'exclude'), at(oracle, 'z_excl'))
    expectScores(series, restartedColumn(series, 60), at(oracle, 'z_incl_restart_after_gap'))
  })

  it.each(
    symbols,
  )('have one set of bits in the column, the score and the signal: %s', async (name) => {
    const series = await readCloses(name)
    const trend = new Float64Array(series.ticks.length)
    averageColumn(series.ticks, 240, trend)
    const average = new RollingAverage(240)
    for (const current of ['include', 'exclude'] as const) {
      const z = new RollingZ(60, current)
      const expected = column(series, 60, current)
      let different = 0
      series.ticks.forEach((value, row) => {
        z.push(value)
        if (!Object.is(z.value, expected[row])) different++
        if (current === 'exclude') return
        average.push(value)
        if (!Object.is(average.value, trend[row])) different++
      })
      expect(different).toBe(0)
    }
    expect(differencesOfSignal(series, column(series, 60, 'include'), Infinity)).toBe(0)
    expect(differencesOfSignal(series, restartedColumn(series, 60), 0)).toBe(0)
  })
})

/** Rows in which a signal fed with finished bars has another z than the column. */
function differencesOfSignal(series: Series, expected: Float64Array, maxGap: number): number {
  const signal = new Signal({ ...signalOptions('bar', MINUTE), maxGap })
  const writer = new MarketWriter()
  const cursor = new MarketCursor()
  let different = 0
  series.ticks.forEach((close, row) => {
    const openTime = series.times[row]!
    const head = { receivedTime: openTime + MINUTE, venueTime: openTime + MINUTE, instrument: 0 }
    writer.clear()
    writer.bar(head, { open: close, high: close, low: close, close, volume: 0, openTime })
    cursor.load(writer.batch(), 0)
    signal.onBar(cursor)
    if (!Object.is(signal.z, expected[row])) different++
  })
  return different
}

function signalOptions(source: 'mid' | 'bar', intervalUs: number): SignalOptions {
  return { source, intervalUs, window: 60, current: 'include', maxGap: 1000, trendWindow: 0 }
}

describe.skipIf(!hasSharedData)(`z-scores of adjusted daily closes${sharedDataNote}`, () => {
  it('agree with the independent probe, whose sums pass 2^53', async () => {
    const probe = at(readOracle<unknown>('equities_daily_mr'), 'z_probe')
    const file = sharedData('equities_daily/us_daily_shared_2010_2018.parquet')
    const columns = await readColumns(
      `select epoch_us(date) as time, adjusted_close from '${file}'
       where symbol = '${at(probe, 'symbol')}' order by date`,
    )
    const { ticks } = toTicks(numbers(columns['adjusted_close']))
    const series = { times: numbers(columns['time']), ticks, decimals: 0 }
    const probes = [
      ['include', 59, 'first'],
      ['include', ticks.length - 1, 'last'],
      ['exclude', 60, 'excl_first'],
    ] as const
    for (const [current, row, key] of probes) {
      const [date, value] = at(probe, key) as [string, number]
      expect(new Date(series.times[row]! / 1000).toISOString().slice(0, 10)).toBe(date)
      expect(relative(column(series, 60, current)[row]!, value)).toBeLessThan(1e-12)
    }
  })

  it('agree over the whole universe', async () => {
    const oracle = at(readOracle<unknown>('equities_daily_mr'))
    const file = sharedData('equities_daily/us_daily_shared_2010_2018.parquet')
    const universe = sharedData('equities_daily/universe_138.csv')
    const columns = await readColumns(
      `select symbol, adjusted_close as price from '${file}'
       where symbol in (select symbol from read_csv('${universe}'))
         and date between '2010-01-04' and '2018-12-31' order by symbol, date`,
    )
    const prices = numbers(columns['price'])
    const sessions = at(oracle, 'sessions') as number
    const all: number[] = []
    for (let from = 0; from < prices.length; from += sessions) {
      const { ticks } = toTicks(prices.subarray(from, from + sessions))
      const out = new Float64Array(sessions)
      zColumn(ticks, 60, 'include', out)
      all.push(...out.filter((value) => !Number.isNaN(value)))
    }
    const mean = all.reduce((a, b) => a + b, 0) / all.length
    const sd = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1))
    const share = all.filter((value) => Math.abs(value) > 1.25).length / all.length
    expect(all.length).toBe(at(oracle, 'z_count'))
    expect(relative(mean, at(oracle, 'z_mean') as number)).toBeLessThan(1e-9)
    expect(relative(sd, at(oracle, 'z_sd') as number)).toBeLessThan(1e-9)
    expect(share).toBe(at(oracle, 'share_abs_gt_1.25'))
  })
})

type Trade = [direction: number, entryUs: number, exitUs: number, midBp: number, touchBp: number]

/** The state machine of the definitions, decided at bar closes, filled at the next book. */
class Machine {
  readonly trades: Trade[] = []
  #direction = 0
  #wanted = 0
  #entry = { time: 0, mid: 0, touch: 0 }

  /** Fills what was decided before this book. */
  onBook(time: number, book: OrderBook): void {
    if (this.#wanted === this.#direction) return
    if (this.#direction === 0) this.#enter(time, book)
    else this.close(time, book)
    this.#direction = this.#wanted
  }

  onBar(z: number, rho: number): void {
    if (this.#direction === 0) {
      if (z < -1.25 && rho > 0) this.#wanted = 1
      else if (z > 1.25 && rho < 0) this.#wanted = -1
    } else if (this.#direction > 0 ? z > -0.5 : z < 0.5) this.#wanted = 0
  }

  close(time: number, book: OrderBook): void {
    if (this.#direction === 0) return
    const bp = (exit: number, entry: number): number => this.#direction * (exit / entry - 1) * 1e4
    const touch = this.#direction > 0 ? book.bestBid() : book.bestAsk()
    const { time: entryTime, mid, touch: entryTouch } = this.#entry
    const values = [bp(book.halfMid() / 2, mid), bp(touch, entryTouch)] as const
    this.trades.push([this.#direction, entryTime, time, ...values])
  }

  #enter(time: number, book: OrderBook): void {
    const touch = this.#wanted > 0 ? book.bestAsk() : book.bestBid()
    this.#entry = { time, mid: book.halfMid() / 2, touch }
  }
}

describe.skipIf(!hasSharedData)(`bars of recorded mids${sharedDataNote}`, () => {
  it('give the bars, scores and trades of the independent computation', async () => {
    const { rows, pool, times } = await readSnapshots('BTC', 5)
    for (const intervalMs of [1000, 5000, 10_000, 60_000]) {
      const oracle = at(
        readOracle<unknown>('hl_taker_received_time'),
        'BTC',
        `${intervalMs}ms_W60_N20`,
      )
      const signal = new Signal(signalOptions('mid', intervalMs * 1000))
      const book = new OrderBook({ levels: 20, capacity: 20 })
      const machine = new Machine()
      let bars = 0
      let scored = 0
      for (let row = 0; row < rows; row++) {
        const time = times[row]!
        while (time >= signal.nextBarEnd) {
          bars += signal.advanceTo(signal.nextBarEnd)
          if (!Number.isNaN(signal.z)) scored++
          machine.onBar(signal.z, book.imbalance())
        }
        book.applySnapshot(pool, row * 80, 20, 20)
        machine.onBook(time, book)
        signal.onMid(time, book.halfMid())
      }
      machine.close(times[rows - 1]!, book)
      expect([bars, scored, machine.trades.length]).toEqual([
        at(oracle, 'bars'),
        at(oracle, 'z_values'),
        at(oracle, 'trades'),
      ])
      const gross = machine.trades.reduce((sum, trade) => sum + trade[3], 0)
      const touch = machine.trades.reduce((sum, trade) => sum + trade[4], 0)
      expect(gross).toBeCloseTo(at(oracle, 'gross_mid_bp_sum') as number, 8)
      expect(touch).toBeCloseTo(at(oracle, 'touch_bp_sum') as number, 8)
      const list = at(oracle, 'trades_list') as Trade[] | null
      list?.forEach((trade, i) => {
        expect(machine.trades[i]![0]).toBe(trade[0])
        // Recorded as seconds in floating point: halves of a microsecond round either way.
        for (const k of [1, 2]) {
          expect(Math.abs(machine.trades[i]![k]! - trade[k]!)).toBeLessThanOrEqual(1)
        }
        expect(machine.trades[i]![3]).toBeCloseTo(trade[3], 8)
        expect(machine.trades[i]![4]).toBeCloseTo(trade[4], 8)
      })
    }
  })
})

describe.skipIf(!hasSharedData)(`null models${sharedDataNote}`, () => {
  const figure = (...keys: string[]): number =>
    at(readOracle<unknown>('null_models'), ...keys) as number
  const length = 400_000
  const expectNull = (values: Float64Array, key: string): void => {
    const out = new Float64Array(length)
    zColumn(values, 60, 'include', out)
    const z = out.subarray(59)
    const sd = Math.sqrt(z.reduce((a, b) => a + b * b, 0) / z.length)
    const share = z.filter((value) => Math.abs(value) > 1.25).length / z.length
    expect(relative(sd, figure('z_null', key, 'sd'))).toBeLessThan(0.01)
    expect(relative(share, figure('z_null', key, 'share_abs_gt_1.25'))).toBeLessThan(0.01)
  }

  it('have the known spread of scores on a random walk and on noise', () => {
    const random = createRandom(1)
    let level = 1e9
    const step = () => Math.round(random.normal() * 1000)
    expectNull(
      new Float64Array(length).map(() => {
        level += step()
        return level
      }),
      'random_walk',
    )
    expectNull(new Float64Array(length).map(step), 'iid')
  })

  it('have the known apparent half-life on 60 values of a random walk', () => {
    const random = createRandom(2)
    const sims = 20_000
    const phis = new Float64Array(sims)
    for (let sim = 0; sim < sims; sim++) {
      let level = 0
      const values = new Float64Array(60).map(() => {
        level += random.normal()
        return level
      })
      phis[sim] = estimateHalfLife(values).phi
    }
    phis.sort()
    const key = 'half_life_of_a_random_walk_W60'
    const halfLives = phis.map((phi) => (phi < 1 ? -Math.LN2 / Math.log(phi) : Infinity))
    const mean = phis.reduce((a, b) => a + b, 0) / sims
    const median = phis[sims / 2]!
    expect(relative(mean, figure(key, 'phi_mean'))).toBeLessThan(0.01)
    expect(relative(median, figure(key, 'phi_median'))).toBeLessThan(0.01)
    const share = halfLives.filter((value) => value > 0 && value < 30).length / sims
    expect(relative(share, figure(key, 'share_half_life_below_30'))).toBeLessThan(0.01)
  })
})
