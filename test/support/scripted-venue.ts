import type { HttpResponse } from '../../src/adapters/mod.ts'
import type { VirtualRoute } from './virtual-environment.ts'

/** A request the scripted venue received, with its body parsed. */
interface SeenRequest {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly now: number
}

/** A venue whose every answer is set by the test; it confirms subscriptions by itself. */
export interface ScriptedVenue {
  readonly route: VirtualRoute
  readonly requests: readonly SeenRequest[]
  /** Frames received from the client, parsed. */
  readonly frames: readonly Record<string, unknown>[]
  /** Answers of /info by type; a function is called with the request's body. */
  readonly info: Record<string, unknown>
  /** Answers of /exchange by action type. */
  readonly exchange: Record<string, unknown>
  /** Sends a frame to every connected client; an object is written as JSON. */
  push(frame: unknown): void
  /** Frames to send right after the confirmation of a subscription of this type. */
  readonly snapshots: Record<string, (subscription: Record<string, unknown>) => unknown>
  confirms: boolean
  readonly connections: number
}

export const json = (body: unknown, status = 200): HttpResponse => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
})

/** Makes a scripted Hyperliquid with BTC (5 size decimals), ETH (4) and an account without trades. */
export function createScriptedVenue(): ScriptedVenue {
  const requests: SeenRequest[] = []
  const frames: Record<string, unknown>[] = []
  const sends = new Set<(text: string) => void>()
  const info: Record<string, unknown> = {
    meta: {
      universe: [
        { name: 'ETH', szDecimals: 4, maxLeverage: 25 },
        { name: 'BTC', szDecimals: 5, maxLeverage: 40 },
        { name: 'OLD', szDecimals: 1, maxLeverage: 3, isDelisted: true },
      ],
      marginTables: [],
    },
    userFees: { userCrossRate: '0.00045', userAddRate: '0.00015' },
    userFillsByTime: [],
    userFunding: [],
    userNonFundingLedgerUpdates: [],
    userRateLimit: { cumVlm: '0.0', nRequestsUsed: 0, nRequestsCap: 10_000, nRequestsSurplus: 0 },
    userAbstraction: 'default',
    openOrders: [],
    clearinghouseState: emptyAccount(0),
  }
  const exchange: Record<string, unknown> = {}
  const venue: ScriptedVenue = {
    requests,
    frames,
    info,
    exchange,
    snapshots: {},
    confirms: true,
    get connections() {
      return sends.size
    },
    push(frame) {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame)
      for (const send of sends) send(text)
    },
    route: {
      http({ path, body, now }) {
        const parsed = JSON.parse(body) as Record<string, unknown>
        requests.push({ path, body: parsed, now })
        const action = parsed['action'] as Record<string, unknown> | undefined
        const name = String(action?.['type'] ?? parsed['type'])
        const table = path === '/exchange' ? exchange : info
        if (!Object.hasOwn(table, name)) return json('unknown', 422)
        const answer = table[name]
        const value = typeof answer === 'function' ? answer(parsed, now) : answer
        return isResponse(value) ? value : json(value)
      },
      socket({ send }) {
        sends.add(send)
        return {
          message(text) {
            const frame = JSON.parse(text) as Record<string, unknown>
            frames.push(frame)
            if (frame['method'] === 'ping') send('{"channel":"pong"}')
            if (frame['method'] !== 'subscribe' || !venue.confirms) return
            const subscription = frame['subscription'] as Record<string, unknown>
            send(
              JSON.stringify({
                channel: 'subscriptionResponse',
                data: { method: 'subscribe', subscription: { ...subscription, nSigFigs: null } },
              }),
            )
            const snapshot = venue.snapshots[String(subscription['type'])]?.(subscription)
            if (snapshot !== undefined) send(JSON.stringify(snapshot))
          },
          close() {
            sends.delete(send)
          },
        }
      },
    },
  }
  return venue
}

/** An account of 10,000 USDC without positions at a venue time in ms. */
export const emptyAccount = (time: number): Record<string, unknown> => ({
  marginSummary: { accountValue: '10000.0' },
  assetPositions: [],
  time,
})

const isResponse = (value: unknown): value is HttpResponse =>
  typeof value === 'object' && value !== null && 'contentType' in value && 'body' in value
