import { describe, expect, it } from 'vitest'
import { barCount } from '../hour-grid.ts'
import type { HourPanel, KnownSeries } from '../hour-panel.ts'
import { generatePanel } from './generate-panel.ts'
import type { SignalColumn } from './options.ts'

/** The value of a column that each decision may use, looked up without any help of the generator. */
function asOf(panel: HourPanel, series: KnownSeries, field: string): number[] {
  return [...panel.grid.decisionTime].map((decision) => {
    let value = Number.NaN
    for (let k = 0; k < series.knownTime.length; k++) {
      if (series.knownTime[k]! < decision) value = series.fields[field]![k]!
    }
    return value
  })
}

/** Return with dividends from the open after a bar to the open five bars later, less the market's. */
function excess(panel: HourPanel, name: number, bar: number): number {
  const bars = barCount(panel.grid)
  const price = (b: number): number =>
    panel.bars.open[name * bars + b]! * panel.totalReturnFactor[name * bars + b]!
  const market = panel.benchmark!.bars.open
  return price(bar + 6) / price(bar + 1) - market[bar + 6]! / market[bar + 1]!
}

/** Slope of excess returns on a column, in bp for each unit, and its error by days. */
function slope(panel: HourPanel, kind: 'sentiment' | 'analyst' | 'fundamentals', field: string) {
  const bars = barCount(panel.grid)
  const terms: { top: number; bottom: number }[] = []
  let top = 0
  let bottom = 0
  for (let name = 0; name < panel.symbols.length; name++) {
    const values = asOf(panel, panel[kind]![name]!, field)
    for (let bar = 0; bar + 6 < bars; bar++) {
      const x = values[bar]!
      const y = excess(panel, name, bar)
      if (!Number.isFinite(x * y)) continue
      const day = panel.grid.sessionDay[bar]!
      terms[day] ??= { top: 0, bottom: 0 }
      terms[day].top += x * y
      terms[day].bottom += x * x
      top += x * y
      bottom += x * x
    }
  }
  const b = top / bottom
  let square = 0
  let last = 0
  for (const day of Object.values(terms)) {
    const e = day.top - b * day.bottom
    square += e * e + 2 * e * last
    last = e
  }
  return { bp: b * 1e4, errorBp: (Math.sqrt(square) / bottom) * 1e4 }
}

/** Every array of a panel by its path, cut to the bars and rows before a bar. */
function head(panel: HourPanel, end: number): Record<string, unknown> {
  const bars = barCount(panel.grid)
  const before = panel.grid.openTime[end] ?? Number.POSITIVE_INFINITY
  const cut = (column: ArrayLike<number>): number[] =>
    Array.from({ length: panel.symbols.length * end }, (_, k) => {
      return column[Math.floor(k / end) * bars + (k % end)]!
    })
  const rows = (series: KnownSeries): unknown => {
    const kept = [...series.knownTime].filter((time) => time < before).length
    const fields = Object.entries(series.fields).map(([k, v]) => [k, [...v.slice(0, kept)]])
    return [[...series.knownTime.slice(0, kept)], [...series.eventTime.slice(0, kept)], fields]
  }
  return {
    grid: Object.values(panel.grid).map((v) => (typeof v === 'string' ? v : [...v.slice(0, end)])),
    bars: Object.values(panel.bars).map(cut),
    benchmark: Object.values(panel.benchmark!.bars).map((v: Float64Array) => [...v.slice(0, end)]),
    member: cut(panel.isMember),
    sector: cut(panel.sector),
    split: cut(panel.splitFactor),
    total: cut(panel.totalReturnFactor),
    shares: cut(panel.sharesOutstanding),
    actions: panel.actions.filter((a) => a.bar < end),
    delistings: panel.delistings.filter((a) => a.bar < end),
    series: [panel.fundamentals!, panel.sentiment!, panel.analyst!].map((s) => s.map(rows)),
    macro: rows(panel.macro!),
  }
}

const eventful = { changesPerYear: 2, delistingsPerYear: 0.6, reserveShare: 0.3 } as const

describe('a generated panel', () => {
  it('is the same for the same seed and another for another', () => {
    const panel = (seed: number): HourPanel => generatePanel({ seed, names: 3, sessions: 5 })
    expect(panel(7)).toEqual(panel(7))
    expect(panel(7).bars.close[5]).not.toBe(panel(8).bars.close[5])
  })

  it('begins with the panel of fewer sessions: nothing depends on what comes later', () => {
    const edge = { column: 'sentiment_score', bpPer5Bars: 30 } as const
    const options = { seed: 11, names: 20, edge, ...eventful }
    const long = generatePanel({ ...options, sessions: 160 })
    const short = generatePanel({ ...options, sessions: 90 })
    const end = barCount(short.grid)
    expect(long.actions.length).toBeGreaterThan(short.actions.length)
    expect(head(long, end)).toEqual(head(short, end))
  })

  it('holds bars whose parts fit, splits, dividends, listings, delistings and changes', () => {
    const panel = generatePanel({ seed: 5, names: 40, sessions: 300, ...eventful })
    const bars = barCount(panel.grid)
    const { open, high, low, close, volume } = panel.bars
    let [ends, begins, joins, leaves] = [0, 0, 0, 0]
    const wrong: number[] = []
    for (let k = 0; k < open.length; k++) {
      const trades = Number.isFinite(close[k]!)
      const isBar =
        low[k]! > 0 &&
        low[k]! <= Math.min(open[k]!, close[k]!) &&
        high[k]! >= Math.max(open[k]!, close[k]!) &&
        volume[k]! >= 1
      if (trades ? !isBar : panel.isMember[k] !== 0) wrong.push(k)
      if (k % bars === 0) continue
      const before = Number.isFinite(close[k - 1]!)
      if (before && !trades) ends++
      if (!before && trades) begins++
      joins += panel.isMember[k]! > panel.isMember[k - 1]! ? 1 : 0
      leaves += panel.isMember[k]! < panel.isMember[k - 1]! ? 1 : 0
    }
    expect(wrong).toEqual([])
    expect(ends).toBe(panel.delistings.length)
    expect(Math.min(ends, begins, joins, leaves)).toBeGreaterThan(2)
    for (const { name, bar, lastPrice } of panel.delistings) {
      expect(close[name * bars + bar]).toBeNaN()
      expect(lastPrice / close[name * bars + bar - 1]!).toBeCloseTo(1, 0)
    }
  })

  it('has factors that undo splits and payments, so that their bars return like any other', () => {
    const panel = generatePanel({ seed: 3, names: 60, sessions: 260 })
    const bars = barCount(panel.grid)
    expect(panel.actions.length).toBeGreaterThan(60)
    for (const { name, bar, kind, ratio, amount } of panel.actions) {
      const at = name * bars + bar
      const last = panel.bars.close[at - 1]!
      const split = panel.splitFactor[at]! / panel.splitFactor[at - 1]!
      const total = panel.totalReturnFactor[at]! / panel.totalReturnFactor[at - 1]!
      expect(split).toBeCloseTo(kind === 'split' ? ratio : 1, 9)
      expect(total).toBeCloseTo((ratio * last) / (last - amount), 9)
      expect(Math.abs(Math.log((panel.bars.open[at]! * total) / last))).toBeLessThan(0.15)
    }
  })

  it('lists what is known in order, each row known after it happened', () => {
    const panel = generatePanel({ seed: 9, names: 6, sessions: 80 })
    const all = [...panel.fundamentals!, ...panel.sentiment!, ...panel.analyst!, panel.macro!]
    for (const { knownTime, eventTime } of all) {
      expect(knownTime.length).toBeGreaterThan(1)
      expect(knownTime.every((time, k) => k === 0 || time > knownTime[k - 1]!)).toBe(true)
      expect(knownTime.every((time, k) => eventTime[k]! < time)).toBe(true)
    }
  })
})

describe('the hours of a generated panel', () => {
  it.each(['clockHour', 'sessionOpen', 'session'] as const)('may be those of %s', (anchor) => {
    const panel = generatePanel({ seed: 13, names: 8, sessions: 40, anchor })
    const bars = barCount(panel.grid)
    expect(bars).toBe(anchor === 'session' ? 40 : 280)
    const known = panel.sentiment!.flatMap(({ knownTime }) => [...knownTime])
    expect(known.length).toBeGreaterThan(20)
    // The variance of a session is that of a year's, however many bars it has.
    const { open, close } = generatePanel({ seed: 13, names: 1, sessions: 800, anchor }).benchmark!
      .bars
    let square = 0
    for (let k = 1; k < close.length; k++) {
      square += Math.log(close[k]! / open[k]!) ** 2 + Math.log(open[k]! / close[k - 1]!) ** 2
    }
    const volatility = Math.sqrt((square / 800) * 252)
    expect(volatility).toBeGreaterThan(0.13)
    expect(volatility).toBeLessThan(0.21)
  })
})

describe('expected returns of a generated panel', () => {
  it('are zero, whatever is known, when no edge is planted', () => {
    const panel = generatePanel({ seed: 21, names: 60, sessions: 120 })
    for (const [kind, field] of [
      ['sentiment', 'sentiment_score'],
      ['analyst', 'target_price_revision'],
      ['fundamentals', 'eps_surprise_std'],
    ] as const) {
      const { bp, errorBp } = slope(panel, kind, field)
      expect(Math.abs(bp), `${field} ${bp} +- ${errorBp}`).toBeLessThan(3.5 * errorBp)
    }
  })

  it.each([
    ['sentiment', 'sentiment_score'],
    ['sentiment', 'mention_abnormal'],
    ['analyst', 'target_price_revision'],
    ['fundamentals', 'eps_surprise_std'],
  ] as const)('are as planted in %s %s', (kind, column) => {
    const edge = { column: column as SignalColumn, bpPer5Bars: 60 }
    const panel = generatePanel({ seed: 31, names: 60, sessions: 120, edge })
    const { bp, errorBp } = slope(panel, kind, column)
    expect(errorBp).toBeLessThan(8)
    expect(Math.abs(bp - 60), `${bp} +- ${errorBp}`).toBeLessThan(3.5 * errorBp)
  })

  it('would show a leak: a column that knows the next return is found out', () => {
    const panel = generatePanel({ seed: 21, names: 20, sessions: 60 })
    const bars = barCount(panel.grid)
    for (const [name, { knownTime, fields }] of panel.sentiment!.entries()) {
      for (let row = 0; row < knownTime.length; row++) {
        const bar = panel.grid.decisionTime.findIndex((time) => knownTime[row]! < time)
        const future = bar < 0 || bar + 6 >= bars ? 0 : excess(panel, name, bar)
        fields['sentiment_score']![row]! += 30 * (Number.isNaN(future) ? 0 : future)
      }
    }
    const { bp, errorBp } = slope(panel, 'sentiment', 'sentiment_score')
    expect(bp / errorBp).toBeGreaterThan(8)
  })

  it('have neither drift nor autocorrelation, also of the benchmark and of names alone', () => {
    const panel = generatePanel({ seed: 41, names: 80, sessions: 250 })
    const bars = barCount(panel.grid)
    let [mean, market, own] = [0, 0, 0]
    let [meanError, marketError, ownError] = [0, 0, 0]
    for (let bar = 2; bar < bars; bar++) {
      const b = panel.benchmark!.bars.close
      const r = b[bar]! / b[bar - 1]! - 1
      const product = r * (b[bar - 1]! / b[bar - 2]! - 1)
      market += product
      marketError += product * product
      let [sum, ownSum] = [0, 0]
      for (let name = 0; name < 80; name++) {
        const at = name * bars + bar
        const price = (k: number): number => panel.bars.close[k]! * panel.totalReturnFactor[k]!
        const x = price(at) / price(at - 1) - 1
        if (!Number.isFinite(x)) continue
        sum += x / 80
        ownSum += (x - r) * (price(at - 1) / price(at - 2) - b[bar - 1]! / b[bar - 2]!) || 0
      }
      mean += sum
      meanError += sum * sum
      own += ownSum
      ownError += ownSum * ownSum
    }
    expect(Math.abs(mean) / Math.sqrt(meanError)).toBeLessThan(3)
    expect(Math.abs(market) / Math.sqrt(marketError)).toBeLessThan(3)
    expect(Math.abs(own) / Math.sqrt(ownError)).toBeLessThan(3)
  })

  it('are the stated drift when one is asked for', () => {
    const grow = (driftPerYear: number): number => {
      const panel = generatePanel({ seed: 51, names: 10, sessions: 252, driftPerYear })
      const { close } = panel.benchmark!.bars
      return close[close.length - 1]!
    }
    expect(grow(0.2) / grow(0)).toBeCloseTo(1.2, 3)
  })
})
