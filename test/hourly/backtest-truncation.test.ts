import { describe, expect, it } from 'vitest'
import { type HourlyBacktest, runHourlyBacktest } from '../../src/app/run/hourly/hourly-backtest.ts'
import { barCount, createRandom, generatePanel, type HourPanel } from '../../src/core/mod.ts'
import { type Forecaster, HOURLY_PRESETS } from '../../src/strategies/mod.ts'

const NAMES = 40
const panel = generatePanel({
  ...{ seed: 8, names: NAMES, sessions: 60, delistingsPerYear: 0.5, changesPerYear: 1 },
})
const bars = barCount(panel.grid)

/** Reads the past closes of a panel, nothing else: reversal of the last five bars. */
const reversal = (from: HourPanel): Forecaster => ({
  forecast(bar) {
    const close = (name: number, at: number): number => from.bars.close[name * bars + at]!
    const alphaBp = Float64Array.from({ length: NAMES }, (_, name) =>
      bar < 5 ? Number.NaN : -1000 * (close(name, bar) / close(name, bar - 5) - 1),
    )
    return { alphaBp, downside: new Float64Array(NAMES).fill(Number.NaN) }
  },
})

const run = (of: HourPanel): HourlyBacktest =>
  runHourlyBacktest({ panel: of, settings: HOURLY_PRESETS.corrected, forecaster: reversal(of) })

/** The panel with noise in place of everything after a bar, but for the open that is traded at. */
function scrambled(last: number): HourPanel {
  const random = createRandom(99)
  const noisy = (column: Float64Array, keepsOpen: boolean): Float64Array =>
    column.map((value, at) => {
      const bar = at % bars
      if (bar <= last || (keepsOpen && bar === last + 1)) return value
      return value * (0.3 + 2 * random.next())
    })
  const { bars: old, actions, delistings } = panel
  const isLater = ({ bar }: { readonly bar: number }): boolean => bar > last + 1
  return {
    ...panel,
    bars: {
      open: noisy(old.open, true),
      ...{ high: noisy(old.high, false), low: noisy(old.low, false) },
      ...{ close: noisy(old.close, false), volume: noisy(old.volume, false) },
    },
    isMember: panel.isMember.map((value, at) => (at % bars > last ? 1 - value : value)),
    sector: panel.sector.map((value, at) => (at % bars > last ? (value + 3) % 11 : value)),
    actions: actions.filter((action) => !isLater(action)),
    delistings: delistings.filter((each) => !isLater(each)),
  }
}

describe('what an hourly backtest decided and traded', () => {
  const whole = run(panel)

  it('stays to the bit when everything after it is other, whichever hour it is', () => {
    expect(whole.fills.length).toBeGreaterThan(100)
    const ends = [60, 139, 140, 203, 300, 390]
    for (const last of ends) {
      const cut = run(scrambled(last))
      const until = ({ decisions, fills, equity, cash }: HourlyBacktest) => ({
        decisions: decisions.filter(({ bar }) => bar <= last),
        fills: fills.filter(({ bar }) => bar <= last),
        equity: equity.slice(0, last + 1),
        cash: cash.slice(0, last + 1),
      })
      expect(until(cut)).toEqual(until(whole))
      expect(cut.decisions.slice(last + 1)).not.toEqual(whole.decisions.slice(last + 1))
    }
  })

  it('is the same again from the same panel', () => {
    const again = run(panel)
    expect([again.fills, again.decisions]).toEqual([whole.fills, whole.decisions])
  })
})
