import { describe, expect, test } from 'vitest'
import type { FillView } from '../lib/protocol.ts'
import { makeHoldings } from './markers.ts'

let seconds = 0
function fill(side: 'buy' | 'sell', quantity: string, positionBefore: string): FillView {
  seconds += 60
  const time = new Date(seconds * 1000).toISOString()
  return {
    executionId: String(seconds),
    clientOrderId: null,
    instrument: 0,
    symbol: 'BTC',
    side,
    price: '100',
    quantity,
    notional: '1',
    liquidity: 'maker',
    fee: '0',
    assetFee: null,
    positionBefore,
    realisedPnl: '0',
    slippageBps: null,
    role: 'entry',
    venueTime: time,
    receivedTime: time,
  }
}

describe('holdings', () => {
  test('are walked back from the present position through partial fills and flips', () => {
    seconds = 0
    const fills = [
      fill('buy', '0.1', '0'),
      fill('buy', '0.2', '0.1'),
      fill('sell', '0.5', '0.3'),
      fill('buy', '0.2', '-0.2'),
    ]
    expect(makeHoldings(fills, 0, 0)).toEqual([
      { direction: 'long', fromSeconds: 60, untilSeconds: 180 },
      { direction: 'short', fromSeconds: 180, untilSeconds: 240 },
    ])
  })

  test('of a position taken over before the first fill reach back to the beginning', () => {
    seconds = 0
    expect(makeHoldings([fill('sell', '0.4', '1')], 0, 0.6)).toEqual([
      { direction: 'long', fromSeconds: 0, untilSeconds: null },
    ])
  })

  test('of coins whose fee was taken in coins go by what was held, not by what was filled', () => {
    seconds = 0
    const fills = [fill('buy', '1', '0'), fill('sell', '0.9975', '0.9975'), fill('buy', '1', '0')]
    expect(makeHoldings(fills, 0, 0.9975)).toEqual([
      { direction: 'long', fromSeconds: 60, untilSeconds: 120 },
      { direction: 'long', fromSeconds: 180, untilSeconds: null },
    ])
  })
})
