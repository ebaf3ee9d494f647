import type { Corruption } from '../../faults.ts'
import type { Frame } from './channel.ts'

type Plain = Record<string, unknown>

/** A frame with something wrong in it; as it is when it has nothing of the kind. */
export function corrupt(frame: Frame, how: Corruption): Frame {
  const data = structuredClone(frame.data)
  switch (how) {
    case 'fillAltered':
      alterFills(data)
      break
    case 'bookCrossed':
      crossBook(data)
      break
    case 'priceZero':
      changePrice(data, () => '0.0')
      break
    case 'priceHuge':
      changePrice(data, (price) => `${Number(price) * 1000}.0`)
      break
  }
  return { channel: frame.channel, data }
}

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null

/** Every fill under another trade id, a thousandth dearer. */
function alterFills(data: unknown): void {
  if (!isPlain(data) || !Array.isArray(data['fills'])) return
  for (const fill of data['fills'] as Plain[]) {
    fill['tid'] = Number(fill['tid']) + 1
    fill['px'] = String((Number(fill['px']) * 1.001).toPrecision(5))
  }
}

function crossBook(data: unknown): void {
  if (!isPlain(data)) return
  const sides = data['levels'] ?? data['bbo']
  if (!Array.isArray(sides)) return
  const [bids, asks] = sides as [unknown, unknown]
  if (!Array.isArray(bids) || !Array.isArray(asks)) sides.splice(0, 2, asks, bids)
  else if (bids.length > 0 && asks.length > 0) [bids[0], asks[0]] = [asks[0], bids[0]]
}

/** Changes the first price found, whatever the frame is about. */
function changePrice(data: unknown, change: (price: string) => string): boolean {
  if (!isPlain(data)) return false
  for (const key of ['px', 'c', 'markPx']) {
    const price = data[key]
    if (typeof price !== 'string') continue
    data[key] = change(price)
    return true
  }
  return Object.values(data).some((value) => changePrice(value, change))
}
