import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { InputError, refuseLiteralSecrets } from '../../adapters/mod.ts'
import {
  type BorrowTerm,
  type CorporateAction,
  type Instrument,
  type InterestTerm,
  parseDay,
  primeRateRule,
  type ShareCosts,
  type ShareRules,
} from '../../core/mod.ts'
import type { Config } from './schema.ts'
import { usualShares } from './shares-schema.ts'

type Shares = ReturnType<typeof usualShares>
type Borrow = NonNullable<Shares['borrow']>

/** The rules of shares that hold; null where none do: they are off, or there are no shares. */
export function shareSettings(
  { shares }: Pick<Config, 'shares'>,
  instruments: readonly Pick<Instrument, 'kind'>[],
): Shares | null {
  if (shares === null || !instruments.some(({ kind }) => kind === 'equity')) return null
  return shares ?? usualShares()
}

/** The rules in core's terms; absent where none hold. */
export function shareRules(
  config: Pick<Config, 'shares' | 'strategy'>,
  instruments: readonly Instrument[],
): ShareRules | undefined {
  const own = shareSettings(config, instruments)
  if (own === null) return undefined
  return {
    account: own.account,
    borrow: borrowTerms(own.borrow, instruments),
    isLocateGranted: own.borrow?.locates === 'grant',
    hasPriceTest: own.priceTest,
    hasMargin: own.margin,
    dayTrades: own.dayTrades ?? 'off',
    hasSettlement: own.settlement,
    isHeldOvernight: (config.strategy.equities?.flattenAtClose ?? null) === null,
  }
}

/** What holding shares overnight costs at a simulated venue; absent where it costs nothing. */
export function shareCosts(
  config: Pick<Config, 'shares'>,
  instruments: readonly Instrument[],
  actions: readonly CorporateAction[],
): ShareCosts | undefined {
  const own = shareSettings(config, instruments)
  if (own === null) return undefined
  const borrow = borrowTerms(own.borrow, instruments)
  const interest = own.account === 'cash' ? null : interestTerms(own.interest)
  return { borrow, interest, actions: own.exDates ? actions : [] }
}

/** Always, for terms: before every day that is known. */
export const EVER = Number.MIN_SAFE_INTEGER

function interestTerms(interest: Shares['interest']): readonly InterestTerm[] | null {
  if (interest === null) return null
  const { rate } = interest
  if (rate !== undefined) return [{ from: EVER, rateE9: Math.round(rate * 1e9) }]
  return primeRateRule.rows.map(({ from, value }) => ({ from, rateE9: value }))
}

function borrowTerms(
  borrow: Borrow | null,
  instruments: readonly Instrument[],
): readonly (readonly BorrowTerm[])[] | null {
  if (borrow === null) return null
  const e9 = (rate: number): number => Math.round(rate * 1e9)
  return instruments.map(({ kind, symbol, borrow: status = 'easy' }) => {
    if (kind !== 'equity') return []
    const usual: BorrowTerm = { from: EVER, status, rateE9: e9(borrow.rate) }
    const own = borrow.names
      .filter((name) => name.symbol === symbol)
      .map(({ from, status, rate }) => ({
        from: from === undefined ? EVER : parseDay(from),
        status,
        rateE9: e9(rate ?? borrow.rate),
      }))
      .sort((a, b) => a.from - b.from)
    return own[0]?.from === EVER ? own : [usual, ...own]
  })
}

/** Puts the names of a file in place of its path, so that the hash covers them. Throws InputError. */
export function withBorrowNames(values: unknown, folder: string): unknown {
  const { shares } = (values ?? {}) as { shares?: { borrow?: { names?: unknown } } }
  const path = shares?.borrow?.names
  if (typeof path !== 'string') return values
  const file = resolve(folder, path)
  let names: unknown
  try {
    names = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new InputError({
      code: 'ORN-CONF-021',
      exitCode: 3,
      message: `The file of names to borrow ${file} cannot be read as JSON`,
      fix: 'A list such as [{ "symbol": "GME", "from": "2021-01-13", "status": "hard", "rate": "30%" }]',
      cause,
    })
  }
  refuseLiteralSecrets(names, file)
  return { ...(values as object), shares: { ...shares, borrow: { ...shares?.borrow, names } } }
}
