import { growthPath, underwater } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatPercent, formatTime } from '../report/format.ts'
import {
  areaPath,
  extent,
  linearScale,
  linePath,
  niceTicks,
  padded,
  pixel,
  type Scale,
} from '../report/plot.ts'
import { growth } from './portfolio-figures.ts'

/** A plain picture of equity and drawdown, 1500 by 900, that needs no style sheet. */
export function equityPicture({ equity, benchmark }: HourlyRecord, title: string): string {
  const { time, equity: value } = equity
  const own = growth({ time, value })
  const fall = underwater(growthPath(value[0]!, { time, value }).index)
  const other = benchmark === null ? null : growth(benchmark)
  const x = linearScale(time[0]!, time.at(-1)!, 110, 1460)
  const [low, high] = padded(...extent(own, other ?? own, [0])!)
  const y = linearScale(low, high, 560, 70)
  const deepest = Math.min(-0.001, ...(extent(fall) ?? [0]))
  const z = linearScale(deepest * 1.05, 0, 850, 640)
  const line = (at: number, text: string): string =>
    `<line x1="110" x2="1460" y1="${at}" y2="${at}" stroke="#d0d4da"/><text x="100" y="${at + 6}" font-size="18" text-anchor="end" fill="#333">${text}</text>`
  const ticks = (scale: Scale, count: number): readonly string[] => {
    const { values, digits } = niceTicks(scale.low, scale.high, count)
    return values.map((each) =>
      line(Number(pixel(scale(each))), formatPercent(each, true, Math.max(0, digits - 2))),
    )
  }
  const names = `<text x="110" y="628" font-size="18" fill="#333">below the peak</text>${
    benchmark === null
      ? ''
      : `<text x="1460" y="42" font-size="18" text-anchor="end" fill="#333">dashed: ${benchmark.symbol}, never held</text>`
  }`
  const ends = `<text x="110" y="885" font-size="18" fill="#333">${formatTime(time[0]!)}</text><text x="1460" y="885" font-size="18" text-anchor="end" fill="#333">${formatTime(time.at(-1)!)} UTC</text>`
  const against =
    benchmark === null || other === null
      ? ''
      : `<path fill="none" stroke="#666" stroke-width="2" stroke-dasharray="8 6" d="${linePath(benchmark.time, other, x, y)}"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="900" font-family="DejaVu Sans"><rect width="1500" height="900" fill="#fff"/><text x="110" y="42" font-size="26" fill="#111">${title}</text>${ticks(y, 6).join('')}${ticks(z, 3).join('')}${names}${against}<path fill="none" stroke="#1f6fc4" stroke-width="2.5" d="${linePath(time, own, x, y)}"/><path fill="#c65d21" fill-opacity="0.4" d="${areaPath(linePath(time, fall, x, z), z(0))}"/>${ends}</svg>`
}
