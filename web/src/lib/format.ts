/** Shown where a value does not exist. */
export const MISSING = '—'
const MINUS = '−'

/** A decimal text rounded half to even to `decimals` digits, grouped by thousands, real minus. */
export function decimalText(text: string | null, decimals: number): string {
  if (text === null) return MISSING
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (match === null) return MISSING
  const fraction = match[3] ?? ''
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0')
  let count = BigInt((match[2] ?? '0') + kept)
  const rest = fraction.slice(decimals)
  const half = `5${'0'.repeat(Math.max(0, rest.length - 1))}`
  if (rest > half || (rest === half && count % 2n === 1n)) count += 1n
  const digits = count.toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = match[1] === '-' && count !== 0n ? MINUS : ''
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`
}

/** {@link decimalText} with a plus sign before positive numbers: for profit and loss. */
export function signedText(text: string | null, decimals: number): string {
  const shown = decimalText(text, decimals)
  const isPositive = /[1-9]/.test(shown) && !shown.startsWith(MINUS)
  return shown !== MISSING && isPositive ? `+${shown}` : shown
}

/** A plain number with fixed decimals and a real minus; a plus sign when `isSigned`. */
export function numberText(value: number | null, decimals: number, isSigned = false): string {
  if (value === null || !Number.isFinite(value)) return MISSING
  const digits = Math.abs(value).toFixed(decimals)
  const isZero = Number(digits) === 0
  const [whole = '0', fraction] = digits.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = isZero ? '' : value < 0 ? MINUS : isSigned ? '+' : ''
  return sign + (fraction === undefined ? grouped : `${grouped}.${fraction}`)
}

/** A fraction as a percentage with two decimals. */
export const percentText = (fraction: number | null, isSigned = false): string =>
  fraction === null ? MISSING : `${numberText(fraction * 100, 2, isSigned)} %`

/** Sign of a decimal text: 1, -1 or 0. */
export function signOf(text: string | null): -1 | 0 | 1 {
  if (text === null || !/[1-9]/.test(text)) return 0
  return text.startsWith('-') ? -1 : 1
}

/** An age or a span: "0.3 s", "42 s", "3 min 05 s", "2 h 14 min". */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return MISSING
  if (seconds < 10) return `${(Math.floor(Math.max(0, seconds) * 10) / 10).toFixed(1)} s`
  const whole = Math.floor(seconds)
  if (whole < 120) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 120) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** The length of a bar: "5 s", "1 min", "1 h". */
export function spanText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** First characters of a long id. */
export const shortId = (id: string | null, length = 8): string =>
  id === null ? MISSING : id.length <= length ? id : id.slice(0, length)

/** What goes to the clipboard: the same text with an ASCII minus. */
export const forClipboard = (text: string): string => text.replaceAll(MINUS, '-')
