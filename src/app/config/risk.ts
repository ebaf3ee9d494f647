import { InputError, nearest } from '../../adapters/mod.ts'
import {
  type BreakerPolicy,
  breakerPolicy,
  type CalendarId,
  type Instrument,
  isPricedByBars,
  mergeHalts,
  type Rearm,
  type RiskLimits,
} from '../../core/mod.ts'
import { equityNames } from './equities.ts'
import { presetInstruments } from './limit-presets.ts'
import { macroHalts } from './macro.ts'
import type { Config } from './schema.ts'

type Risk = Config['risk']

/** The limits of a configuration in core's terms. */
export function riskLimits(config: Config, instruments: readonly Instrument[]): RiskLimits {
  const { risk, signal } = config
  const { orderNotionalMax, positionNotionalMax, grossNotionalMax, netNotionalMax } = risk
  const { positionsMax, leverageMax, ordersPerMinuteMax, priceBandMax, regime } = risk
  // Where only bars are fed, a price is as old as its bar: two bars are the least honest budget.
  const isBars = isPricedByBars(signal)
  return {
    ...{ orderNotionalMax, positionNotionalMax, grossNotionalMax, netNotionalMax },
    ...{ positionsMax, leverageMax, ordersPerMinuteMax, priceBandMax },
    positionNotionalMaxes: instruments.map(({ symbol }) => symbolMax(risk, symbol)),
    bookAgeMaxUs: isBars ? Math.max(risk.bookAgeMax, 2 * signal.interval) : risk.bookAgeMax,
    accountAgeMaxUs: risk.accountAgeMax,
    tradingDayStartUs: risk.tradingDayStart,
    tradingDayCalendar: tradingDayCalendar(config),
    breakers: breakerPolicies(risk),
    regime:
      regime === null
        ? null
        : {
            instruments: instruments
              .filter(({ symbol }) => regime.instruments.includes(symbol))
              .map(({ id }) => id),
            spanUs: regime.bars * signal.interval,
          },
    haltWindows: mergeHalts([
      ...risk.haltTimes.map(({ name, at, before, after }) => {
        const time = Date.parse(at) * 1000
        return { name, fromTime: time - before, untilTime: time + after }
      }),
      ...macroHalts(config),
    ]),
  }
}

const tradingDayCalendar = ({ risk, signal }: Config): CalendarId => {
  const wanted = risk.tradingDay ?? signal.calendar ?? 'utc'
  return wanted === 'utc' ? 'always' : wanted
}

/** Own limit of an instrument: by its name, else by its dex; null when it has none. */
function symbolMax({ symbolNotionalMax }: Risk, symbol: string): number | null {
  const dex = symbol.includes(':') ? `${symbol.split(':')[0]}:*` : ''
  return symbolNotionalMax[symbol] ?? symbolNotionalMax[dex] ?? null
}

function breakerPolicies(risk: Risk): readonly BreakerPolicy[] {
  const { breakers, reduceOnly, regime } = risk
  const policies: BreakerPolicy[] = []
  const add = (
    breaker: 'dailyLoss' | 'dailyDrawdown' | 'sessionLoss' | 'drawdown',
    limit: number | null,
  ): void => {
    const { onTrip, rearm } = breakers[breaker]
    const how: Rearm = typeof rearm === 'number' ? { afterUs: rearm } : rearm
    if (limit !== null) policies.push(breakerPolicy(breaker, limit, { onTrip, rearm: how }))
  }
  add('dailyLoss', risk.dailyLossMax)
  add('dailyDrawdown', risk.dailyDrawdownMax)
  add('sessionLoss', risk.sessionLossMax)
  add('drawdown', risk.drawdownMax)
  if (regime !== null) {
    const { onTrip } = breakers.regime
    const rearm = { afterUs: regime.pause }
    policies.push(breakerPolicy('regime', regime.returnMax, { onTrip, rearm }))
  }
  policies.push(breakerPolicy('macro', 0, { onTrip: breakers.halt.onTrip }))
  if (reduceOnly === null) return policies
  const { activate, release } = reduceOnly
  const { grossNotionalMax: gross, netNotionalMax: net } = risk
  if (gross !== null) {
    policies.push(breakerPolicy('grossCap', gross * activate, { release: gross * release }))
  }
  if (net !== null) {
    policies.push(breakerPolicy('netCap', net * activate, { release: net * release }))
  }
  return policies
}

/** Refuses limits, shadows, thresholds and sizes of instruments that the session has not. Throws InputError (3). */
export function requireNamedInstruments(config: Config, known: readonly string[]): void {
  const { risk, shadow, strategy } = config
  const preset = presetInstruments(config)
  const details: string[] = []
  const check = (key: string, symbol: string): void => {
    const dex = /^(.+):\*$/.exec(symbol)?.[1]
    const isKnown =
      dex === undefined ? known.includes(symbol) : known.some((one) => one.startsWith(`${dex}:`))
    if (isKnown || preset.has(symbol)) return
    const guess = nearest(symbol, known)
    const hint = guess === null ? `known: ${known.join(', ')}` : `did you mean "${guess}"?`
    details.push(`${key}: there is no instrument "${symbol}"; ${hint}`)
  }
  for (const symbol of risk.regime?.instruments ?? []) check('risk.regime.instruments', symbol)
  for (const symbol of Object.keys(risk.symbolNotionalMax)) check('risk.symbolNotionalMax', symbol)
  for (const symbol of shadow) check('shadow', symbol)
  for (const symbol of Object.keys(strategy.notionals)) check('strategy.notionals', symbol)
  for (const symbol of Object.keys(strategy.overrides)) check('strategy.overrides', symbol)
  for (const [key, symbol] of equityNames(strategy)) check(key, symbol)
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-CONF-015',
    exitCode: 3,
    message: 'The configuration names instruments that the session has not',
    details,
  })
}
