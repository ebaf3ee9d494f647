import { expect, test } from 'vitest'
import { mean, sampleDeviation } from './moments.ts'
import { rollingSeries, rollingWindow } from './rolling.ts'

const daily = (returns: readonly number[]) => ({
  time: Float64Array.from(returns, (_, i) => i),
  returns: Float64Array.from(returns),
  baseTime: -1,
  stubs: 0,
})

test('each row is the ratio of its own window, annualised by the annualiser and not the window', () => {
  const returns = Array.from({ length: 40 }, (_, i) => Math.sin(i * 3) * 0.01 + 0.001)
  const options = { window: 20, annualiser: 365, riskFreeAnnual: 0.0365 }
  const { time, sharpe, volatility } = rollingSeries(daily(returns), options)
  expect([...time]).toEqual(Array.from({ length: 21 }, (_, i) => 19 + i))
  const last = returns.slice(20)
  const deviation = sampleDeviation(last)
  expect(volatility[20]).toBeCloseTo(deviation * Math.sqrt(365), 12)
  expect(sharpe[20]).toBeCloseTo(((mean(last) - 0.0001) / deviation) * Math.sqrt(365), 9)
})

test('windows that do not vary have no ratio, short histories no row', () => {
  const options = { window: 5, annualiser: 365, riskFreeAnnual: 0 }
  expect(rollingSeries(daily([1, 2, 3]), options).time.length).toBe(0)
  expect([...rollingSeries(daily([0, 0, 0, 0, 0]), options).sharpe]).toEqual([Number.NaN])
  expect([rollingWindow(365), rollingWindow(252)]).toEqual([90, 62])
})
