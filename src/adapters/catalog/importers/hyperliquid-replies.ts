import type { Importer, ReadInput } from '../importer.ts'
import { replies } from './hyperliquid-reply-kinds.ts'
import { isObject } from './lines.ts'

/** Recorded replies of Hyperliquid's info endpoint: one JSON value, or a cassette of exchanges. */
export const hyperliquidReplies: Importer = {
  kind: 'hyperliquid-replies',
  title: 'Recorded replies of Hyperliquid',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (milliseconds)',
  units: 'prices in USDC, sizes in coins, funding as a fraction per interval',
  continuous: true,
  recognises: (probe) =>
    probe.container === 'document' && valuesOf(probe.value).some((value) => kindOf(value) !== null),
  async read(input: ReadInput) {
    const values = input.probe.container === 'document' ? valuesOf(input.probe.value) : []
    const used = new Set<string>()
    for (const [index, value] of values.entries()) {
      const kind = kindOf(value)
      if (kind === null) {
        input.reject(index + 1, 'unknown message', JSON.stringify(value).slice(0, 80))
      } else if (used.has(kind.shape)) {
        input.reject(index + 1, 'second reply', `another table of ${kind.shape} in one file`)
      } else {
        used.add(kind.shape)
        await kind.read(value, input)
      }
    }
  },
}

const kindOf = (value: unknown) => replies.find((reply) => reply.matches(value)) ?? null

/** The replies inside: a cassette holds several, as texts of JSON. */
function valuesOf(value: unknown): unknown[] {
  if (!isObject(value) || !Array.isArray(value['interactions'])) return [value]
  return value['interactions'].flatMap((interaction: unknown) => {
    const response = isObject(interaction) ? interaction['response'] : null
    const body = isObject(response) ? response['body'] : null
    const text = isObject(body) ? body['string'] : null
    if (typeof text !== 'string') return []
    try {
      return [JSON.parse(text) as unknown]
    } catch {
      return [text]
    }
  })
}
