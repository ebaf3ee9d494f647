import { MONEY_DECIMALS, type Money, parseDecimal } from '../../src/core/mod.ts'

/** An order as the venue remembers it. */
export interface VenueOrder {
  /** Our id: 32 hex digits, empty for orders without one. */
  readonly clientOrderId: string
  readonly oid: number
  readonly status: string
}

/** The account as the venue states it over its own protocol, read without our adapter. */
export interface VenueAccount {
  /** What cash may be off by: a venue that counts finer is cut to the unit with every execution. */
  readonly cashError: Money
  /** Of its cash. */
  readonly currency: string
  /** Signed size as decimal text, by coin; flat coins are absent. */
  readonly positions: ReadonlyMap<string, string>
  readonly openOrders: readonly VenueOrder[]
  /** Every order it still remembers, rejected ones included. */
  readonly orders: readonly VenueOrder[]
  /** Execution ids as our journal spells them. */
  readonly executionIds: readonly string[]
  /** Account value less unrealised PnL. */
  readonly cash: Money
}

/** Posts one info request and returns the parsed answer. */
export type AskVenue = (body: object) => Promise<unknown>

interface WireOrder {
  readonly oid: number
  readonly cloid?: string | null
}
interface WireState {
  readonly marginSummary: { readonly accountValue: string }
  readonly assetPositions: readonly {
    readonly position: {
      readonly coin: string
      readonly szi: string
      readonly unrealizedPnl: string
    }
  }[]
}
interface WireFill {
  readonly coin: string
  readonly time: number
  readonly tid: number
}

/** Reads the whole account of `user`. */
export async function readVenueAccount(ask: AskVenue, user: string): Promise<VenueAccount> {
  const state = (await ask({ type: 'clearinghouseState', user })) as WireState
  const open = (await ask({ type: 'openOrders', user })) as readonly WireOrder[]
  const history = (await ask({ type: 'historicalOrders', user })) as readonly {
    readonly order: WireOrder
    readonly status: string
  }[]
  const fills = (await ask({ type: 'userFills', user })) as readonly WireFill[]
  const money = (text: string): Money => {
    const value = parseDecimal(text, MONEY_DECIMALS)
    if (value === null) throw new Error(`the venue says ${text} where money belongs`)
    return value
  }
  let cash = money(state.marginSummary.accountValue)
  for (const { position } of state.assetPositions) cash -= money(position.unrealizedPnl)
  const read = ({ oid, cloid }: WireOrder, status: string): VenueOrder => ({
    clientOrderId: (cloid ?? '').replace(/^0x/, ''),
    oid,
    status,
  })
  return {
    cashError: 0n,
    currency: 'USDC',
    positions: new Map(state.assetPositions.map((p) => [p.position.coin, p.position.szi])),
    openOrders: open.map((order) => read(order, 'open')),
    orders: history.map(({ order, status }) => read(order, status)),
    executionIds: fills.map(({ time, coin, tid }) => `${time}:${coin}:${tid}`),
    cash,
  }
}
