import { describe, expect, it } from 'vitest'
import { parseConfig } from './load.ts'

const detailsOf = (text: string): readonly string[] => {
  try {
    parseConfig(`name: x\n${text}`, 'x.yaml')
  } catch (error) {
    return (error as { details: readonly string[] }).details
  }
  return []
}

describe('instruments that a configuration excludes', () => {
  const exclude = 'exclude: { TRUMP: a meme, AAPL: too well known }\n'

  it('are refused by their coin or as they are, wherever they are named', () => {
    const alpaca = 'venue: { kind: alpaca, instruments: [BTC/USD, TRUMP/USD, AAPL] }'
    expect(detailsOf(exclude + alpaca)).toEqual([
      expect.stringContaining('venue.instruments.1: found "TRUMP/USD"'),
      expect.stringContaining('(AAPL: too well known)'),
    ])
    const bars = 'signal: { source: bar }\ndata: { kind: bars, file: a.parquet, symbols: [TRUMP] }'
    expect(detailsOf(exclude + bars)).toEqual([expect.stringContaining('data.symbols.0')])
  })

  it('are those alone: others may have their name in them', () => {
    const others = 'venue: { kind: alpaca, instruments: [TRUMPET/USD, ETH/USD] }'
    expect(detailsOf(exclude + others)).toEqual([])
  })
})

describe('the day of the fees of coins', () => {
  it('is one of the calendar whose fees are known', () => {
    const of = (day: string) => detailsOf(`fills: { coins: { feesOn: ${day} } }`)
    expect(of('2026-11-01')).toEqual([])
    expect(of('2021-04-20').join()).toContain('2023-03-13 or later')
    expect(of('2023-02-31').join()).toContain('fills.coins.feesOn: found "2023-02-31"')
  })
})
