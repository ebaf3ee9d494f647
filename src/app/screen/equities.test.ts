import { describe, expect, it } from 'vitest'
import { dayNumber, formatDay } from '../../core/mod.ts'
import { addNames, listedNames } from './add-names.ts'
import { type EquityCandidate, type EquityRules, screenEquities } from './equities-score.ts'
import { membersOn, readMembership, readSectors } from './membership.ts'

const rules: EquityRules = {
  ...{ minZ: 1.25, minPrice: 20, minAdv: 1_000_000, sector: null },
  ...{ known: new Set(), isMomentum: false },
}

/** 240 closes that swing by one and end `by` away from their middle. */
const closes = (by: number, drift = 0): number[] =>
  Array.from({ length: 240 }, (_, i) =>
    i === 239 ? 5000 + by + 239 * drift : 5000 + (i % 2 === 0 ? 1 : -1) + i * drift,
  )

const name = (symbol: string, by: number, change: Partial<EquityCandidate> = {}) => ({
  ...{ symbol, sector: 'Energy', closes: closes(by), price: 50, isCurrent: true },
  ...{ volumes: Array<number>(30).fill(2e6), ...change },
})

describe('screening equities', () => {
  it('puts what is low into the long zone and what is high into the short one', () => {
    const { long, short, excluded } = screenEquities(
      [name('A', -3), name('B', 3), name('C', 0), name('D', -30)],
      rules,
    )
    expect(long.map(({ symbol }) => symbol)).toEqual(['D', 'A'])
    expect(short.map(({ symbol }) => symbol)).toEqual(['B'])
    expect(excluded).toEqual({ z: 1 })
    // 30 closes at +1, 29 at -1 and the last at -3: mean -1/30, squares 30 + 29 + 9.
    const deviation = Math.sqrt((68 - 60 * (1 / 30) ** 2) / 59)
    expect(long[1]!.z).toBeCloseTo((-3 + 1 / 30) / deviation, 12)
  })

  it('says why the others are in none, the first reason that holds', () => {
    const { excluded } = screenEquities(
      [
        name('A', -3, { price: null }),
        name('B', -3, { isCurrent: false }),
        name('C', -3, { closes: closes(-3).slice(-59) }),
        name('D', -3, { price: 19.99 }),
        name('E', -3, { volumes: [...Array<number>(90).fill(1e9), ...Array<number>(30).fill(1)] }),
        name('F', -3, { sector: null }),
        name('G', -3),
      ],
      { ...rules, sector: 'energy', known: new Set(['G']) },
    )
    expect(excluded).toEqual({
      ...{ 'no bars': 1, 'no bar of the day': 1, history: 1, price: 1, volume: 1 },
      ...{ sector: 1, known: 1 },
    })
  })

  it('goes with the trend where momentum is asked for', () => {
    const rising = name('UP', 5, { closes: closes(20, 1) })
    const falling = name('DOWN', -5, { closes: closes(-20, -1) })
    const against = name('DIP', -5, { closes: closes(-60, 1) })
    const { long, short, excluded } = screenEquities([rising, falling, against], {
      ...rules,
      isMomentum: true,
    })
    expect([long.map((each) => each.symbol), short.map((each) => each.symbol)]).toEqual([
      ['UP'],
      ['DOWN'],
    ])
    expect(excluded).toEqual({ trend: 1 })
    expect(long[0]!.aboveTrend).toBeGreaterThan(0)
    expect(short[0]!.zTrend).toBeLessThan(-0.5)
  })
})

const spells = {
  name: 'spells.csv',
  text: 'ticker,start_date,end_date\nOLD,2000-01-03,2018-02-16\nON,2010-01-04,\nNEW,2018-02-16,\nAGAIN,2001-01-02,2005-01-03\nAGAIN,2012-01-03,2020-01-02\n',
}
const changes = {
  name: 'changes.csv',
  text: 'announcement_date,effective_date,action,company_name,ticker\n2021-03-01,2021-03-22,Addition,"Late, Inc.",LATE\n2021-03-01,2021-03-22,Deletion,On,ON\n2019-01-02,2019-01-07,Deletion,New,NEW\n',
}

describe('the members of a day', () => {
  const membership = readMembership(spells, changes)
  const on = (year: number, month: number, day: number) =>
    membersOn(membership, dayNumber(year, month, day))

  it('are those whose spell holds it; its end is the first day without them', () => {
    expect(on(2018, 2, 15).symbols).toEqual(['AGAIN', 'OLD', 'ON'])
    expect(on(2018, 2, 16).symbols).toEqual(['AGAIN', 'NEW', 'ON'])
    expect(on(2008, 2, 16).symbols).toEqual(['OLD'])
  })

  it('follow published changes once they are effective, where the spells have ended', () => {
    expect(on(2021, 3, 21).symbols).toEqual(['NEW', 'ON'])
    expect(on(2021, 3, 22).symbols).toEqual(['LATE', 'NEW'])
  })

  it('tell what was announced by the day, and nothing that was not', () => {
    expect(on(2021, 2, 28).announced).toEqual([])
    const known = on(2021, 3, 1).announced
    expect(known.map(({ symbol, action }) => `${symbol} ${action}`)).toEqual([
      'LATE joins',
      'ON leaves',
    ])
    expect(formatDay(known[0]!.effective)).toBe('2021-03-22')
    expect(on(2021, 3, 22).announced).toEqual([])
  })

  it('are refused by file and line where they cannot be read', () => {
    const bad = (text: string) => () => readMembership({ name: 'x.csv', text }, null)
    expect(bad('ticker,from\n')).toThrow('x.csv, line 1: no column start_date')
    expect(bad('ticker,start_date,end_date\nA,2018/01/02,\n')).toThrow(
      'x.csv, line 2: day "2018/01/02"',
    )
    expect(bad('ticker,start_date,end_date\n\nA,2018-01-02\n')).toThrow('x.csv, line 3')
    expect(() =>
      readMembership(spells, {
        name: 'y.csv',
        text: `${changes.text.split('\n')[0]}\n2021-01-01,2021-01-02,Swap,B,A\n`,
      }),
    ).toThrow('y.csv, line 2: action "Swap"')
  })
})

it('reads sectors under either spelling of their columns', () => {
  const text = 'Symbol,Security,GICS Sector\nA,"Agilent, Inc.",Health Care\n'
  expect(readSectors({ name: 's.csv', text }).get('A')).toBe('Health Care')
  expect(() => readSectors({ name: 's.csv', text: 'symbol,name\n' })).toThrow('no column sector')
})

describe('adding names to a configuration', () => {
  const text = `name: x
data: { kind: bars, file: a.parquet, symbols: [A] } # kept
strategy:
  equities: { sectors: { of: { Energy: { symbols: [A] } } } }
`

  it('adds to the list and to the sector that is mapped, and removes nothing', () => {
    const changed = addNames(text, [
      { symbol: 'B', sector: 'Energy' },
      { symbol: 'A', sector: 'Energy' },
      { symbol: 'C', sector: 'Unheard of' },
    ])
    expect(changed.changes).toEqual([
      { sign: '+', key: 'data.symbols', value: 'B' },
      { sign: '+', key: 'strategy.equities.sectors.of.Energy.symbols', value: 'B' },
      { sign: '+', key: 'data.symbols', value: 'C' },
    ])
    expect(changed.text).toContain('# kept')
    expect([...listedNames(changed.text)]).toEqual(['A', 'B', 'C'])
  })

  it('changes no byte where there is nothing to add', () => {
    expect(addNames(text, [{ symbol: 'A', sector: null }]).text).toBe(text)
  })
})
