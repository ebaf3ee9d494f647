import type { Corruption } from '../../faults.ts'

type Plain = Record<string, unknown>

/** A fill told again under another id, a thousandth dearer; other updates as they are. */
export function corruptUpdate(data: Readonly<Plain>): Plain {
  if (typeof data['price'] !== 'string') return { ...data }
  const price = (Number(data['price']) * 1.001).toFixed(4)
  const id = String(data['execution_id'])
  return { ...data, price, execution_id: `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}` }
}

/** A message of market data with something wrong in it. */
export function corruptMessage(message: Readonly<Plain>, how: Corruption): Plain {
  switch (how) {
    case 'bookCrossed':
      return crossed(message)
    case 'priceZero':
      return withPrice(message, () => 0)
    case 'priceHuge':
      return withPrice(message, (price) => price * 1000)
    default:
      return { ...message }
  }
}

function crossed(message: Readonly<Plain>): Plain {
  if (message['T'] === 'q') return { ...message, bp: message['ap'], ap: message['bp'] }
  if (message['T'] === 'o') return { ...message, b: message['a'], a: message['b'] }
  return { ...message }
}

function withPrice(message: Readonly<Plain>, change: (price: number) => number): Plain {
  for (const key of ['p', 'bp', 'c']) {
    const price = message[key]
    if (typeof price === 'number') return { ...message, [key]: change(price) }
  }
  const { b } = message
  if (!Array.isArray(b) || b.length === 0) return { ...message }
  const [first, ...rest] = b as { p: number }[]
  return { ...message, b: [{ ...first, p: change(first!.p) }, ...rest] }
}
