import { InputError } from '../../../adapters/mod.ts'
import type { SweepAxis, SweepValue } from '../../../core/mod.ts'

/** Most trials of one sweep. */
const TRIALS_MAX = 10_000

/** One point of the grid: a value for every axis. */
export type GridPoint = Readonly<Record<string, SweepValue>>

/**
 * Reads `key=value,value,...` texts as axes. Values are numbers, true, false or words (times and
 * shares keep their units). Throws InputError (exit code 2).
 */
export function parseGrid(texts: readonly string[]): readonly SweepAxis[] {
  const axes = texts.map(parseAxis)
  const names = axes.map((axis) => axis.name)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw gridError(repeated, 'the same key is swept twice')
  const count = axes.reduce((product, axis) => product * axis.values.length, 1)
  if (count > TRIALS_MAX) {
    throw gridError(texts.join(' '), `${count} trials, at most ${TRIALS_MAX} are run at a time`)
  }
  return axes
}

function parseAxis(text: string): SweepAxis {
  const [name, list] = text.split(/=(.*)/s)
  const isKey = name !== undefined && /^[a-zA-Z][\w.]*$/.test(name)
  const values = (list ?? '').split(',').map((value) => value.trim())
  if (!isKey || values.some((value) => value === '')) {
    throw gridError(text, 'expected key=value,value,...')
  }
  if (new Set(values).size !== values.length) throw gridError(text, 'a value is there twice')
  return { name, values: values.map(parseValue) }
}

function parseValue(text: string): SweepValue {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

function gridError(found: string, why: string): InputError {
  return new InputError({
    code: 'ORN-SWEEP-001',
    exitCode: 2,
    message: `--grid ${found}: ${why}`,
    details: ['allowed: --grid strategy.tier.longEntry=-2,-1.5 --grid signal.window=30,60'],
  })
}

/** Every point of the grid, the last axis fastest. */
export function gridPoints(axes: readonly SweepAxis[]): readonly GridPoint[] {
  let points: GridPoint[] = [{}]
  for (const { name, values } of axes) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })))
  }
  return points
}

/** A copy of a parsed configuration with a point's values set at their dotted keys. */
export function applyPoint(configuration: unknown, point: GridPoint): unknown {
  const copy = structuredClone(configuration ?? {}) as Record<string, unknown>
  for (const [name, value] of Object.entries(point)) {
    const keys = name.split('.')
    let at = copy
    for (const key of keys.slice(0, -1)) {
      const inner = at[key]
      if (inner === null || typeof inner !== 'object') at[key] = {}
      at = at[key] as Record<string, unknown>
    }
    at[keys.at(-1)!] = value
  }
  return copy
}
