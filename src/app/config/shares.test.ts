import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Instrument, parseDay, quantity } from '../../core/mod.ts'
import { limitsOff } from './build.ts'
import { parseConfig } from './load.ts'
import { shareCosts, shareRules } from './shares.ts'

const share: Instrument = {
  ...{ id: 0, venue: 'us-equities', symbol: 'GME', kind: 'equity', quoteCurrency: 'USD' },
  ...{ baseCurrency: 'GME', priceDecimals: 2, quantityDecimals: 0, longOnly: false },
  ...{ priceRule: { kind: 'tick', quanta: 1 }, minimumNotional: 0n, maximumLeverage: 2 },
  ...{ minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
}
const coin: Instrument = { ...share, symbol: 'BTC', kind: 'spot' }
const configOf = (shares: string) => parseConfig(`name: x\n${shares}`, 'x.yaml').config

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

describe('rules of shares in a configuration', () => {
  it('are those of a margin account when nothing is said, of shares only', () => {
    expect(shareRules(configOf(''), [share])).toMatchObject({
      ...{ account: 'margin', isLocateGranted: false, hasPriceTest: true, hasMargin: true },
      ...{ dayTrades: 'refuse', hasSettlement: true, isHeldOvernight: true },
      borrow: [[{ status: 'easy', rateE9: 5_000_000 }]],
    })
    expect(shareRules(configOf(''), [coin])).toBeUndefined()
    expect(shareCosts(configOf(''), [coin], [])).toBeUndefined()
  })

  it('can be off altogether, or one by one', () => {
    expect(shareRules(configOf('shares: off'), [share])).toBeUndefined()
    expect(shareCosts(configOf('shares: off'), [share], [])).toBeUndefined()
    const actions = [{ instrument: 0, day: 1, dividendE8: 1, ratioE9: 1_000_000_000 }]
    const some = configOf('shares: { borrow: off, exDates: false, priceTest: false }')
    expect(shareRules(some, [share])).toMatchObject({ borrow: null, hasPriceTest: false })
    expect(shareCosts(some, [share], actions)).toMatchObject({ borrow: null, actions: [] })
    const interest = (text: string) => shareCosts(configOf(text), [share], [])!.interest
    expect(interest('shares: { interest: off }')).toBeNull()
    expect(interest('shares: { account: cash }')).toBeNull()
    expect(interest('shares: { interest: { rate: 8.25% } }')).toMatchObject([
      { rateE9: 82_500_000 },
    ])
    expect(interest('')!.at(-1)).toMatchObject({ rateE9: 67_500_000 })
    expect(shareCosts(configOf(''), [share], actions)?.actions).toEqual(actions)
  })

  it('are named among what is switched off', () => {
    const off = (text: string) => limitsOff(configOf(text)).filter((name) => /shares/.test(name))
    expect(off('')).toEqual([])
    expect(off('shares: off')).toEqual(['rules of shares'])
    expect(off('shares: { dayTrades: off, priceTest: false }')).toEqual([
      'shares priceTest',
      'shares dayTrades',
    ])
  })

  it('give single names terms of their own from a day on, of a list or a file', () => {
    const rows = [
      { symbol: 'GME', from: '2021-02-10', rate: '5%' },
      { symbol: 'GME', from: '2021-01-13', status: 'hard', rate: '30%' },
      { symbol: 'AMC', status: 'none' },
    ]
    const expected = [
      [
        { from: Number.MIN_SAFE_INTEGER, status: 'easy', rateE9: 20_000_000 },
        { from: parseDay('2021-01-13'), status: 'hard', rateE9: 300_000_000 },
        { from: parseDay('2021-02-10'), status: 'easy', rateE9: 50_000_000 },
      ],
    ]
    const listed = configOf(`shares: { borrow: { rate: 2%, names: ${JSON.stringify(rows)} } }`)
    expect(shareRules(listed, [share])?.borrow).toEqual(expected)
    const folder = mkdtempSync(join(tmpdir(), 'ornstein-'))
    folders.push(folder)
    writeFileSync(join(folder, 'names.json'), JSON.stringify(rows))
    const text = 'name: x\nshares: { borrow: { rate: 2%, names: names.json } }'
    const { config, hash } = parseConfig(text, join(folder, 'x.yaml'))
    expect(shareRules(config, [share])?.borrow).toEqual(expected)
    writeFileSync(join(folder, 'names.json'), JSON.stringify(rows.slice(0, 2)))
    expect(parseConfig(text, join(folder, 'x.yaml')).hash).not.toBe(hash)
  })

  it('say what is wrong with a file or a row', () => {
    expect(() => configOf('shares: { borrow: { names: nowhere.json } }')).toThrow(
      expect.objectContaining({ code: 'ORN-CONF-021' }),
    )
    for (const wrong of [
      'borrow: { names: [{ symbol: GME, status: impossible }] }',
      'borrow: { names: [{ symbol: GME, from: "2021-02-30" }] }',
      'borrow: { rate: -1% }',
      'account: both',
    ]) {
      expect(() => configOf(`shares: { ${wrong} }`), wrong).toThrow(
        expect.objectContaining({ code: 'ORN-CONF-003' }),
      )
    }
  })
})
