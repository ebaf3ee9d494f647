import type { EngineConfig } from '../../core/mod.ts'
import { type AdjustableKey, notionalOf, tierOf } from '../../strategies/mod.ts'
import { isConfigured, reversionParameters } from '../config/build.ts'
import type { Config } from '../config/schema.ts'
import { type ControlReply, refuse } from './request.ts'

/** Names of the numbers that may be set, with the strategy's own name for each. */
export const settable = {
  z_entry: 'longEntry',
  z_exit: 'longExit',
  z_short_entry: 'shortEntry',
  z_exit_short: 'shortExit',
  notional: 'notional',
} as const satisfies Record<string, AdjustableKey>
export type SettableKey = keyof typeof settable

/** The numbers of one instrument; null where its strategy has none of this kind. */
export type Parameters = Readonly<Record<SettableKey, number | null>>

/** What the strategy goes by in each instrument before an operator changes anything. */
export interface ConfiguredParameters {
  /** By instrument id; null where another strategy trades it. */
  readonly byInstrument: readonly (Parameters | null)[]
  /** Largest value of an order, in quote units; null without such a limit. */
  readonly orderNotionalMax: number | null
}

/** Reads them out of a session's configuration. */
export function configuredParameters(engine: EngineConfig, config: Config): ConfiguredParameters {
  const parameters = reversionParameters(config)
  const isShorting = config.strategy.direction === 'both'
  return {
    orderNotionalMax: config.risk.orderNotionalMax,
    byInstrument: engine.instruments.map(({ id, symbol, longOnly }) => {
      const owner = engine.ownerOf?.(id) ?? engine.strategy.id
      if (!isConfigured(engine, config) || owner !== config.strategy.kind) return null
      const tier = tierOf(parameters, symbol)
      const hasShorts = isShorting && !longOnly
      return {
        z_entry: tier.longEntry,
        z_exit: tier.longExit,
        z_short_entry: hasShorts ? tier.shortEntry : null,
        z_exit_short: hasShorts ? tier.shortExit : null,
        // Another sizer than the fixed one never looks at it.
        notional: parameters.sizing === undefined ? notionalOf(parameters, symbol) : null,
      }
    }),
  }
}

/** The numbers in force: as configured, with what operators changed. 0 is a value. */
export function presentParameters(
  configured: Parameters,
  changed: Readonly<Record<string, number>>,
): Parameters {
  const present = { ...configured }
  for (const [key, name] of Object.entries(settable) as [SettableKey, AdjustableKey][]) {
    if (configured[key] !== null) present[key] = changed[name] ?? configured[key]
  }
  return present
}

const NOTIONAL = { least: 10, most: 550 }

/** Why a number may not be set, or null: the ranges, and entries beyond exits. */
export function checkChange(
  present: Parameters | null,
  change: { readonly key: string; readonly value: number },
  orderNotionalMax: number | null,
): (ControlReply & { readonly ok: false }) | null {
  const { key, value } = change
  if (!Object.hasOwn(settable, key)) {
    const allowed = Object.keys(settable).join(', ')
    return refuse('unknown_key', `${JSON.stringify(key)} cannot be set; allowed: ${allowed}`)
  }
  const before = present?.[key as SettableKey] ?? null
  if (present === null || before === null) {
    return refuse('not_adjustable', `the strategy of this instrument does not go by ${key}`)
  }
  const range = rangeOf(key as SettableKey, present)
  const isInside =
    value >= range.least && value <= range.most && value !== range.above && value !== range.below
  if (!isInside) return refuse('out_of_range', `${key} ${value} is not allowed: ${range.text}`)
  if (key === 'notional' && orderNotionalMax !== null && value > orderNotionalMax) {
    const limit = `risk.orderNotionalMax, which is ${orderNotionalMax}`
    return refuse('out_of_range', `notional ${value} is above ${limit}`)
  }
  return null
}

interface Range {
  readonly least: number
  readonly most: number
  /** Bounds that are not allowed themselves. */
  readonly above?: number
  readonly below?: number
  readonly text: string
}

function rangeOf(key: SettableKey, present: Parameters): Range {
  switch (key) {
    case 'z_entry': {
      const exit = present.z_exit!
      const text = `from -5 to -0.1 and below z_exit, which is ${exit}`
      return { least: -5, most: Math.min(-0.1, exit), below: exit, text }
    }
    case 'z_exit': {
      const entry = present.z_entry!
      const text = `below 0 and above z_entry, which is ${entry}`
      return { least: entry, most: 0, above: entry, below: 0, text }
    }
    case 'z_short_entry': {
      const exit = present.z_exit_short!
      const text = `from 0.1 to 5 and above z_exit_short, which is ${exit}`
      return { least: Math.max(0.1, exit), most: 5, above: exit, text }
    }
    case 'z_exit_short': {
      const entry = present.z_short_entry!
      const text = `above 0 and below z_short_entry, which is ${entry}`
      return { least: 0, most: entry, above: 0, below: entry, text }
    }
    case 'notional':
      return { ...NOTIONAL, text: `from ${NOTIONAL.least} to ${NOTIONAL.most}` }
  }
}
