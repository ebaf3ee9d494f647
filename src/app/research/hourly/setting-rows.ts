import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { parseHourly } from '../../config/load-hourly.ts'
import { settingsOf } from './hourly-settings.ts'

/** A setting that holds, and what it is where a file says nothing; empty where a file must. */
export interface SettingRow {
  readonly key: string
  readonly value: string
  /** By either preset. */
  readonly seed: string
  readonly corrected: string
}

/** Every setting that holds, dotted, those by which the portfolio decides among them. */
export function settingRows(config: HourlyConfig): readonly SettingRow[] {
  const seed = new Map(rowsOf(presetConfig(config, 'seed')))
  const corrected = new Map(rowsOf(presetConfig(config, 'corrected')))
  return rowsOf(config).map(([key, value]) => ({
    ...{ key, value },
    seed: seed.get(key) ?? '',
    corrected: corrected.get(key) ?? '',
  }))
}

/** What a preset says of everything, with data of the same kind. */
function presetConfig({ name, data }: HourlyConfig, preset: HourlyConfig['preset']): HourlyConfig {
  const { config } = parseHourly(`name: ${name}`, 'preset', preset)
  return data.kind === config.data.kind ? config : { ...config, data }
}

type Row = readonly [key: string, value: string]

function rowsOf(config: HourlyConfig): readonly Row[] {
  const { portfolio: _, execution, ...rest } = config
  const { account, lotDecimals, cashInterest } = execution
  const trades = { account, lotDecimals, cashInterest }
  return flat({ ...rest, execution: trades, decides: settingsOf(config) }, '')
}

function flat(value: unknown, path: string): readonly Row[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, each]) =>
      flat(each, path === '' ? key : `${path}.${key}`),
    )
  }
  return [[path, value === null ? 'off' : String(value)]]
}
