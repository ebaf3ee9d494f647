import { normalInverse } from '../../core/mod.ts'
import type { LabelSpans, Learner, TrainingInput } from '../learner.ts'
import { type Fold, windowsOf } from './folds.ts'
import { runTraining, type TrainingSteps, type ValidationData } from './held-out.ts'
import { NO_VARIATION, neweyWestMean } from './interval.ts'
import { rankSample } from './rank-sample.ts'

/** Something in the data, the folds or the training knew what it could not have known. */
export interface Leak {
  readonly check: LeakCheck
  /** What was seen, with the features, rows or bars. */
  readonly message: string
}

/** What is looked at. */
export type LeakCheck =
  | 'features against labels'
  | 'features against scrambled futures'
  | 'folds against label windows'
  | 'membership'
  | 'training against scrambled rows'

/** What was looked at and what was found: no leak means nothing where nothing was checked. */
export interface LeakReport {
  readonly checks: readonly LeakCheck[]
  readonly leaks: readonly Leak[]
}

/** Words for rows and bars of a panel; their indices where none are given. */
export interface LeakPlaces {
  row(name: number, bar: number): string
  bar(bar: number): string
}

const INDICES: LeakPlaces = {
  row: (name, bar) => `name ${name}, bar ${bar}`,
  bar: (bar) => `bar ${bar}`,
}

/** Rank ICs that no honest forecast of hours has. */
export interface PlausibleIc {
  readonly excessReturn: number
  /** Volatility honestly tells much about falls. */
  readonly downsideEvent: number
  /** Against the return of the next bar alone. */
  readonly nextBar: number
}

/** 0.1, 0.6 and 0.1. */
export const DEFAULT_PLAUSIBLE_IC: PlausibleIc = {
  excessReturn: 0.1,
  downsideEvent: 0.6,
  nextBar: 0.1,
}

/** Chance of {@link featureLeaks} to accuse a panel whose ICs lie at the limits themselves. */
export const FALSE_ALARM_RATE = 0.01

/** Labels' reach and, where bars are at hand, what the next bar alone brings. */
export interface FeatureLeakInput {
  readonly data: ValidationData
  readonly horizonBars: number
  /** Log return from the open to the close of the bar after the decision; null: not checked. */
  readonly nextBarReturn: Float32Array | Float64Array | null
  readonly plausible?: PlausibleIc
}

/**
 * Features that forecast too well: their mean rank IC is beyond what is plausible by more than
 * its standard error explains, at {@link FALSE_ALARM_RATE} over all features and labels. A look-ahead
 * that is a small part of a long window stays below: see {@link futureLeaks}.
 */
export function featureLeaks(input: FeatureLeakInput): readonly Leak[] {
  const { data, nextBarReturn, plausible = DEFAULT_PLAUSIBLE_IC } = input
  const targets = [
    { name: 'the excess return', labels: data.labels.excessReturn, most: plausible.excessReturn },
    {
      name: 'the downside event',
      labels: data.labels.downsideEvent,
      most: plausible.downsideEvent,
    },
    ...(nextBarReturn === null
      ? []
      : [{ name: 'the next bar', labels: nextBarReturn, most: plausible.nextBar }]),
  ]
  const tests = 2 * targets.length * data.features.names.length
  const critical = normalInverse(1 - FALSE_ALARM_RATE / tests)
  const leaks: (Leak & { readonly beyond: number })[] = []
  const stride = Math.ceil(data.features.bars / barsChecked(data.names))
  const sample = rankSample(
    data,
    targets.map(({ labels }) => labels),
    stride,
  )
  data.features.names.forEach((feature, f) => {
    const all = sample.icsOf(data.features.columns[f]!)
    targets.forEach(({ name, most }, t) => {
      const { value, standardError, reason } = neweyWestMean(all[t]!, input.horizonBars)
      // The same IC in every bar, as the label itself has, is sure; too few bars say nothing.
      const error = reason === NO_VARIATION ? 0 : standardError
      if (error === null || Math.abs(value!) - critical * error <= most) return
      const message =
        `feature ${feature} has a mean rank IC of ${value!.toFixed(3)} with ${name}: ` +
        `at most ${most} is plausible`
      leaks.push({ check: 'features against labels', message, beyond: Math.abs(value!) - most })
    })
  })
  leaks.sort((a, b) => b.beyond - a.beyond)
  return leaks.map(({ check, message }) => ({ check, message }))
}

/**
 * Bars whose rank IC {@link featureLeaks} looks at, evenly spaced: fewer of more names, and always
 * enough for what it looks for.
 */
const barsChecked = (names: number): number =>
  Math.min(500, Math.max(250, Math.floor(125_000 / names)))

/** Features as computed, and again with everything known after a bar replaced by something else. */
export interface FutureLeakInput {
  readonly names: readonly string[]
  readonly bars: number
  /** Bars after which the future is scrambled. */
  readonly cuts: readonly number[]
  readonly places?: LeakPlaces
  /** Columns from the data as they are (null), or scrambled after a bar. */
  compute(cut: number | null): readonly (Float32Array | Float64Array)[]
}

/** Columns that change, in any bit, at or before a bar after which the future was replaced. */
export function futureLeaks(input: FutureLeakInput): readonly Leak[] {
  const { names, bars, cuts, places = INDICES } = input
  const compute = (cut: number | null) => input.compute(cut)
  const truth = compute(null)
  const leaks = new Map<string, Leak>()
  for (const cut of cuts) {
    const columns = compute(cut)
    names.forEach((feature, f) => {
      if (leaks.has(feature)) return
      const row = columns[f]!.findIndex(
        (value, i) => i % bars <= cut && !Object.is(value, truth[f]![i]),
      )
      if (row < 0) return
      const at = places.row(Math.floor(row / bars), row % bars)
      const message = `feature ${feature} at ${at} changes with what is known after ${places.bar(cut)}`
      leaks.set(feature, { check: 'features against scrambled futures', message })
    })
  }
  return [...leaks.values()]
}

/** Training bars whose window from decision to label end meets that of a test bar. */
export function foldLeaks(
  folds: readonly Fold[],
  spans: LabelSpans,
  places: LeakPlaces = INDICES,
): readonly Leak[] {
  const leaks: Leak[] = []
  for (const { name, trainBars, testBars } of folds) {
    const windows = windowsOf(spans, testBars)
    const meets = [...trainBars].filter((bar) => {
      const first = Math.min(bar, spans.first[bar]!)
      const last = Math.max(bar, spans.last[bar]!)
      return windows.some((window) => first <= window.last && last >= window.first)
    })
    if (meets.length === 0) continue
    const shown = `${meets.slice(0, 5).map(places.bar).join(', ')}${meets.length > 5 ? ', ...' : ''}`
    const message = `${name}: ${meets.length} training bars have labels that meet the test: ${shown}`
    leaks.push({ check: 'folds against label windows', message })
  }
  return leaks
}

/** Sessions after which an index that nobody ever left is not believed. */
export const SESSIONS_WITHOUT_EXIT_MAX = 252

/** Who was used and who was known to be a member, of the shape of a feature column. */
export interface MembershipInput {
  readonly names: number
  readonly bars: number
  readonly isUsed: Uint8Array
  readonly isMember: Uint8Array
  readonly sessionDay: Int32Array
  readonly places?: LeakPlaces
}

/** Rows used while their name was no member, and members that are survivors only. */
export function membershipLeaks(input: MembershipInput): readonly Leak[] {
  const { names, bars, isUsed, isMember, sessionDay, places = INDICES } = input
  const leaks: Leak[] = []
  const say = (message: string): number => leaks.push({ check: 'membership', message })
  let outside = 0
  let example = ''
  let hasExit = false
  for (let row = 0; row < names * bars; row++) {
    if (isUsed[row] === 1 && isMember[row] !== 1) {
      if (outside++ === 0) example = places.row(Math.floor(row / bars), row % bars)
    }
    if (row % bars > 0 && isMember[row - 1] === 1 && isMember[row] !== 1) hasExit = true
  }
  if (outside > 0) say(`${outside} rows are used of names that were no members, first ${example}`)
  const sessions = new Set(sessionDay).size
  if (!hasExit && sessions > SESSIONS_WITHOUT_EXIT_MAX) {
    say(`no name leaves in ${sessions} sessions: these are the members of today, known backwards`)
  }
  return leaks
}

/**
 * Trains twice, the second time with every row it was not given replaced: a model that differs
 * looked at them (an imputer or scaler fitted on all rows, a label of the test). Asks for the two
 * trainings one after the other.
 */
export function* trainingLeakSteps(
  implementation: string,
  input: TrainingInput,
): TrainingSteps<readonly Leak[]> {
  const as = yield { name: 'leak check', input }
  const other = yield { name: 'leak check, other rows scrambled', input: withoutOthers(input) }
  const place =
    as.kind === 'trained' && other.kind === 'trained'
      ? firstDifference(as.model.toJson(), other.model.toJson())
      : as.kind === other.kind
        ? null
        : 'whether it can be trained at all'
  if (place === null) return []
  const message = `${implementation}: ${place} depends on rows that are not for training`
  return [{ check: 'training against scrambled rows', message }]
}

/** {@link trainingLeakSteps} of a learner that answers at once. */
export const trainingLeaks = (learner: Learner, input: TrainingInput): readonly Leak[] =>
  runTraining(trainingLeakSteps(learner.implementation, input), learner)

/** Rows that are not given become far off, half of them missing: what looks at them is moved. */
function withoutOthers(input: TrainingInput): TrainingInput {
  const { features, labels, rows, validationRows } = input
  const isGiven = new Uint8Array(features.columns[0]?.length ?? 0)
  for (const row of rows) isGiven[row] = 1
  for (const row of validationRows) isGiven[row] = 1
  const strange = (row: number): number => (row % 2 === 0 ? Number.NaN : 1e6 + (row % 97))
  const replaced = <T extends Float32Array | Float64Array>(column: T): T =>
    column.map((value, row) => (isGiven[row] === 1 ? value : strange(row))) as T
  return {
    ...input,
    features: { ...features, columns: features.columns.map(replaced) },
    labels: {
      excessReturn: replaced(labels.excessReturn),
      downsideEvent: labels.downsideEvent.map((value, row) =>
        isGiven[row] === 1 ? value : row % 3 === 0 ? 1 : 0,
      ),
    },
  }
}

/** Path of the first value that differs; null where none does. */
function firstDifference(a: unknown, b: unknown, path = ''): string | null {
  if (Object.is(a, b)) return null
  const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null
  if (!isObject(a) || !isObject(b)) return path === '' ? 'the model' : path
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], path === '' ? key : `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}

/** What {@link detectLeaks} looks at; null parts are not checked and not listed as checked. */
export interface LeakInput {
  readonly features: FeatureLeakInput
  readonly folds: readonly Fold[]
  readonly membership: Pick<MembershipInput, 'isMember' | 'sessionDay'>
  readonly future: FutureLeakInput | null
  readonly training: { readonly learner: Learner; readonly input: TrainingInput } | null
  readonly places?: LeakPlaces
}

/** Every check there is on one set of data, folds and training. */
export function detectLeaks({
  features,
  folds,
  membership,
  future,
  training,
  places = INDICES,
}: LeakInput): LeakReport {
  const { data } = features
  const { names, isUsed } = data
  const { bars } = data.features
  return {
    checks: [
      'features against labels',
      'folds against label windows',
      'membership',
      ...(future === null ? [] : (['features against scrambled futures'] as const)),
      ...(training === null ? [] : (['training against scrambled rows'] as const)),
    ],
    leaks: [
      ...featureLeaks(features),
      ...foldLeaks(folds, data.spans, places),
      ...membershipLeaks({ names, bars, isUsed, places, ...membership }),
      ...(future === null ? [] : futureLeaks(future)),
      ...(training === null ? [] : trainingLeaks(training.learner, training.input)),
    ],
  }
}
