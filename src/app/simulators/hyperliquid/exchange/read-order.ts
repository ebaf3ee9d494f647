import type { Listing } from '../listing.ts'
import { readPrice, readQuantity } from '../listing.ts'
import type { OrderDraft, WireTif } from '../state/order.ts'
import { asCloid, asText, asUnsigned, isObject, type Json } from '../wire/json.ts'
import { orderTexts } from '../wire/texts.ts'

/** An order as it was sent. */
export interface WireOrder {
  readonly asset: number
  readonly isBuy: boolean
  readonly price: string
  readonly size: string
  readonly reduceOnly: boolean
  readonly tif: WireTif | 'trigger'
  readonly cloid: string | null
}

const tifs: readonly string[] = ['Gtc', 'Ioc', 'Alo', 'FrontendMarket'] satisfies WireTif[]

/** Reads `{a, b, p, s, r, t, c?}`; null when its shape is wrong. */
export function readWireOrder(value: Json | undefined): WireOrder | null {
  if (!isObject(value)) return null
  const asset = asUnsigned(value['a'])
  const price = asText(value['p'])
  const size = asText(value['s'])
  const { b: isBuy, r: reduceOnly } = value
  const tif = readTif(value['t'])
  const cloid = value['c'] == null ? null : asCloid(value['c'])
  if (asset === null || price === null || size === null || tif === null) return null
  if (typeof isBuy !== 'boolean' || typeof reduceOnly !== 'boolean') return null
  if (cloid === null && value['c'] != null) return null
  return { asset, isBuy, price, size, reduceOnly, tif, cloid }
}

function readTif(value: Json | undefined): WireTif | 'trigger' | null {
  if (!isObject(value)) return null
  if (isObject(value['limit'])) {
    const tif = asText(value['limit']['tif'])
    return tif !== null && tifs.includes(tif) ? (tif as WireTif) : null
  }
  return isObject(value['trigger']) ? 'trigger' : null
}

/** An order in quanta and lots, or why it cannot be one. */
export type Drafted =
  | { readonly ok: true; readonly draft: OrderDraft }
  | { readonly ok: false; readonly scope: 'request' | 'order'; readonly text: string }

/** Turns a sent order into quanta and lots by the rules of its coin. */
export function draftOrder(listing: Listing, wire: WireOrder): Drafted {
  const instrument = listing.at(wire.asset)
  const refuse = (text: string): Drafted => ({ ok: false, scope: 'order', text })
  if (instrument === null) return refuse(orderTexts.unknownAsset(wire.asset))
  if (wire.tif === 'trigger') return refuse(orderTexts.triggerUnsupported(wire.asset))
  const price = readPrice(instrument, wire.price)
  const quantity = readQuantity(instrument, wire.size)
  if (!price.ok && price.scope === 'request') return price
  if (!quantity.ok) return quantity
  if (!price.ok) return price
  return {
    ok: true,
    draft: {
      instrument,
      side: wire.isBuy ? 'buy' : 'sell',
      price: price.value,
      lots: quantity.value,
      tif: wire.tif,
      reduceOnly: wire.reduceOnly,
      cloid: wire.cloid,
    },
  }
}
