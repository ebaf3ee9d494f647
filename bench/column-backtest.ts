import {
  backtestColumns,
  type ColumnBacktest,
  type ReversionRules,
  TradeBuffer,
} from '../src/core/mod.ts'
import { buildCTwin, type CLine } from './c-twin.ts'
import { makeColumnsMarket } from './columns-market.ts'
import {
  type Benchmark,
  duel,
  median,
  requireEqual,
  significant,
  threadSeconds,
  timed,
} from './harness.ts'

const WINDOW = 60
const FEE = 2e-5
const ROUNDS = 7
const REPETITIONS = 3
const RATIO_MAX = 1.5

const rules: ReversionRules = {
  longEntry: -2,
  longExit: -0.5,
  shortEntry: 2,
  shortExit: 0.5,
  direction: 'both',
  imbalanceThreshold: 0.1,
}

/** Column backtest of five million bars: z, imbalance gate, fees, equity column. */
export const columnBacktest: Benchmark = {
  name: 'column-backtest',
  summary: 'column tier: 5M bars, z of 60, imbalance gate, fees, equity column, against C',
  async run({ folder, shrink }) {
    const rows = Math.floor(5_000_000 / shrink)
    const { closes, imbalance, files } = makeColumnsMarket(rows, folder)
    const twin = buildCTwin('column-backtest', folder)
    const equity = new Float64Array(rows)
    const buffer = new TradeBuffer(rows / 8)
    const input: ColumnBacktest = {
      closes,
      imbalance,
      window: WINDOW,
      current: 'include',
      rules,
      prices: { buy: closes, sell: closes, marks: closes, delay: 0 },
      accounting: { feeRate: FEE, start: 0 },
    }
    const backtest = () => backtestColumns(input, equity, buffer).totals
    for (let i = 0; i < 3; i++) backtest()
    const ours = () =>
      median(Array.from({ length: REPETITIONS }, () => timed(backtest, threadSeconds)))
    let lines: readonly CLine[] = []
    const reference = (): number => {
      if (twin.kind === 'missing') return Number.NaN
      lines = twin.run([files.closes, files.imbalance, rows, REPETITIONS])
      return fasterLayout(lines)
    }
    const result = duel(ours, twin.kind === 'built' ? reference : null, ROUNDS)
    const { gross, turnover, filled } = backtest()
    const sum = equity.reduce((total, value) => total + value, 0)
    for (const [, cGross, cTurnover, cTrades, cSum] of lines) {
      requireEqual('trades', filled, cTrades!)
      requireEqual('gross', gross, cGross!)
      requireEqual('turnover', turnover, cTurnover!)
      requireEqual('sum of the equity column', sum, cSum!, 1e-9)
    }
    const rate = (seconds: number) => significant(rows / seconds / 1e6)
    const { seconds, ratio } = result
    return [
      {
        name: 'column backtest, 5M bars',
        value: rate(seconds),
        unit: 'M bars/s',
        ratio: ratio === null ? null : significant(ratio),
        target: `<= ${RATIO_MAX} x C`,
        met: ratio === null ? null : ratio <= RATIO_MAX,
        note:
          twin.kind === 'missing'
            ? twin.reason
            : `${filled} trades, same sums as C; C ${rate(result.reference!)} M bars/s`,
      },
    ]
  },
}

/** Median seconds of the faster of the two layouts of the C twin. */
function fasterLayout(lines: readonly CLine[]): number {
  const half = lines.length / 2
  const secondsOf = (layout: readonly CLine[]) => median(layout.map((line) => line[0]!))
  return Math.min(secondsOf(lines.slice(0, half)), secondsOf(lines.slice(half)))
}
