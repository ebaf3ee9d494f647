import type { Currency, Money } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import { readMoney } from './money-text.ts'
import { NATIVE } from './names.ts'
import type { UsedDex } from './universe.ts'
import type { WireLedgerUpdate } from './wire.ts'

/** Cash that came to, or left, one of the session's dexs. Positive came. */
export interface CashMove {
  readonly currency: Currency
  readonly amount: Money
}

/** Whose ledger is read, and which of the account's pockets the session counts. */
export interface LedgerView {
  /** Lower case. */
  readonly user: string
  readonly dexs: readonly UsedDex[]
}

type Delta = WireLedgerUpdate['delta']
type Reader = (delta: Delta, view: LedgerView) => readonly CashMove[]

/**
 * What an update of the ledger moved; null for a type never seen before. Transfers between two dexs
 * of the session cancel out where their collateral is the same. Throws AdapterError
 * VENUE_UNREADABLE when a known type lacks a field.
 */
export function readLedgerUpdate(
  update: WireLedgerUpdate,
  view: LedgerView,
): readonly CashMove[] | null {
  const { type } = update.delta
  return Object.hasOwn(readers, type) ? readers[type]!(update.delta, view) : null
}

const nothing: Reader = () => []

const readers: Readonly<Record<string, Reader>> = {
  deposit: (delta, view) => native(view, amountOf(delta, 'usdc')),
  // Unsettled whether the amount includes the fee; the venue lists the two apart.
  withdraw: (delta, view) => native(view, -amountOf(delta, 'usdc') - feeOf(delta)),
  accountClassTransfer: (delta, view) =>
    native(view, amountOf(delta, 'usdc') * (delta['toPerp'] === true ? 1n : -1n)),
  internalTransfer: (delta, view) => betweenUsers(delta, view, feeOf(delta)),
  subAccountTransfer: (delta, view) => betweenUsers(delta, view, 0n),
  vaultCreate: (delta, view) => native(view, -amountOf(delta, 'usdc') - feeOf(delta)),
  vaultDeposit: (delta, view) => native(view, -amountOf(delta, 'usdc')),
  vaultDistribution: (delta, view) => native(view, amountOf(delta, 'usdc')),
  vaultWithdraw: (delta, view) =>
    isMe(delta, 'user', view) ? native(view, amountOf(delta, 'netWithdrawnUsd')) : [],
  vaultLeaderCommission: (delta, view) =>
    isMe(delta, 'user', view) ? native(view, amountOf(delta, 'usdc')) : [],
  send: readSend,
  // Its fills move the cash.
  liquidation: nothing,
  // Spot balances, staking and gas: none of the perpetuals' cash.
  spotTransfer: nothing,
  spotGenesis: nothing,
  rewardsClaim: nothing,
  cStakingTransfer: nothing,
  deployGasAuction: nothing,
  accountActivationGas: nothing,
  borrowLend: nothing,
}

/** A transfer from one pocket to another, of this account or of two. */
function readSend(delta: Delta, view: LedgerView): readonly CashMove[] {
  const amount = amountOf(delta, 'amount')
  const moves: CashMove[] = []
  for (const [who, where, sign] of [
    ['user', 'sourceDex', -1n],
    ['destination', 'destinationDex', 1n],
  ] as const) {
    const dex = view.dexs.find(({ name }) => name === delta[where])
    if (dex !== undefined && isMe(delta, who, view)) {
      moves.push({ currency: dex.currency, amount: sign * amount })
    }
  }
  return addUp(moves)
}

function betweenUsers(delta: Delta, view: LedgerView, fee: Money): readonly CashMove[] {
  const amount = amountOf(delta, 'usdc')
  if (isMe(delta, 'user', view)) return native(view, -amount - fee)
  return isMe(delta, 'destination', view) ? native(view, amount) : []
}

const isMe = (delta: Delta, key: string, { user }: LedgerView): boolean =>
  String(delta[key]).toLowerCase() === user

/** Cash of the native exchange, where the session trades there. */
function native({ dexs }: LedgerView, amount: Money): readonly CashMove[] {
  const dex = dexs.find(({ name }) => name === NATIVE)
  return dex === undefined ? [] : [{ currency: dex.currency, amount }]
}

function amountOf(delta: Delta, key: string): Money {
  const text = delta[key]
  const amount = typeof text === 'string' ? readMoney(text) : null
  if (amount === null) throw unreadable(`${delta.type} of the ledger`)
  return amount
}

const feeOf = (delta: Delta): Money => (delta['fee'] == null ? 0n : amountOf(delta, 'fee'))

function addUp(moves: readonly CashMove[]): readonly CashMove[] {
  const sums = new Map<Currency, Money>()
  for (const { currency, amount } of moves) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  }
  return [...sums]
    .filter(([, amount]) => amount !== 0n)
    .map(([currency, amount]) => ({ currency, amount }))
}
