import { formatNumber } from '../../report/format.ts'
import type { Html } from '../../report/html.ts'
import type { Scale } from '../../report/plot.ts'
import type { FundRow } from './public-funds.ts'

/** Shape of every chart, that of the pictures: 1300 by 760. */
export const CHART_WIDTH = 1040
export const CHART_HEIGHT = 608

/** One chart of the comparison. */
export interface FundChart {
  /** Of the picture, without its suffix. */
  readonly file: string
  readonly title: string
  readonly caption: string
  readonly drawing: Html
}

/** With at most four digits, and no more decimals than that takes. */
function shortNumber(value: number): string {
  const short = Number(value.toPrecision(4))
  return formatNumber(short, String(short).split('.')[1]?.length ?? 0)
}

/** Billions of dollars in the unit that reads well. */
export function dollarsText(billions: number): string {
  const size = Math.abs(billions)
  const [factor, unit] = size >= 1 ? [1, 'bn'] : size >= 1e-3 ? [1e3, 'm'] : [1e6, 'k']
  return `${shortNumber(billions * factor)} ${unit}`
}

/** Per cent with its sign where it is below zero. */
export const percentText = (percent: number): string => `${formatNumber(percent, 2)} %`

/** Whether a row is one of the private funds. */
export const isPrivate = ({ category }: FundRow): boolean => category === 'private hedge fund'

/** Powers of ten inside a logarithmic scale, every other one where they are many. */
export function powers(x: Scale): readonly number[] {
  const all: number[] = []
  const every = x.high - x.low > 5 ? 2 : 1
  for (let power = Math.ceil(x.low); power <= x.high; power += every) all.push(power)
  return all
}
