import { describe, expect, it } from 'vitest'
import {
  assertGovernorRules,
  freshGovernor,
  type GovernorRules,
  type GovernorState,
  updateGovernor,
} from './drawdown-governor.ts'

const rules: GovernorRules = {
  steps: [
    { regime: 'conservative', enterAt: 0.08, leaveAt: 0.05, exposure: 0.75 },
    { regime: 'conservative', enterAt: 0.12, leaveAt: 0.09, exposure: 0.5 },
    { regime: 'riskOff', enterAt: 0.2, leaveAt: 0.15, exposure: 0 },
  ],
  patience: 10,
}

function path(state: GovernorState, ...equities: number[]) {
  return equities.map((equity) => updateGovernor(state, rules, equity))
}

describe('the drawdown governor', () => {
  it('steps down at 8, 12 and 20 percent of the highest equity, never on a rise', () => {
    const verdicts = path(freshGovernor(), 100, 110, 101.3, 101.1, 96.7, 87.9)
    expect(verdicts.map(({ exposure }) => exposure)).toEqual([1, 1, 1, 0.75, 0.5, 0])
    expect(verdicts.map(({ regime }) => regime).slice(3)).toEqual([
      'conservative',
      'conservative',
      'riskOff',
    ])
    expect(verdicts.at(-1)!.drawdown).toBeCloseTo(1 - 87.9 / 110, 12)
  })

  it('takes several steps down at once and one at a time up', () => {
    const verdicts = path(freshGovernor(), 100, 75, 86, 86, 92, 96, 96)
    expect(verdicts.map(({ exposure }) => exposure)).toEqual([1, 0, 0.5, 0.5, 0.75, 1, 1])
    expect(verdicts[2]!.cause).toBe('recovery')
  })

  it('does not flicker between where a step begins and where it is left', () => {
    const verdicts = path(freshGovernor(), 100, 91.9, 93, 91.5, 94.9, 95.1)
    expect(verdicts.map(({ exposure }) => exposure)).toEqual([1, 0.75, 0.75, 0.75, 0.75, 1])
  })

  it('is never left with nothing for ever: flat equity comes back step by step', () => {
    const flat = path(freshGovernor(), 100, ...Array.from({ length: 40 }, () => 70))
    expect(flat[10]!.regime).toBe('riskOff')
    expect(flat[11]).toMatchObject({ exposure: 0.5, cause: 'time' })
    expect(flat[21]).toMatchObject({ exposure: 0.75, cause: 'time' })
    expect(flat[31]).toMatchObject({ exposure: 1, cause: 'time' })
    expect(flat.at(-1)!.exposure).toBe(1)
  })

  it('counts a new fall after its return from where it returned to', () => {
    const state = freshGovernor()
    path(state, 100, ...Array.from({ length: 11 }, () => 70))
    expect(state.step).toBe(2)
    const again = path(state, 70 * 0.95, 70 * 0.89)
    expect(again.map(({ regime }) => regime)).toEqual(['conservative', 'riskOff'])
  })

  it('goes on from its state as plain data', () => {
    const state = freshGovernor()
    path(state, 100, 90)
    const copy = JSON.parse(JSON.stringify(state)) as GovernorState
    expect(path(copy, 88, 95)).toEqual(path(state, 88, 95))
  })

  it('refuses steps that could be entered and left at once', () => {
    const step = { regime: 'riskOff', enterAt: 0.1, leaveAt: 0.1, exposure: 0 } as const
    expect(() => assertGovernorRules({ steps: [step], patience: null })).toThrow(/left below/)
  })
})
