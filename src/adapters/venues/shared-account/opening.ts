import {
  type AccountReport,
  formatDecimal,
  formatTrimmed,
  type Instrument,
  MONEY_DECIMALS,
  type Money,
} from '../../../core/mod.ts'
import { InputError } from '../../errors.ts'
import type { EngineShare } from './engine-share.ts'

const text = (amount: Money): string => formatDecimal(amount, MONEY_DECIMALS)

/**
 * Refuses to divide an account that cannot be: with less money than its engines are to have, with a
 * position that could be either of two engines', or one that was divided before. Throws InputError.
 */
export function requireShares(
  account: AccountReport,
  shares: readonly EngineShare[],
  instruments: readonly Instrument[],
): void {
  const begun = shares.filter(({ books }) => books.hasBegun()).map(({ engine }) => engine)
  if (begun.length > 0) throw forgotten(begun)
  const currencies = [...new Set(shares.map(({ currency }) => currency))]
  const details = [
    ...currencies.flatMap((currency) => moneyProblems(account, shares, currency)),
    ...account.positions.flatMap(({ instrument, quantity }) => {
      const traders = shares.filter((share) => share.trades(instrument))
      const { symbol, quantityDecimals } = instruments[instrument]!
      if (quantity === 0 || traders.length < 2) return []
      const names = traders.map(({ engine }) => engine).join(' and ')
      const held = formatTrimmed(quantity, quantityDecimals)
      return [`${symbol}: the account holds ${held}, which ${names} could both mean`]
    }),
  ]
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-FLEET-002',
    exitCode: 6,
    message: 'The account cannot be divided among its engines; nothing was sent',
    details,
    fix: 'Give the engines smaller balances, and close what no single engine can take over',
  })
}

function moneyProblems(
  { balances }: AccountReport,
  shares: readonly EngineShare[],
  currency: string,
): readonly string[] {
  // Who is alone has what there is.
  if (shares.length === 1) return []
  const own = shares.filter((share) => share.currency === currency)
  const wanted = own.reduce((sum, { options }) => sum + options.balance, 0n)
  const amount = balances.find((balance) => balance.currency === currency)?.amount ?? 0n
  if (wanted <= amount) return []
  const parts = own.map(({ engine, options }) => `${engine} ${text(options.balance)}`)
  return [
    `${currency}: the account has ${text(amount)}, its engines are to have ${text(wanted)} ` +
      `(${parts.join(', ')})`,
  ]
}

const forgotten = (begun: readonly string[]): InputError =>
  new InputError({
    code: 'ORN-FLEET-003',
    exitCode: 10,
    message: 'What was kept of the shared account is gone, but engines have traded in it',
    details: [`begun: ${begun.join(', ')}`],
    fix: 'Put the file back, or close what the engines hold and start a new session',
  })
