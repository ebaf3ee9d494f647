/** How the value of a variable is read. */
export type Reading =
  | { readonly kind: 'number'; readonly least?: number; readonly isWhole?: true }
  | { readonly kind: 'numbers'; readonly count: number }
  | { readonly kind: 'coins' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'address' }
  | { readonly kind: 'url' }
  /** Never read, only referred to. */
  | { readonly kind: 'secret' }

/** A variable and the key of a configuration that says the same. */
export interface EnvVariable {
  /** `*` at its end stands for the name of a coin. */
  readonly name: string
  readonly key: string
  readonly reading: Reading
}

const number = (least = 0): Reading => ({ kind: 'number', least })
const whole = (least = 0): Reading => ({ kind: 'number', least, isWhole: true })
const signed: Reading = { kind: 'number' }
const coins: Reading = { kind: 'coins' }
const choice = (...of: readonly string[]): Reading => ({ kind: 'choice', of })

/** Which of the earlier system's engines is meant. */
export type EnvEngine = 'perps' | 'coins' | 'equities'

/** Variables that were set, read; of secrets nothing but that they are. */
export type EnvValues = ReadonlyMap<string, string | number | readonly string[] | readonly number[]>

/** Variables with a key of their own; docs/from-env.md lists them all. */
export const envVariables: readonly EnvVariable[] = [
  { name: 'EXECUTION_MODE', key: 'mode, limits.of', reading: choice('SHADOW', 'PAPER', 'LIVE') },
  { name: 'ALPACA_TRADING_MODE', key: 'mode', reading: choice('paper', 'live') },
  { name: 'HL_WALLET_ADDRESS', key: 'venue.account', reading: { kind: 'address' } },
  { name: 'HL_PRIVATE_KEY', key: 'venue.key', reading: { kind: 'secret' } },
  { name: 'HL_UNIVERSE', key: 'venue.instruments', reading: coins },
  { name: 'HIP3_DEXS', key: 'venue.instruments', reading: coins },
  { name: 'HIP3_UNIVERSE', key: 'venue.instruments', reading: coins },
  { name: 'HIP3_LEVERAGE', key: 'venue.leverage', reading: whole(1) },
  { name: 'SMOKE_TEST_SYMBOLS', key: 'venue.instruments', reading: coins },
  {
    name: 'EXECUTION_STYLE',
    key: 'execution.routing, or strategy.entry and strategy.exit',
    reading: choice('taker', 'maker'),
  },
  { name: 'PER_PAIR_NOTIONAL', key: 'strategy.notional', reading: number(1) },
  { name: 'NOTIONAL_PER_TRADE_OVERRIDE', key: 'strategy.notional', reading: number(1) },
  { name: 'Z_ENTRY', key: 'strategy.tier.longEntry', reading: signed },
  { name: 'Z_EXIT', key: 'strategy.tier.longExit', reading: signed },
  { name: 'Z_SHORT_ENTRY', key: 'strategy.tier.shortEntry', reading: signed },
  { name: 'Z_EXIT_SHORT', key: 'strategy.tier.shortExit', reading: signed },
  { name: 'Z_OVERRIDE_*', key: 'strategy.overrides', reading: { kind: 'numbers', count: 4 } },
  { name: 'MAX_NET_NOTIONAL', key: 'risk.netNotionalMax', reading: number() },
  { name: 'REDUCE_ONLY_K_ACTIVATE', key: 'risk.reduceOnly.activate', reading: number(1) },
  { name: 'REDUCE_ONLY_K_DEACTIVATE', key: 'risk.reduceOnly.release', reading: number() },
  { name: 'REGIME_1H_ABS_RETURN', key: 'risk.regime.returnMax', reading: number() },
  { name: 'REGIME_PAUSE_SECONDS', key: 'risk.regime.pause', reading: whole(1) },
  { name: 'HL_SESSION_LOSS_GUARD_USD', key: 'risk.sessionLossMax', reading: number() },
  { name: 'SHADOW_COINS', key: 'shadow', reading: coins },
  { name: 'MOMENTUM_COINS', key: 'companions.momentum.instruments', reading: coins },
]

/** Variables of Alpaca's engines, and of the perpetuals' none. */
export const envAlpaca: readonly EnvVariable[] = [
  { name: 'ALPACA_API_KEY_ID', key: 'venue.keyId', reading: { kind: 'secret' } },
  { name: 'ALPACA_API_SECRET_KEY', key: 'venue.secretKey', reading: { kind: 'secret' } },
  { name: 'ALPACA_API_KEY_LIVE', key: 'venue.keyId', reading: { kind: 'secret' } },
  { name: 'ALPACA_API_SECRET_LIVE', key: 'venue.secretKey', reading: { kind: 'secret' } },
  { name: 'ALPACA_BASE_URL', key: 'venue.tradingUrl', reading: { kind: 'url' } },
  { name: 'ALPACA_DATA_URL', key: 'venue.dataUrl', reading: { kind: 'url' } },
  { name: 'ALPACA_STREAM_URL', key: 'venue.streamUrl', reading: { kind: 'url' } },
]

/** Variables of the perpetuals that Alpaca's engines have as well. */
export const envShared: ReadonlySet<string> = new Set([
  ...['EXECUTION_MODE', 'ALPACA_TRADING_MODE', 'EXECUTION_STYLE'],
  ...['PER_PAIR_NOTIONAL', 'NOTIONAL_PER_TRADE_OVERRIDE'],
  ...['Z_ENTRY', 'Z_EXIT', 'Z_SHORT_ENTRY', 'Z_EXIT_SHORT'],
])

/** Variables whose usual value is what happens here anyway; another one has no equal. */
export const envWithoutEqual: Readonly<Record<string, readonly [usual: string, instead: string]>> =
  {
    PAUSE_NEW_ENTRIES: ['0', '`ornstein control pause` when the session runs'],
    MAX_NEW_ENTRIES_PER_SESSION: ['0', 'risk.positionsMax and risk.ordersPerMinuteMax'],
    DRY_RUN: ['1', '`ornstein pairs discover`, then companions.pairs'],
  }

/** Variables of what is done here in another way, or is no part of this system. */
export const envIgnored: Readonly<Record<string, string>> = {
  HL_SESSION_LOSS_GUARD_POLL_S: 'every fill is looked at, nothing is polled',
  HL_CONTROL_DIR: 'the control socket is in the folder of the session',
  PAIR_NOTIONAL: 'companions.pairs.notional, beside a whitelist',
  HL_PAIRS_MAX_OPEN: 'companions.pairs.openMax, beside a whitelist',
  HL_PAIRS_DOLLAR_STOP: 'companions.pairs.lossMax, beside a whitelist',
  HL_PAIRS_FUNDING_MAX: 'companions.pairs.fundingMax, beside a whitelist',
  HL_PAIRS_REENTRY_LOCKOUT_S: 'companions.pairs.lockout, beside a whitelist',
  PAIRS_DEX_BLACKLIST: 'pairs are discovered among the data that are given',
  HL_PAIRS_EXTRA_CANDIDATES: 'pairs are discovered among the data that are given',
  OBI_PAIRS_SHADOW: 'it only wrote a log',
  OBI_PAIRS_LEVELS: 'it only wrote a log',
  OBI_PAIRS_THETA: 'it only wrote a log',
  OBI_PAIRS_TTL_S: 'it only wrote a log',
  'Z4H_EXIT_*': 'companions.momentum.slowExit, one for all coins',
  MOMENTUM_EQUITIES: 'another venue',
  OPTIONS_LEVEL: 'another venue',
  OPTIONS_NO_ENTRY_HOUR: 'another venue',
  SHOCK_ARM: 'a program of its own',
  SHOCK_STEP: 'a program of its own',
  SHOCK_SLIP: 'a program of its own',
  REGIME: 'a program of its own',
  MAX_FIRES: 'a program of its own',
  RATCHET_PAUSE_HOURS: 'a program of its own',
  FEE_ROUND_TRIP_BPS: 'fees are the account’s own, from the venue',
}

/** Beginnings of names that nothing else on a machine has: an unknown one is a slip. */
export const envPrefixes =
  /^(?:HL|HIP3|Z|Z4H|HL_PAIRS|PAIRS|OBI_PAIRS|SHOCK|REDUCE_ONLY|REGIME)_|^(?:EXECUTION|ALPACA|MOMENTUM|SMOKE_TEST|MAX_NET|MAX_NEW)_/
