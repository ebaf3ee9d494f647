import { expect, it } from 'vitest'
import { demoInstruments } from '../../../../test/support/demo-market.ts'
import { type Execution, type NewOrder, price, quantity } from '../../../core/mod.ts'
import { estimateText } from '../gates.ts'
import type { DecisionView } from '../views.ts'
import { whyLines } from '../why.ts'
import { ShadowFold } from './shadow-fold.ts'

it('adds up what an instrument in shadow would have done, and why says it', () => {
  const fold = new ShadowFold(demoInstruments)
  const { symbol } = demoInstruments[0]!
  expect(fold.view(0)).toBeNull()
  for (const [i, side, at] of [
    [0, 'buy', 500_000],
    [1, 'sell', 501_000],
  ] as const) {
    fold.onOrder({ instrument: 0 } as NewOrder)
    const execution: Execution = {
      ...{ executionId: `${i}`, clientOrderId: `${i}`, venueOrderId: '', instrument: 0, side },
      ...{
        price: price(at),
        quantity: quantity(10),
        liquidity: 'taker' as const,
        fee: 5n,
        venueTime: i,
      },
    }
    fold.onExecuted({ kind: 'shadowExecuted', execution, realised: 0n })
  }
  const shadow = fold.view(0)!
  expect(shadow).toMatchObject({ orders: 2, fills: 2, fees: '0.00000010' })
  expect(Number(shadow.quantity)).toBe(0)
  expect(Number(shadow.realisedPnl)).toBeGreaterThan(0)
  const estimate = {
    ...({ entry: 'maker', exit: 'taker' } as const),
    ...{ edgeBp: 12.34, feeBp: 6, spreadBp: 0.5, fundingBp: 0.25 },
  }
  const text = estimateText(estimate)
  expect(text).toBe(
    'expected +12.3 bp, costs 6.8 bp (maker in, taker out: fees 6.0, spread 0.5, funding 0.3)',
  )
  const view = {
    symbol,
    sentence: 'No entry.',
    shadow,
    estimate: { ...estimate, costBp: 6.75, text },
  }
  const lines = whyLines([view as unknown as DecisionView])
  expect(lines[0]).toBe(`${symbol}  No entry.`)
  expect(lines[1]?.trim()).toBe(text)
  expect(lines[2]).toContain('in shadow: 2 orders not sent, 2 would have filled')
})
