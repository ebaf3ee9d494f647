import { MONEY_DECIMALS, parseDecimal } from '../../src/core/mod.ts'
import type { VenueAccount, VenueOrder } from './venue-account.ts'

/** Asks one path of the account and returns the parsed answer. */
export type AskAlpaca = (path: string) => Promise<unknown>

interface WireOrder {
  readonly id: string
  readonly client_order_id: string
  readonly status: string
}
interface WireFill {
  readonly id: string
  readonly order_id: string
  readonly cum_qty: string
}
interface WirePosition {
  readonly symbol: string
  readonly qty: string
}

const PAGE = 100
const ORDERS_MOST = 500

/** Reads the whole account as Alpaca states it, without our adapter. */
export async function readAlpacaAccount(
  ask: AskAlpaca,
  symbols: readonly string[],
): Promise<VenueAccount> {
  const { cash } = (await ask('/v2/account')) as { readonly cash: string }
  const positions = (await ask('/v2/positions')) as readonly WirePosition[]
  const ordersOf = async (status: string): Promise<readonly VenueOrder[]> => {
    const path = `/v2/orders?status=${status}&limit=${ORDERS_MOST}&direction=asc`
    const orders = (await ask(path)) as readonly WireOrder[]
    return orders.map((order, i) => ({
      clientOrderId: order.client_order_id,
      oid: i,
      status: order.status,
    }))
  }
  const fills: WireFill[] = []
  for (let last = ''; ; last = fills.at(-1)!.id) {
    const token = last === '' ? '' : `&page_token=${last}`
    const page = await ask(`/v2/account/activities/FILL?page_size=${PAGE}&direction=asc${token}`)
    fills.push(...(page as readonly WireFill[]))
    if ((page as readonly WireFill[]).length < PAGE) break
  }
  const spelled = new Map(symbols.map((symbol) => [symbol.replace('/', ''), symbol]))
  return {
    cashError: BigInt(fills.length),
    currency: 'USD',
    positions: new Map(positions.map(({ symbol, qty }) => [spelled.get(symbol) ?? symbol, qty])),
    openOrders: await ordersOf('open'),
    orders: await ordersOf('all'),
    executionIds: fills.map(({ order_id, cum_qty }) => `${order_id}@${trimmed(cum_qty)}`),
    cash: parseDecimal(cutTo(cash, MONEY_DECIMALS), MONEY_DECIMALS)!,
  }
}

/** Decimal text with digits past some cut off. */
export const cutTo = (text: string, decimals: number): string => {
  const [whole = '', fraction = ''] = text.split('.')
  const kept = fraction.slice(0, decimals)
  return kept === '' ? whole : `${whole}.${kept}`
}

const trimmed = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text
