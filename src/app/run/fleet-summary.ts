import type { AccountState } from '../../adapters/mod.ts'
import { ASSET_DECIMALS, formatDecimal, formatTrimmed, MONEY_DECIMALS } from '../../core/mod.ts'
import type { FleetMode } from './fleet-account.ts'
import { renderSummary, type SessionSummary } from './summary.ts'

/** What became of one engine. */
export interface EngineSummary {
  readonly name: string
  /** Name of the account it trades. */
  readonly account: string
  /** Why it ended before the others; null when it did not. */
  readonly failure: string | null
  readonly summary: SessionSummary
}

/** Sums over the engines of an account. Decimals as text. */
export interface AccountSummary {
  readonly name: string
  readonly venue: string
  readonly place: string
  /** True when the sums over the engines are the account's, positions to the unit and money. */
  readonly equal: boolean
  readonly positions: readonly {
    readonly instrument: string
    /** By engine; null where it is not traded. */
    readonly engines: Readonly<Record<string, string | null>>
    readonly account: string
    /** Held by no engine. */
    readonly unowned: string
    /** What the venue held beyond the account's books. */
    readonly unexplained: string
  }[]
  /** Cash less the cost of open perpetual positions, by currency. */
  readonly money: readonly {
    readonly currency: string
    readonly engines: Readonly<Record<string, string>>
    readonly unallocated: string
    readonly account: string
    readonly difference: string
    readonly unexplained: string
  }[]
}

/** What a run of several engines reports: the `data` of its envelope. */
export interface FleetSummary {
  readonly mode: FleetMode
  readonly name: string
  readonly engines: readonly EngineSummary[]
  readonly accounts: readonly AccountSummary[]
}

const money = (amount: bigint): string => formatDecimal(amount, MONEY_DECIMALS)
const asset = (units: bigint): string => formatTrimmed(units, ASSET_DECIMALS)

/** A failure in one line. */
export const failureText = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Reads the sums of an account. */
export function summariseAccount(
  { name, place }: { readonly name: string; readonly place: string },
  state: AccountState,
): AccountSummary {
  const byEngine = <Value>(values: readonly Value[]): Readonly<Record<string, Value>> =>
    Object.fromEntries(state.engines.map((engine, i) => [engine, values[i]!]))
  return {
    ...{ name, place },
    venue: state.venue,
    equal: state.isEqual,
    positions: state.instruments.map(({ instrument, engines, unowned, unexplained }) => ({
      instrument: instrument.symbol,
      engines: byEngine(engines.map((units) => (units === null ? null : asset(units)))),
      account: asset(engines.reduce<bigint>((sum, units) => sum + (units ?? 0n), unowned)),
      unowned: asset(unowned),
      unexplained: asset(unexplained),
    })),
    money: state.currencies.map(
      ({ currency, engines, unallocated, account, difference, unexplained }) => ({
        currency,
        engines: byEngine(engines.map(money)),
        unallocated: money(unallocated),
        account: money(account),
        difference: money(difference),
        unexplained: money(unexplained),
      }),
    ),
  }
}

/** The result as lines for people. */
export function renderFleet({ engines, accounts }: FleetSummary): string {
  return [
    ...engines.flatMap(({ name, account, failure, summary }) => [
      `── ${name} (${account})${failure === null ? '' : `  FAILED: ${failure}`}`,
      renderSummary(summary),
    ]),
    ...accounts.flatMap(renderAccount),
  ].join('\n')
}

function renderAccount(account: AccountSummary): readonly string[] {
  const parts = (engines: Readonly<Record<string, string | null>>): string =>
    Object.entries(engines)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name} ${value}`)
      .join('  ')
  return [
    `══ ${account.name}: ${account.place}`,
    ...account.positions.map(
      ({ instrument, engines, account: whole, unowned, unexplained }) =>
        `${instrument}  ${parts(engines)}  = account ${whole}` +
        (unowned === '0' ? '' : `  nobody's ${unowned}`) +
        (unexplained === '0' ? '' : `  unexplained ${unexplained}`),
    ),
    ...account.money.map(
      ({ currency, engines, unallocated, account: whole, unexplained }) =>
        `${currency}  ${parts(engines)}  unallocated ${unallocated}  = account ${whole}` +
        (Number(unexplained) === 0 ? '' : `  venue beyond it ${unexplained}`),
    ),
    account.equal
      ? 'The sums over the engines equal the account'
      : 'The sums over the engines DIFFER from the account',
  ]
}
