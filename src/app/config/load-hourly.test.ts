import { describe, expect, it } from 'vitest'
import type { InputError } from '../../adapters/mod.ts'
import { parseHourly } from './load-hourly.ts'

const load = (text: string, preset?: 'seed' | 'corrected') => parseHourly(text, 'h.yaml', preset)

describe('an hourly configuration', () => {
  it('needs a name and nothing else', () => {
    const { config, hash } = load('name: a')
    expect(config).toMatchObject({ preset: 'corrected', capital: 1_000_000 })
    expect(load('name: a\nlabels: { horizonBars: 5 }').hash).toBe(hash)
  })

  it('takes the published figures where the preset is seed and the file says nothing', () => {
    const text = 'name: a\npreset: seed\nmodel: { trees: 7 }'
    expect(load(text).config).toMatchObject({
      capital: 100_000,
      models: [{ name: 'trees', weight: 1, trees: 7, leavesMax: 63 }],
    })
    expect(load('name: a', 'seed').config.models[0]!.trees).toBe(400)
    const several = `${'name: a\nmodels: [{ name: a, weight: 30%, trees: 7 }'}, { name: b, weight: 70% }]`
    expect(load(several, 'seed').config.models).toMatchObject([
      { name: 'a', weight: 0.3, trees: 7, rowsMin: 20 },
      { name: 'b', weight: 0.7, trees: 400 },
    ])
    expect(load('name: a\npreset: seed', 'corrected').config.preset).toBe('corrected')
  })

  it('takes a rate of interest on cash, or the one that the Federal Reserve aims at', () => {
    const of = (rate: string) => load(`name: a\nexecution: { cashInterest: ${rate} }`).config
    expect(of('2%').execution.cashInterest).toBe(0.02)
    expect(of('federalFunds').execution.cashInterest).toBe('federalFunds')
    expect(load('name: a').config.execution.cashInterest).toBe(0)
  })

  it('refuses keys that are not there, wherever, and days without known sessions', () => {
    const said = (text: string): string => {
      try {
        load(`name: a\n${text}`)
        return 'nothing'
      } catch (cause) {
        return (cause as InputError).details.join()
      }
    }
    expect(said('portfolio: { nameMaximum: 10% }')).toMatch(/h\.yaml:2.*nameMaximum.*nameMax/)
    expect(said('model: { network: { widths: 3 } }')).toMatch(/widths.*width/)
    expect(
      said('data: { kind: files, folder: ., firstDay: 1985-01-02, endDay: 2052-01-01 }'),
    ).toMatch(/firstDay.*1990 to 2050.*endDay.*1990 to 2050/)
    expect(said('data: { kind: generated, firstDay: 2045-01-03, sessions: 5000 }')).toMatch(
      /sessions.*end by 2050/,
    )
    expect(said('data: { kind: generated, driftPerYear: -1 }')).toMatch(/driftPerYear/)
    expect(said('data: { kind: generated, firstDay: 1990-01-02, sessions: 5000 }')).toBe('nothing')
  })

  it('takes one model or several, not both', () => {
    expect(() => load('name: a\nmodel: {}\nmodels: [{ name: a, weight: 100% }]')).toThrow(
      'h.yaml has both model and models',
    )
  })

  it.each([
    [
      'name: a\nmodels: [{ name: a, weight: 30% }, { name: b, weight: 60% }]',
      'h.yaml:2  models: found [{"name":"a","weight":"30%"},{"name":"b","weight":"60%"}], expected weights that sum to 100%, not 90%',
    ],
    ['name: a\nmodels: [{ name: a, weight: 50% }, { name: a, weight: 50% }]', 'a is there twice'],
    [
      'name: a\nmodels: [{ name: a, weight: 1, layers: 2 }]',
      'models.0.weight: found 1, a share with its unit',
    ],
    [
      'name: a\nmodel: { route: tree }',
      'h.yaml:2  model.route: found "tree", did you mean "trees"?',
    ],
    ['name: a\n\ndta: {}', 'h.yaml:3  unknown key "dta" in (top level); did you mean "data"?'],
    ['name: a\ndata: { kind: generated, sessions: 3 }', 'must be at least 30'],
    ['name: A b', 'small letters'],
    ['name: a\nexecution: { cashInterest: prime }', 'for example "2%", or federalFunds'],
    ['name: a\nportfolio: { nameMax: 0.1 }', 'a share with its unit'],
  ])('refuses %j and says where', (text, message) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ exitCode: 3 }))
    try {
      load(text)
    } catch (error) {
      expect((error as { details: string[] }).details.join('\n')).toContain(message)
    }
  })
})
