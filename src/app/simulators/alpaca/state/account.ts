import type { TimeUs } from '../../../../core/mod.ts'
import { uuidOf } from '../wire/identity.ts'
import type { Nano } from '../wire/nano.ts'
import type { Account } from './types.ts'

/** A new account with dollars in it. */
export function createAccount(input: {
  readonly index: number
  readonly key: string
  readonly cash: Nano
  readonly time: TimeUs
}): Account {
  const { index, key, cash, time } = input
  const id = uuidOf(`account ${key}`)
  return {
    index,
    key,
    id,
    number: `PA${id.replaceAll('-', '').slice(0, 10).toUpperCase()}`,
    createdAt: time,
    cash,
    positions: new Map(),
    orders: new Map(),
    open: new Set(),
    clientOrderIds: new Map(),
    activities: [],
    configurations: {
      dtbp_check: 'entry',
      fractional_trading: true,
      max_margin_multiplier: '4',
      max_options_trading_level: null,
      no_shorting: false,
      pdt_check: 'entry',
      ptp_no_exception_entry: false,
      suspend_trade: false,
      trade_confirm_email: 'all',
    },
    watchlists: [],
    locates: [],
    locateKeys: new Map(),
    unsettled: [],
    owed: { soldValue: 0n, soldShares: 0n, sec: 0n, taf: 0n },
    cryptoFees: new Map(),
    cryptoVolume: [],
    dayTrades: [],
    isPatternDayTrader: false,
    lastEquity: cash,
    lastMaintenance: 0n,
    minuteEquity: [{ time, equity: cash }],
    dayEquity: [{ time, equity: cash }],
    deposited: cash,
  }
}
