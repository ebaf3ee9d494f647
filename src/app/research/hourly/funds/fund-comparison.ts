import { formatUtcDate, sharpeStandardError } from '../../../../core/mod.ts'
import type { HourlyRecord } from '../../../run/hourly/hourly-record.ts'
import { type FundRow, PUBLIC_FUNDS, PUBLISHED_DEMO, PUBLISHED_SNAPSHOT } from './public-funds.ts'

/** A row with what follows from it. */
export interface ComparedRow extends FundRow {
  /** Return times capital, billions a year; null where either is not known. */
  readonly scaleBillion: number | null
}

/** A Sharpe ratio a year and how well it is known. */
export interface KnownSharpe {
  readonly sharpe: number
  readonly returns: number
  readonly returnsPerYear: number
  /** Of independent normal returns, Lo (2002); scaled to a year like the ratio. */
  readonly standardError: number
  /** 95 %, ratio +- 1.96 standard errors. */
  readonly low: number
  readonly high: number
  /** Years until a true ratio of this size lies 1.96 standard errors above 0; null at or below 0. */
  readonly yearsNeeded: number | null
}

/** Public funds, the earlier system's demo and this run, side by side. */
export interface FundComparison {
  readonly schema: 'ornstein.hourly-comparison/1'
  readonly rows: readonly ComparedRow[]
  /** The row of this run. */
  readonly own: ComparedRow
  /** Why the row of this run has no return; null where it has one. */
  readonly ownReason: string | null
  readonly snapshot: {
    readonly published: typeof PUBLISHED_SNAPSHOT
    readonly years: number
    readonly sharpe: KnownSharpe
    /** Of the return over the weeks, of the annual return and of the annual volatility, fractions. */
    readonly totalReturnError: number
    readonly returnError: number
    readonly volatilityError: number
  }
  /** Of this run, from sessions; null where it is too short. */
  readonly ownSharpe: KnownSharpe | null
}

const NORMAL_975 = 1.959963984540054

/** A Sharpe ratio a year with its standard error. */
export function knownSharpe(sharpe: number, returns: number, returnsPerYear: number): KnownSharpe {
  const each = sharpe / Math.sqrt(returnsPerYear)
  const standardError = sharpeStandardError(each, returns).value! * Math.sqrt(returnsPerYear)
  const reach = NORMAL_975 * standardError
  // SE of T returns falls as 1 / sqrt(T): the ratio is 1.96 of them after so many.
  const needed = ((1 + each ** 2 / 2) * NORMAL_975 ** 2) / each ** 2 / returnsPerYear
  return {
    ...{ sharpe, returns, returnsPerYear, standardError },
    ...{ low: sharpe - reach, high: sharpe + reach, yearsNeeded: sharpe > 0 ? needed : null },
  }
}

/** Hourly points that the snapshot rests on: what its CAGR was compounded with. */
export function snapshotReturns(): number {
  const { barsPerYear, totalReturn, cagr } = PUBLISHED_SNAPSHOT
  return Math.round((barsPerYear * Math.log1p(totalReturn)) / Math.log1p(cagr))
}

/** Sets a finished run beside the published figures. */
export function compareWithFunds(name: string, record: HourlyRecord): FundComparison {
  const { figures, statistics, account, dataKind, equity } = record
  const { cagr } = figures
  const own: FundRow = {
    ...{ name: `This run: ${name}`, category: 'backtest', family: 'hourly long-only' },
    returnPercent: cagr.value === null ? null : cagr.value * 100,
    capitalBillion: account.balance / 1e9,
    gainsBillion: null,
    basis: `${formatUtcDate(equity.time[0]!)} to ${formatUtcDate(equity.time.at(-1)!)}, net CAGR`,
    ...{ quality: dataKind, source: 'this_run', isBacktest: true },
  }
  const all = [...PUBLIC_FUNDS, PUBLISHED_DEMO, own].map(withScale)
  const { sharpe, days, annualiser } = statistics
  return {
    schema: 'ornstein.hourly-comparison/1',
    rows: all,
    own: all.at(-1)!,
    ownReason: cagr.reason,
    snapshot: snapshot(),
    ownSharpe: sharpe.value === null ? null : knownSharpe(sharpe.value, days, annualiser),
  }
}

const withScale = (row: FundRow): ComparedRow => ({
  ...row,
  scaleBillion:
    row.returnPercent === null || row.capitalBillion === null
      ? null
      : (row.returnPercent / 100) * row.capitalBillion,
})

function snapshot(): FundComparison['snapshot'] {
  const { barsPerYear, sharpe, volatility } = PUBLISHED_SNAPSHOT
  const returns = snapshotReturns()
  const years = returns / barsPerYear
  return {
    ...{ published: PUBLISHED_SNAPSHOT, years },
    sharpe: knownSharpe(sharpe, returns, barsPerYear),
    totalReturnError: volatility * Math.sqrt(years),
    returnError: volatility / Math.sqrt(years),
    volatilityError: volatility / Math.sqrt(2 * returns),
  }
}
