import {
  type Figure,
  formatDecimal,
  formatSpan,
  formatUtcClock,
  formatUtcDate,
  type Interval,
  MONEY_DECIMALS,
  type Money,
  moneyToNumber,
  type TimeUs,
} from '../../../core/mod.ts'
import { type Html, html } from './html.ts'

const NO_BREAK = '\u00a0'
const MINUS = '\u2212'
const THIN = '\u202f'

/** A plain number with `digits` decimals, grouped thousands and a real minus sign. */
export function formatNumber(value: number, digits: number, signed = false): string {
  const fixed = Math.abs(value).toFixed(digits)
  const [whole, fraction] = fixed.split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, THIN)
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`
  if (!/[1-9]/.test(fixed)) return text
  return value < 0 ? MINUS + text : signed ? `+${text}` : text
}

/** An integer count. */
export const formatCount = (value: number): string => formatNumber(value, 0)

/** A fraction as a percentage with two decimals. */
export const formatPercent = (fraction: number, signed = false, digits = 2): string =>
  `${formatNumber(fraction * 100, digits, signed)}${NO_BREAK}%`

/** Basis points with their sign. */
export const formatBps = (bps: number, digits = 2): string =>
  `${formatNumber(bps, digits, true)}${NO_BREAK}bps`

/** Money with two decimals; more where two would hide a small amount. */
export function formatMoney(value: Money, currency: string, signed = false): string {
  const number = moneyToNumber(value)
  const digits = value !== 0n && Math.abs(number) < 0.1 ? 4 : 2
  return `${formatNumber(number, digits, signed)} ${currency}`
}

/** Currency units as money. */
export const formatUnits = (value: number, currency: string, signed = false): string =>
  `${formatNumber(value, value !== 0 && Math.abs(value) < 0.1 ? 4 : 2, signed)} ${currency}`

/** The exact decimal text of money, for JSON. */
export const exactMoney = (value: Money): string => formatDecimal(value, MONEY_DECIMALS)

/** Currency units as decimal text with the digits of money; zero has no sign. */
export const moneyText = (value: number): string =>
  value.toFixed(MONEY_DECIMALS).replace(/^-(0\.0*)$/, '$1')

/** "2025-09-04 19:46:56" in UTC. */
export const formatTime = (time: TimeUs, decimals = 0): string =>
  `${formatUtcDate(time)} ${formatUtcClock(time, decimals)}`

/** The same as an element whose zone the reader can switch. */
export const timeElement = (time: TimeUs, decimals = 0): Html =>
  html`<time>${formatTime(time, decimals)}</time>`

/** The name of the zone that {@link timeElement} is shown in. */
export const zoneName: Html = html`<span class="zone">UTC</span>`

/** A length of time in its natural unit, such as "12.5 s" or "7.5 h". */
export const formatDuration = formatSpan

/** A figure by `format`, or "n/a" with its reason. */
export function formatFigure(figure: Figure, format: (value: number) => string): Html {
  return figure.value === null
    ? html`<span class="na">n/a <small>(${joined(figure.reason)})</small></span>`
    : html`${format(figure.value)}`
}

/** "95 %: -0.65 to 0.37", or "no interval (reason)". */
export function formatInterval(interval: Interval, format: (value: number) => string): string {
  return interval.low === null || interval.high === null
    ? `no interval (${interval.reason})`
    : `${formatPercent(interval.level, false, 0)}: ${format(interval.low)} to ${format(interval.high)}`
}

/** A ratio with two decimals. */
export const formatRatio = (value: number): string => formatNumber(value, 2)

/** Wraps a text in the colour of its sign; the sign itself is printed in the text. */
export const tinted = (sign: number, text: string | Html): Html =>
  sign === 0 ? html`${text}` : html`<span class="${sign > 0 ? 'gain' : 'loss'}">${text}</span>`

/** Keeps numbers and their units on one line in running text. */
export const joined = (text: string): string =>
  text.replace(
    /(\d) (%|d|h|min|s|ms|bps)\b|(\d) (%)/g,
    (_, a, unit, b, percent) => `${a ?? b}${NO_BREAK}${unit ?? percent}`,
  )
