import { join } from 'node:path'
import { pngOf, type TableColumn, writeFileAtomically, writeTable } from '../../../adapters/mod.ts'
import { type DayCoverage, formatUtcDate } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { equityPicture } from './portfolio-picture.ts'

const text = (name: string, values: readonly (string | null)[]): TableColumn => ({
  name,
  type: 'text',
  values,
})
const number = (name: string, values: ArrayLike<number | null>): TableColumn => ({
  name,
  type: 'number',
  values,
})
const time = (name: string, values: ArrayLike<number>): TableColumn => ({
  name,
  type: 'time',
  values,
})

/**
 * Writes `equity_curve`, `fills`, `weights`, `risk_history`, `monthly_returns` and `decisions` of a
 * backtest as CSV and Parquet, and the picture `equity_drawdown.png`; money in dollars, weights as
 * shares of equity, times UTC. What is not known is empty.
 */
export async function writeBacktestFiles(
  folder: string,
  name: string,
  record: HourlyRecord,
): Promise<void> {
  const tables = {
    equity_curve: equityTable(record),
    fills: fillsTable(record),
    weights: weightsTable(record),
    risk_history: riskTable(record),
    monthly_returns: monthsTable(record),
    decisions: decisionsTable(record),
  }
  for (const [table, columns] of Object.entries(tables)) {
    await writeTable(join(folder, table), columns)
  }
  const title = `${name}: ${record.dataKind === 'generated' ? 'generated data' : 'real data'}, net`
  const picture = await pngOf(equityPicture(record, title))
  writeFileAtomically(join(folder, 'equity_drawdown.png'), picture, { mode: 0o644 })
}

/** Writes `coverage` as CSV and Parquet: members of each session, and the names without a bar. */
export const writeCoverage = (folder: string, days: readonly DayCoverage[]): Promise<void> =>
  writeTable(join(folder, 'coverage'), [
    text(
      'session',
      days.map(({ day }) => formatUtcDate(day * 86_400e6)),
    ),
    number(
      'members',
      days.map(({ members }) => members),
    ),
    number(
      'with_bars',
      days.map(({ withBars }) => withBars),
    ),
    text(
      'missing',
      days.map(({ missing }) => missing.join(' ')),
    ),
  ])

function equityTable({ equity }: HourlyRecord): readonly TableColumn[] {
  return [
    time('event_time', equity.time),
    number('equity', equity.equity),
    number('cash', equity.cash),
    number('invested', equity.invested),
    number('turnover', equity.turnoverOneWay),
    number('turnover_two_way', equity.turnoverTwoWay),
    number(
      'exposure',
      equity.invested.map((value, row) => value / equity.equity[row]!),
    ),
    text('risk_regime', equity.regime),
  ]
}

function fillsTable({ fills, symbols }: HourlyRecord): readonly TableColumn[] {
  const signed = (side: string, value: number): number => (side === 'buy' ? value : -value)
  const column = (of: (fill: HourlyRecord['fills'][number]) => number): readonly number[] =>
    fills.map(of)
  return [
    text(
      'symbol',
      fills.map(({ instrument }) => symbols[instrument]!),
    ),
    time(
      'event_time',
      column((fill) => fill.time),
    ),
    number(
      'quantity',
      column(({ side, shares }) => signed(side, shares)),
    ),
    number(
      'fill_price',
      column(({ price }) => price),
    ),
    number(
      'notional',
      column(({ side, shares, price }) => signed(side, shares * price)),
    ),
    number(
      'trading_cost',
      column(({ shares, price, basePrice, fee }) => shares * Math.abs(price - basePrice) + fee),
    ),
    { name: 'partial', type: 'flag', values: fills.map(({ shares, asked }) => shares < asked) },
    text(
      'reason',
      fills.map(({ reason }) => reason),
    ),
  ]
}

function weightsTable({ decisions, riskHistory, symbols }: HourlyRecord): readonly TableColumn[] {
  const rows = decisions.flatMap(({ weights }, i) =>
    weights.map(([name, weight]) => ({ at: riskHistory[i]!.time, name, weight })),
  )
  return [
    time(
      'event_time',
      rows.map(({ at }) => at),
    ),
    text(
      'symbol',
      rows.map(({ name }) => symbols[name]!),
    ),
    number(
      'weight',
      rows.map(({ weight }) => weight),
    ),
  ]
}

function riskTable({ riskHistory }: HourlyRecord): readonly TableColumn[] {
  const column = (
    name: string,
    of: (row: HourlyRecord['riskHistory'][number]) => number | null,
  ): TableColumn => number(name, riskHistory.map(of))
  return [
    time(
      'event_time',
      riskHistory.map((row) => row.time),
    ),
    column('equity', (row) => row.equity),
    column('drawdown', (row) => row.drawdown),
    text(
      'regime',
      riskHistory.map(({ regime }) => regime),
    ),
    column('exposure_allowed', (row) => row.exposureAllowed),
    column('ex_ante_volatility', (row) => row.exAnteVolatility),
    column('realized_vol_annualized', (row) => row.realisedVolatility),
    column('beta_to_spy', (row) => row.betaToBenchmark),
    column('var_95', (row) => row.valueAtRisk95),
    column('cvar_95', (row) => row.expectedShortfall95),
  ]
}

/** What each hour decided and what bound it. */
function decisionsTable({
  decisions,
  riskHistory,
  symbols,
  holdings,
}: HourlyRecord): readonly TableColumn[] {
  type Row = HourlyRecord['decisions'][number]
  const ofWhat: Readonly<Record<string, readonly string[]>> = {
    ...{ name: symbols, sector: holdings.sectorNames },
  }
  const column = (name: string, of: (row: Row) => number | null): TableColumn =>
    number(name, decisions.map(of))
  const words = (name: string, of: (row: Row) => string | null): TableColumn =>
    text(name, decisions.map(of))
  const count = (name: string, of: (row: Row) => number): TableColumn => ({
    ...{ name, type: 'integer', values: decisions.map(of) },
  })
  return [
    time(
      'event_time',
      riskHistory.map((row) => row.time),
    ),
    words('idle', ({ idle }) => idle),
    words('band_edge', ({ allocation }) => allocation?.edge ?? null),
    column('ex_ante_volatility', ({ allocation }) => allocation?.volatility ?? null),
    column('aversion', ({ allocation }) => allocation?.aversion ?? null),
    column('objective_bp', ({ allocation }) => allocation?.objective ?? null),
    column('exposure_before', ({ exposureBefore }) => exposureBefore),
    column('exposure_target', ({ allocation }) => allocation?.exposure ?? null),
    column('turnover_one_way', ({ allocation }) => allocation?.turnoverOneWay ?? null),
    column('turnover_two_way', ({ allocation }) => allocation?.turnoverTwoWay ?? null),
    words('solver', ({ allocation }) => allocation?.implementation ?? null),
    words('relaxed', ({ relaxations }) =>
      relaxations.length === 0
        ? null
        : relaxations
            .map(({ limit, index, from, to }) =>
              [limit, ...(index === null ? [] : [ofWhat[limit]?.[index] ?? index]), from, to].join(
                ' ',
              ),
            )
            .join('; '),
    ),
    words('governor', ({ governor }) => governor.regime),
    words('governor_cause', ({ governor }) => governor.cause),
    column('exposure_allowed', ({ governor }) => governor.exposure),
    count('members', ({ members }) => members),
    count('scored', ({ scored }) => scored),
    count('tradable', ({ tradable }) => tradable),
  ]
}

function monthsTable({ months }: HourlyRecord): readonly TableColumn[] {
  return [
    { name: 'year', type: 'integer', values: months.map(({ year }) => year) },
    ...Array.from({ length: 12 }, (_, month) =>
      number(
        String(month + 1),
        months.map(({ months: each }) => each[month] ?? null),
      ),
    ),
  ]
}
