import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Rgb = readonly [number, number, number]
type Scheme = 'light' | 'dark'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

/** Colour tokens of a rule of tokens.css in one scheme. */
function tokens(selector: string, scheme: Scheme): ReadonlyMap<string, Rgb> {
  const body = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? ''
  const found = new Map<string, Rgb>()
  for (const [, name, value] of body.matchAll(/--([a-z-]+): ([^;]+);/g)) {
    const pair = /light-dark\((#[0-9a-f]{6})[0-9a-f]{0,2}, (#[0-9a-f]{6})/.exec(value!)
    const single = /^(#[0-9a-f]{6})/.exec(value!)
    const hex = pair === null ? single?.[1] : scheme === 'light' ? pair[1] : pair[2]
    if (hex !== undefined) found.set(name!, parse(hex))
  }
  return found
}

const parse = (hex: string): Rgb =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as never
const linear = (value: number): number => {
  const c = value / 255
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
}
const luminance = ([r, g, b]: Rgb): number =>
  0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
/** Contrast ratio of WCAG 2.1. */
function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
const deficiencies = {
  protanopia: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
  deuteranopia: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  tritanopia: [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ],
} as const

type Matrix = readonly number[]
const normal: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** CIE L*a*b* (D65) of a colour as seen through a matrix on linear RGB. */
function lab(color: Rgb, seen: Matrix): Rgb {
  const rgb = color.map(linear)
  const [r, g, b] = [0, 1, 2].map((row) => {
    const value = [0, 1, 2].reduce((sum, i) => sum + seen[row * 3 + i]! * rgb[i]!, 0)
    return Math.min(1, Math.max(0, value))
  }) as unknown as Rgb
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
/** CIE76 distance. */
function distance(a: Rgb, b: Rgb, seen: Matrix): number {
  const [p, q] = [lab(a, seen), lab(b, seen)]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

describe.each(['light', 'dark'] as const)('colours in the %s theme', (scheme) => {
  const base = tokens(':root', scheme)
  const color = (name: string): Rgb => base.get(name)!

  test.each([
    'ink',
    'strong',
    'muted',
    'buy',
    'sell',
    'warn',
    'danger-ink',
  ])('text in --%s has a contrast of at least 4.5 on every ground it stands on', (name) => {
    for (const ground of ['panel', 'raised', 'ground']) {
      expect(contrast(color(name), color(ground)), ground).toBeGreaterThanOrEqual(4.5)
    }
  })

  test('marks have a contrast of at least 3, and white on danger 4.5', () => {
    expect(contrast(color('focus'), color('panel'))).toBeGreaterThanOrEqual(3)
    expect(contrast(color('on-danger'), color('danger'))).toBeGreaterThanOrEqual(4.5)
  })

  test('buy and sell stay far apart for every kind of eye', () => {
    for (const [name, seen] of Object.entries({ normal, ...deficiencies })) {
      expect(distance(color('buy'), color('sell'), seen), name).toBeGreaterThanOrEqual(60)
    }
  })

  test('is the binding pair', () => {
    const pair = scheme === 'dark' ? ['#4da3ff', '#ff9f43'] : ['#0b6bcb', '#b54708']
    expect([color('buy'), color('sell')]).toEqual(pair.map(parse))
  })

  test.each(['classic', 'red-up', 'contrast'])('the palette %s is readable', (palette) => {
    const own = tokens(`:root[data-palette="${palette}"]`, scheme)
    const panel = own.get('panel') ?? color('panel')
    for (const name of ['buy', 'sell']) {
      expect(contrast(own.get(name)!, panel), name).toBeGreaterThanOrEqual(4.5)
    }
  })
})

test('the measure is the one the usual green and red fail', () => {
  const [green, red] = [parse('#26a69a'), parse('#ef5350')]
  expect(distance(green, red, deficiencies.protanopia)).toBeLessThan(30)
  expect(distance(green, red, normal)).toBeGreaterThan(95)
})
