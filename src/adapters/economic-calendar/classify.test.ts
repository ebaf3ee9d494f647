import { describe, expect, it } from 'vitest'
import { classifyRelease } from './classify.ts'

const us = (name: string): string | null => classifyRelease('United States', name)

describe('a line of an economic calendar', () => {
  it.each([
    ['CPI', ['CPI', 'Core CPI', 'CPI, n.s.a', 'CPI Index, s.a', 'Core CPI Index']],
    ['CPI', ['Inflation Rate YoY (Oct)', 'Core Inflation Rate MoM (Oct)', 'CPI s.a (Oct)']],
    ['NFP', ['Nonfarm Payrolls', 'Private Nonfarm Payrolls', 'Non Farm Payrolls (Oct)']],
    ['NFP', ['Nonfarm Payrolls Private (Oct)', 'Non-Farm Payrolls']],
    ['FOMC', ['Fed Interest Rate Decision', 'FOMC Statement', 'FOMC Economic Projections']],
    ['PCE', ['PCE Price index', 'Core PCE Price Index', 'PCE Price Index MoM (Sep)']],
    ['PPI', ['PPI', 'Core PPI', 'PPI ex. Food/Energy/Transport', 'PPI MoM (Oct)']],
    ['GDP', ['GDP', 'GDP Price Index', 'GDP Growth Rate QoQ Adv (Q3)', 'GDP Sales QoQ Final']],
    ['retailSales', ['Retail Sales', 'Core Retail Sales', 'Retail Control']],
    ['retailSales', ['Retail Sales MoM (Oct)', 'Retail Sales Ex Gas/Autos MoM (Oct)']],
    ['joblessClaims', ['Initial Jobless Claims', 'Continuing Jobless Claims (Nov/08)']],
    ['joblessClaims', ['Jobless Claims 4-Week Avg.', 'Jobless Claims 4-week Average (Nov/15)']],
    ['JOLTS', ['JOLTs Job Openings', 'JOLTs Job Openings (Sep)', 'JOLTs Job Quits (Sep)']],
  ])('is %s: %j', (kind, names) => {
    expect(names.map(us)).toEqual(names.map(() => kind))
  })

  it.each([
    ...['Cleveland CPI', 'Dallas Fed PCE', 'ADP Nonfarm Employment Change', 'Atlanta Fed GDPNow'],
    ...['FOMC Member Bostic Speaks', 'FOMC Meeting Minutes', 'FOMC Press Conference'],
    ...['Fed Chair Powell Testifies', 'Retail Inventories Ex Auto', 'Redbook', 'GDPNow (Q4)'],
    ...['Nonfarm Productivity', 'Payrolls Benchmark', 'PCE Prices', 'Core PCE Prices QoQ Adv (Q3)'],
    ...['Michigan 1-Year Inflation Expectations', 'CPI Speech', 'Unemployment Rate', 'Beige Book'],
    ...[
      'Chicago Fed National Activity',
      'Interest Rate Projection - 1st Yr',
      '',
      'Personal Income',
    ],
  ])('is nothing that halts: %s', (name) => {
    expect(us(name)).toBeNull()
  })

  it('counts of the United States only, however they are written', () => {
    expect(['US', 'usa', ' United States '].map((of) => classifyRelease(of, 'CPI'))).toEqual([
      ...['CPI', 'CPI', 'CPI'],
    ])
    expect(
      ['CN', 'Euro Zone', 'United Kingdom', ''].map((of) => classifyRelease(of, 'CPI')),
    ).toEqual([null, null, null, null])
    expect(us('Chinese CPI')).toBeNull()
    expect(us('German GDP')).toBeNull()
  })
})
