import { basename } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { InputError } from '../../adapters/mod.ts'
import { settled } from './hourly-model-schema.ts'
import { type HourlyConfig, hourlySchema, hourlySeed } from './hourly-schema.ts'
import { hashOf, lineOf, readText, refuseSecrets } from './load.ts'
import { describeMistakes } from './mistakes.ts'

/** An hourly configuration with where it came from. */
export interface LoadedHourly {
  readonly config: HourlyConfig
  readonly path: string
  /** SHA-256 over the validated values. */
  readonly hash: string
}

type Preset = HourlyConfig['preset']

/** Reads and validates a file; `preset` stands before the file's. Throws InputError (3). */
export const loadHourly = (path: string, preset?: Preset): LoadedHourly =>
  parseHourly(readText(path, 'examples/10-hourly/tiny.yaml'), path, preset)

/** The same of text; `path` is only named in messages. */
export function parseHourly(text: string, path: string, preset?: Preset): LoadedHourly {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new InputError({
      code: 'ORN-CONF-002',
      exitCode: 3,
      message: `${path}:${broken.linePos?.[0]?.line ?? 1} is not valid YAML`,
      details: [broken.message.split('\n')[0] ?? ''],
    })
  }
  refuseSecrets(text, path)
  const values = withPreset(document.toJS() ?? {}, preset)
  const parsed = hourlySchema.safeParse(values)
  if (!parsed.success) {
    const mistakes = describeMistakes(hourlySchema, parsed.error.issues, values)
    throw new InputError({
      code: 'ORN-CONF-003',
      exitCode: 3,
      message: `${path} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}`,
      details: mistakes.map(
        (each) => `${basename(path)}:${lineOf(document, lines, each.path)}  ${each.text}`,
      ),
      fix: 'ornstein hourly settings prints every setting with the preset that it comes from',
    })
  }
  refuseTwoForms(values, path)
  const { model, models, ...rest } = parsed.data
  const one = { name: model.route, weight: 1, ...model }
  const config = { ...rest, models: (models ?? [one]).map(settled) }
  return { config, path, hash: hashOf(config) }
}

/** One model or several: of both it would not be clear which forecasts. */
function refuseTwoForms(values: unknown, path: string): void {
  const { model, models } = values as Readonly<Record<string, unknown>>
  if (model === undefined || models === undefined) return
  throw new InputError({
    code: 'ORN-CONF-003',
    exitCode: 3,
    message: `${path} has both model and models`,
    fix: 'Name every route under models, each with its weight, and leave model out',
  })
}

/** The published figures under what the file says, where it or the command line asks for them. */
function withPreset(values: unknown, preset: Preset | undefined): unknown {
  if (typeof values !== 'object' || values === null) return values
  const file = values as Readonly<Record<string, unknown>>
  const chosen = preset ?? file['preset']
  const named = chosen === undefined ? file : { ...file, preset: chosen }
  if (chosen !== 'seed') return named
  const { model, ...seed } = hourlySeed
  const isObject = (own: unknown): own is object => typeof own === 'object' && own !== null
  const over = (own: unknown): unknown => (isObject(own) ? { ...model, ...own } : own)
  const models = file['models']
  return Array.isArray(models)
    ? { ...seed, ...named, models: models.map(over) }
    : { ...seed, ...named, model: over(file['model'] ?? {}) }
}
