import { expect, it } from 'vitest'
import type { Instrument, SeedBar } from '../../core/mod.ts'
import { sessionEngineConfig } from '../config/build.ts'
import { parseConfig } from '../config/load.ts'
import { calibrate, deviationPercent } from './calibrate.ts'

const MINUTE_US = 60_000_000
const coins = ['BTC', 'SOL', 'xyz:TSLA', 'xyz:GOLD', 'xyz:SP500']
const instruments = coins.map(
  (symbol, id) =>
    ({ id, symbol, priceDecimals: 2, quantityDecimals: 3, minimumNotional: 0n }) as Instrument,
)

/** Closes that go up and down by the same share of their mean. */
const barsOf = (share: number, count = 60): readonly SeedBar[] =>
  Array.from(
    { length: count },
    (_, i) => ({ close: 1e6 * (1 + (i % 2 === 0 ? share : -share)) }) as SeedBar,
  )

function calibrated(symbol: string, bars: readonly SeedBar[], strategy = 'calibrate: true') {
  const text = `name: x\nvenue: { instruments: [${coins.join(', ')}] }\nstrategy: { ${strategy} }\n`
  const { config } = parseConfig(text, 'x.yaml')
  const engine = sessionEngineConfig('drill', config, instruments, undefined)
  const found = calibrate({ config, engine }, instruments[coins.indexOf(symbol)]!, bars)
  if (found === null) return null
  const tier = Object.fromEntries(found.changes.map(({ key, value }) => [key, value]))
  return [tier['longEntry'], tier['longExit'], tier['shortEntry'], tier['shortExit'], found.reason]
}

it('takes the population deviation of the last 60 closes, as of four hours', () => {
  const spread = [...barsOf(0.5), ...barsOf(0.001)]
  expect(deviationPercent(spread, MINUTE_US)).toBeCloseTo(0.1 * Math.sqrt(240), 10)
  expect(deviationPercent(barsOf(0.001), 4 * MINUTE_US)).toBeCloseTo(0.1 * Math.sqrt(60), 10)
  expect(deviationPercent(barsOf(0.001, 30), MINUTE_US)).not.toBeNull()
  expect(deviationPercent(barsOf(0.001, 29), MINUTE_US)).toBeNull()
})

it('sets thresholds by class and deviation, at least that of the class', () => {
  const quiet = [
    'EQUITY, deviation 5.00 % (1.55 % seen)',
    'COMMODITY, deviation 2.50 % (1.55 % seen)',
  ]
  expect(calibrated('xyz:TSLA', barsOf(0.001))).toEqual([-2, -0.5, 2, 0.5, quiet[0]])
  expect(calibrated('xyz:GOLD', barsOf(0.001))).toEqual([-1.75, -0.4, 1.75, 0.4, quiet[1]])
  expect(calibrated('xyz:SP500', barsOf(0.001))?.slice(0, 2)).toEqual([-1.5, -0.3])
  const wild = calibrated('xyz:TSLA', barsOf(0.006))
  expect(wild).toEqual([-2.5, -0.75, 2.5, 0.75, 'EQUITY, deviation 9.30 % (9.30 % seen)'])
})

it('takes the estimate of the class without history, and named thresholds for natives', () => {
  const reason = 'EQUITY, deviation 5.00 % (estimated)'
  expect(calibrated('xyz:TSLA', [])).toEqual([-2, -0.5, 2, 0.5, reason])
  expect(calibrated('SOL', [])?.slice(0, 4)).toEqual([-2.5, -0.75, 2.5, 0.75])
  expect(calibrated('BTC', barsOf(0.006))).toBeNull()
})

it('leaves alone what the file names, what others trade, and all of it where it is off', () => {
  const bars = barsOf(0.006)
  const named = 'calibrate: true, overrides: { "xyz:TSLA": {} }'
  expect(calibrated('xyz:TSLA', bars, named)).toBeNull()
  expect(calibrated('xyz:TSLA', bars, 'calibrate: false')).toBeNull()
})
