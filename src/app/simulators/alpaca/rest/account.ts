import { isObject } from '../../json.ts'
import { volumeOf } from '../state/ledger.ts'
import { DAY_TRADER_EQUITY, owedFees, unsettledOf, valueAccount } from '../state/margin.ts'
import { countsDayTrades, cryptoTier } from '../state/regulatory.ts'
import type { Account, Configurations } from '../state/types.ts'
import { least, most, textOf } from '../wire/nano.ts'
import { DAY_US, dateText, timeText } from '../wire/times.ts'
import { invalid, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

function getAccount({ state, account, shape }: RestContext): Reply {
  const value = valueAccount(state, account)
  const equity = textOf(value.equity)
  const buyingPower = textOf(most(0n, value.sharePowerLeft))
  const cashPower = textOf(most(0n, value.coinPowerLeft))
  const regt = textOf(most(0n, least(value.regtPower, value.sharePowerLeft)))
  return ok({
    id: account.id,
    account_number: account.number,
    status: 'ACTIVE',
    crypto_status: 'ACTIVE',
    currency: 'USD',
    buying_power: buyingPower,
    regt_buying_power: regt,
    effective_buying_power: buyingPower,
    non_marginable_buying_power: cashPower,
    options_buying_power: cashPower,
    options_approved_level: 0,
    options_trading_level: 0,
    cash: textOf(account.cash),
    accrued_fees: textOf(owedFees(account)),
    pending_reg_taf_fees: textOf(owedFees(account)),
    pending_transfer_in: '0',
    pending_transfer_out: '0',
    portfolio_value: equity,
    equity,
    last_equity: textOf(account.lastEquity),
    long_market_value: textOf(value.longValue),
    short_market_value: textOf(value.shortValue),
    position_market_value: textOf(value.longValue + value.shortValue),
    initial_margin: textOf(value.initialMargin),
    maintenance_margin: textOf(value.maintenanceMargin),
    last_maintenance_margin: textOf(account.lastMaintenance),
    sma: textOf(most(0n, value.equity - value.initialMargin)),
    multiplier: String(value.multiplier),
    shorting_enabled: value.multiplier > 1 && !account.configurations.no_shorting,
    trading_blocked: false,
    transfers_blocked: false,
    account_blocked: false,
    trade_suspended_by_user: account.configurations.suspend_trade,
    created_at: timeText(account.createdAt),
    balance_asof: dateText(Math.floor(state.time / DAY_US)),
    intraday_adjustments: '0',
    unsettled_cash: textOf(unsettledOf(account)),
    crypto_tier: cryptoTier(volumeOf(account, state.time), state.time),
    user_configurations: null,
    admin_configurations: {},
    ...(shape === 'legacy' ? removedFields(state.time, account, buyingPower) : {}),
  })
}

/** What accounts showed until July 2026. */
function removedFields(time: number, account: Account, buyingPower: string) {
  const isDayTrader = countsDayTrades(time) && account.isPatternDayTrader
  const power = isDayTrader && account.lastEquity >= DAY_TRADER_EQUITY ? buyingPower : '0'
  const count = account.dayTrades.length
  return {
    pattern_day_trader: isDayTrader,
    daytrade_count: count,
    last_daytrade_count: count,
    daytrading_buying_power: power,
    last_daytrading_buying_power: power,
    bod_dtbp: power,
  }
}

const allowed: Readonly<Record<keyof Configurations, readonly unknown[]>> = {
  dtbp_check: ['both', 'entry', 'exit'],
  fractional_trading: [true, false],
  max_margin_multiplier: ['1', '2', '4'],
  max_options_trading_level: [null, 0, 1, 2, 3],
  no_shorting: [true, false],
  pdt_check: ['both', 'entry', 'exit'],
  ptp_no_exception_entry: [true, false],
  suspend_trade: [true, false],
  trade_confirm_email: ['all', 'none'],
}

function showConfigurations({ account, shape }: RestContext): Reply {
  const { dtbp_check, pdt_check, ...rest } = account.configurations
  return ok(shape === 'legacy' ? { dtbp_check, ...rest, pdt_check } : rest)
}

function patchConfigurations(context: RestContext): Reply {
  const { account, body } = context
  if (!isObject(body)) return invalid('request body format is invalid')
  const changes: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(allowed, name) || value === undefined) continue
    const given = name === 'max_margin_multiplier' ? String(value) : value
    if (!allowed[name as keyof Configurations].includes(given)) return invalid(`invalid ${name}`)
    changes[name] = given
  }
  Object.assign(account.configurations, changes)
  return showConfigurations(context)
}

/** The account and its switches. */
export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v2/account'), run: getAccount },
  { method: 'GET', path: at('/v2/account/configurations'), run: showConfigurations },
  {
    method: 'PATCH',
    path: at('/v2/account/configurations'),
    isCommand: true,
    run: patchConfigurations,
  },
]
