import {
  type Breaker,
  type Denial,
  type DenialCode,
  type EntryEstimate,
  FAR_TIME,
  formatUtcClock,
  formatUtcDate,
  type GateReading,
} from '../../core/mod.ts'
import { duration, fixed, MISSING, signed } from './text.ts'

/** How a gate is called and how its numbers are written. */
interface GateText {
  readonly label: string
  /** Name of the quantity inside a sentence. */
  readonly noun: string
  readonly write: (value: number) => string
  /** Size that counts as one unit of margin when the threshold is 0. */
  readonly unit: number
}

const sigma = (value: number): string => `${signed(value, 2)} σ`
const ratio = (value: number): string => signed(value, 2)
const basisPoints = (value: number): string => `${signed(value, 1)} bp`
const seconds = (value: number): string => duration(value)
const tenths = (value: number): string => fixed(value, 1)
const thousandths = (value: number): string => fixed(value, 3)
const count = (value: number): string => fixed(value, 0)

/** Gates of the strategies that ship with the system. Others are shown under their own id. */
const known: Readonly<Record<string, GateText>> = {
  'warm-up': { label: 'Warm-up', noun: 'warm-up', write: count, unit: 1 },
  book: {
    label: 'Book fresh',
    noun: 'the order book',
    write: (value) => (value >= 1 ? 'fresh' : 'not fresh'),
    unit: 1,
  },
  z: { label: 'z-score', noun: 'z', write: sigma, unit: 1 },
  imbalance: { label: 'Imbalance', noun: 'imbalance', write: ratio, unit: 0.25 },
  trend: { label: 'Trend', noun: 'distance from the trend', write: basisPoints, unit: 10 },
  cost: { label: 'Edge after cost', noun: 'edge after cost', write: basisPoints, unit: 5 },
  'z exit': { label: 'z-score reverted', noun: 'z', write: sigma, unit: 1 },
  'held s': { label: 'Held', noun: 'holding time', write: seconds, unit: 60 },
  'ahead bp': { label: 'Ahead', noun: 'gain', write: basisPoints, unit: 10 },
  'stop loss bp': { label: 'Stop loss', noun: 'gain', write: basisPoints, unit: 10 },
  'time stop s': { label: 'Time stop', noun: 'holding time', write: seconds, unit: 60 },
  'kappa a year': { label: 'Speed of reversion', noun: 'kappa', write: tenths, unit: 1 },
  'adjusted p': {
    label: 'Reverts, after all names',
    noun: 'the adjusted p value',
    write: thousandths,
    unit: 0.05,
  },
  'half-life sessions': { label: 'Half-life', noun: 'the half-life', write: tenths, unit: 1 },
  'share the book carries': {
    label: 'Share without beta',
    noun: 'the share that the book carries without beta',
    write: ratio,
    unit: 0.1,
  },
  'residual bp': { label: 'Residual', noun: 'the residual', write: basisPoints, unit: 10 },
  'mean bp': { label: 'Its mean', noun: 'the mean', write: basisPoints, unit: 10 },
  'deviation bp': { label: 'Its deviation', noun: 'the deviation', write: basisPoints, unit: 10 },
}

const plain = (value: number): string =>
  Number.isInteger(value) ? fixed(value, 0) : fixed(value, Math.abs(value) < 10 ? 3 : 1)

function textOf(gate: string): GateText {
  const found = known[gate]
  if (found !== undefined) return found
  const [, base = '', side] = /^(.+) (long|short)$/.exec(gate) ?? []
  const text = known[base]
  if (text !== undefined) return { ...text, label: `${text.label}, ${side}` }
  return { label: gate, noun: gate, write: plain, unit: 1 }
}

/** The gate's name as shown in a ladder. */
export const gateLabel = (gate: string): string => textOf(gate).label

/** A value of a gate in its own unit; an em dash when there is none. */
export const gateValueText = (gate: string, value: number | null): string =>
  value === null ? MISSING : textOf(gate).write(value)

/**
 * Distance from the threshold in units of the threshold (of a usual size where it is 0), positive
 * on the passing side; null when the value is missing.
 */
export function gateMargin(reading: GateReading): number | null {
  if (reading.value === null) return null
  const unit = Math.abs(reading.threshold) || textOf(reading.gate).unit
  const distance = (reading.value - reading.threshold) / unit
  if (reading.operator === '=') return -Math.abs(distance)
  return reading.operator === '<' || reading.operator === '<=' ? -distance : distance
}

const relation: Record<GateReading['operator'], string> = {
  '<': 'is not below',
  '<=': 'is not at or below',
  '>': 'is not above',
  '>=': 'is below',
  '=': 'is not',
}

/** Why a gate does not pass, for example "imbalance +0.08 is not above +0.25". */
export function gateFailure(reading: GateReading): string {
  const { gate, value, operator, threshold } = reading
  const { noun, write } = textOf(gate)
  if (gate === 'warm-up') return `warming up, ${write(value ?? 0)} of ${write(threshold)} bars`
  if (gate === 'book') return 'the order book is not fresh'
  if (value === null) return `${noun} is not known (needs ${operator} ${write(threshold)})`
  return `${noun} ${write(value)} ${relation[operator]} ${write(threshold)}`
}

/** All costs of an entry together, basis points. */
export const estimateCostBp = ({ feeBp, spreadBp, fundingBp }: EntryEstimate): number =>
  feeBp + spreadBp + fundingBp

/** Expected gain beside expected costs, for example "expected +30.0 bp, costs 9.2 bp (...)". */
export function estimateText(estimate: EntryEstimate): string {
  const { entry, exit, edgeBp, feeBp, spreadBp, fundingBp } = estimate
  const parts = `fees ${fixed(feeBp, 1)}, spread ${fixed(spreadBp, 1)}, funding ${fixed(fundingBp, 1)}`
  const costs = fixed(estimateCostBp(estimate), 1)
  return `expected ${basisPoints(edgeBp)}, costs ${costs} bp (${entry} in, ${exit} out: ${parts})`
}

/** What a breaker says when it trips, without the final stop. */
const breakers: Readonly<Record<Breaker, (value: string, limit: string) => string>> = {
  dailyLoss: (value, limit) => `the day’s loss ${value} reached the limit ${limit}`,
  dailyDrawdown: (value, limit) =>
    `the fall from the day’s highest equity ${value} reached the limit ${limit}`,
  sessionLoss: (value, limit) => `the session’s loss ${value} reached the limit ${limit}`,
  drawdown: (value, limit) =>
    `the fall from the highest equity ${value} reached the limit ${limit}`,
  regime: (value, limit) => `a reference instrument moved ${value}, the limit is ${limit}`,
  macro: (value) => `no new risk for ${value}`,
  grossCap: (value, limit) => `gross notional held ${value} reached the limit ${limit}`,
  netCap: (value, limit) => `net notional held ${value} reached the limit ${limit}`,
}

/** How a breaker's numbers are written; the others are money. */
const breakerNumbers: Readonly<Partial<Record<Breaker, (value: number) => string>>> = {
  dailyDrawdown: (value) => percent(value),
  drawdown: (value) => percent(value),
  regime: (value) => percent(value),
  macro: (value) => duration(value),
}

/** Why a breaker tripped, for example "the day’s loss 512.40 reached the limit 500.00". */
export function breakerText(
  breaker: string,
  value: number,
  limit: number,
  halt?: Denial['halt'],
): string {
  if (halt !== undefined) return haltText(halt)
  const say = breakers[breaker as Breaker]
  const write = breakerNumbers[breaker as Breaker] ?? money
  if (say === undefined) return `${breaker} ${write(value)} reached the limit ${write(limit)}`
  return say(write(value), write(limit))
}

/** What a halt is for and when it ends, for example "no new risk: CPI until 2026-12-10 13:45:00 UTC". */
function haltText({ name, untilTime }: NonNullable<Denial['halt']>): string {
  // A halt without an end is over when what it waits for arrives.
  if (untilTime >= FAR_TIME) return `no new risk: ${name}`
  return `no new risk: ${name} until ${formatUtcDate(untilTime)} ${formatUtcClock(untilTime)} UTC`
}

const money = (value: number): string => fixed(value, 2)
const microseconds = (value: number): string => duration(value / 1e6)
const percent = (value: number): string => `${fixed(value * 100, 2)} %`

/** One sentence per denial of the risk gate; value and limit in the unit of the code. */
const denials: Record<DenialCode, (denial: Denial) => string> = {
  NOT_RECONCILED: () => 'the account is not reconciled with the venue yet',
  PAUSED: () => 'new risk is paused',
  BOOK_UNKNOWN: () => 'the order book is unknown or one-sided',
  BOOK_STALE: (d) =>
    `the order book is ${microseconds(d.value)} old, limit ${microseconds(d.limit)}`,
  ACCOUNT_STALE: (d) =>
    `the account report is ${microseconds(d.value)} old, limit ${microseconds(d.limit)}`,
  FELL_BEHIND: (d) => `the engine runs ${microseconds(d.value)} behind its input`,
  STREAM_DOWN: () => 'the market data stream is down',
  INSTRUMENT_STOPPED: () => 'trading in the instrument is stopped by a difference with the venue',
  INVALID_PRICE: (d) => `the venue would not take the price (${plain(d.value)} quanta)`,
  INVALID_QUANTITY: (d) => `${plain(d.value)} lots are fewer than the minimum of ${plain(d.limit)}`,
  MINIMUM_NOTIONAL: (d) => `notional ${money(d.value)} is below the minimum ${money(d.limit)}`,
  ORDER_NOTIONAL: (d) => `order notional ${money(d.value)} is above the limit ${money(d.limit)}`,
  POSITION_NOTIONAL: (d) =>
    `position notional ${money(d.value)} would pass the limit ${money(d.limit)}`,
  SYMBOL_NOTIONAL: (d) =>
    `notional ${money(d.value)} would pass the instrument’s own limit ${money(d.limit)}`,
  GROSS_NOTIONAL: (d) => `gross notional ${money(d.value)} would pass the limit ${money(d.limit)}`,
  NET_NOTIONAL: (d) => `net notional ${money(d.value)} would pass the limit ${money(d.limit)}`,
  MAXIMUM_POSITIONS: (d) => `${plain(d.value)} positions would pass the limit of ${plain(d.limit)}`,
  LEVERAGE: (d) => `leverage ${fixed(d.value, 2)} would pass the limit ${fixed(d.limit, 2)}`,
  ORDER_RATE: (d) => `more than ${plain(d.limit)} orders a minute`,
  DAILY_LOSS: (d) => `the day's loss ${money(d.value)} passed the limit ${money(d.limit)}`,
  DAILY_DRAWDOWN: (d) =>
    `the day's drawdown ${percent(d.value)} passed the limit ${percent(d.limit)}`,
  SESSION_LOSS: (d) => breakerText('sessionLoss', d.value, d.limit),
  DRAWDOWN: (d) => breakerText('drawdown', d.value, d.limit),
  REGIME: (d) => breakerText('regime', d.value, d.limit),
  MACRO_HALT: (d) => breakerText('macro', d.value, d.limit, d.halt),
  GROSS_REDUCE_ONLY: (d) =>
    `${breakerText('grossCap', d.value, d.limit)}, only orders that reduce it are sent`,
  NET_REDUCE_ONLY: (d) =>
    `net notional ${money(d.value)} would not fall, and it reached the limit ${money(d.limit)}`,
  SHORT_NOT_ALLOWED: () => 'the instrument is long-only',
  NOT_SHORTABLE: () => 'the share cannot be sold short',
  NO_LOCATE: (d) => `no locate for ${plain(d.value)} lots of a share that is hard to borrow`,
  PRICE_TEST: (d) =>
    `Rule 201: a short sale at ${plain(d.value)} quanta is not above the best bid ${plain(d.limit)}`,
  DAY_TRADES: (d) =>
    `${plain(d.value)} day trades left in five sessions for an account below the minimum`,
  UNSETTLED_CASH: (d) => `${money(d.value)} would pass the settled cash ${money(d.limit)}`,
  BUYING_POWER: (d) => `${money(d.value)} would be needed, there is ${money(d.limit)}`,
  MARGIN_EQUITY: (d) =>
    `an equity of ${money(d.value)} is below the ${money(d.limit)} that short sales need`,
  REDUCE_ONLY_EXCEEDS_POSITION: (d) =>
    `reducing ${plain(d.value)} lots of a position of ${plain(d.limit)} lots`,
  PRICE_BAND: (d) =>
    `the price is ${percent(d.value)} away from the mid, limit ${percent(d.limit)}`,
}

/** Why the risk gate refused an order, without the final stop. */
export const denialText = (denial: Denial): string => denials[denial.code](denial)
