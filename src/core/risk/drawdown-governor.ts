import { assert } from '../lib/assert.ts'

/** How much risk is taken. */
export type DrawdownRegime = 'normal' | 'conservative' | 'riskOff'

/** A step down: from which drawdown it is taken, and at or below which it is left. Fractions. */
export interface GovernorStep {
  readonly regime: Exclude<DrawdownRegime, 'normal'>
  readonly enterAt: number
  readonly leaveAt: number
  /** Share of the usual exposure, 0 to 1. */
  readonly exposure: number
}

/** Steps from the shallowest to the deepest, and how long one is stayed on at most. */
export interface GovernorRules {
  readonly steps: readonly GovernorStep[]
  /**
   * Updates after which a step is left for the one above though nothing recovered: what holds
   * nothing cannot recover. Null waits for ever.
   */
  readonly patience: number | null
}

/** What a governor remembers: plain data. */
export interface GovernorState {
  /** Steps taken down, 0 for none. */
  step: number
  /** What drawdowns are measured from: the highest equity, lowered when a step ends by time. */
  reference: number
  /** Updates on the present step. */
  updates: number
}

/** What holds after an update. */
export interface GovernorVerdict {
  readonly regime: DrawdownRegime
  /** Share of the usual exposure, 0 to 1. */
  readonly exposure: number
  /** Below the reference, a fraction of it, 0 or more. */
  readonly drawdown: number
  /** What moved it this time, null where nothing did. */
  readonly cause: 'drawdown' | 'recovery' | 'time' | null
}

/** A governor before its first equity. */
export const freshGovernor = (): GovernorState => ({ step: 0, reference: 0, updates: 0 })

/** Fails on steps that are out of order, or that could be entered and left at once. */
export function assertGovernorRules({ steps, patience }: GovernorRules): void {
  for (const [i, { enterAt, leaveAt, exposure }] of steps.entries()) {
    assert(leaveAt >= 0 && leaveAt < enterAt && enterAt < 1, 'a step is left below where it begins')
    assert(exposure >= 0 && exposure <= 1, 'exposure is a share')
    assert(i === 0 || enterAt >= steps[i - 1]!.enterAt, 'steps go from shallow to deep')
  }
  assert(patience === null || patience > 0, 'patience is positive')
}

/**
 * Takes the equity of a moment (above 0) in. Down, the deepest step that its drawdown reaches is
 * taken at once; up, one step at a time, when the drawdown has recovered to where the step is left
 * or when patience is over. Then the reference is lowered to where the step above, or none, would
 * stand, so that a new fall counts from there. Mutates `state`.
 */
export function updateGovernor(
  state: GovernorState,
  rules: GovernorRules,
  equity: number,
): GovernorVerdict {
  state.reference = Math.max(state.reference, equity)
  state.updates++
  const cause = move(state, rules, equity)
  if (cause !== null) state.updates = 0
  const { regime = 'normal', exposure = 1 } = rules.steps[state.step - 1] ?? {}
  return { regime, exposure, drawdown: 1 - equity / state.reference, cause }
}

function move(
  state: GovernorState,
  { steps, patience }: GovernorRules,
  equity: number,
): GovernorVerdict['cause'] {
  const drawdown = 1 - equity / state.reference
  const deepest = steps.findLastIndex(({ enterAt }) => drawdown >= enterAt) + 1
  if (deepest > state.step) {
    state.step = deepest
    return 'drawdown'
  }
  const present = steps[state.step - 1]
  if (present === undefined) return null
  const isRecovered = drawdown <= present.leaveAt
  if (!isRecovered && (patience === null || state.updates < patience)) return null
  state.step--
  if (isRecovered) return 'recovery'
  const above = steps[state.step - 1]
  const start = above === undefined ? present.leaveAt : (above.enterAt + above.leaveAt) / 2
  state.reference = Math.min(state.reference, equity / (1 - start))
  return 'time'
}
