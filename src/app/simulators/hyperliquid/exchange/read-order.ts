import type { Quantity } from '../../../../core/mod.ts'
import { asText, asUnsigned, isObject, type Json } from '../../json.ts'
import type { Listing } from '../listing.ts'
import { readPrice, readQuantity } from '../listing.ts'
import type { OrderDraft, TriggerTerms, WireTif } from '../state/order.ts'
import { asCloid } from '../wire/addresses.ts'
import { orderTexts } from '../wire/texts.ts'

/** What makes an order wait for the mark price, as it was sent. */
export interface WireTrigger {
  readonly isMarket: boolean
  readonly price: string
  readonly kind: TriggerTerms['kind']
}

/** An order as it was sent. */
export interface WireOrder {
  readonly asset: number
  readonly isBuy: boolean
  readonly price: string
  readonly size: string
  readonly reduceOnly: boolean
  readonly type: { readonly tif: WireTif } | { readonly trigger: WireTrigger }
  readonly cloid: string | null
}

const tifs: readonly string[] = [
  'Gtc',
  'Ioc',
  'Alo',
  'FrontendMarket',
  'LiquidationMarket',
] satisfies WireTif[]

/** Reads `{a, b, p, s, r, t, c?}`; null when its shape is wrong. */
export function readWireOrder(value: Json | undefined): WireOrder | null {
  if (!isObject(value)) return null
  const asset = asUnsigned(value['a'])
  const price = asText(value['p'])
  const size = asText(value['s'])
  const { b: isBuy, r: reduceOnly } = value
  const type = readType(value['t'])
  const cloid = value['c'] == null ? null : asCloid(value['c'])
  if (asset === null || price === null || size === null || type === null) return null
  if (typeof isBuy !== 'boolean' || typeof reduceOnly !== 'boolean') return null
  if (cloid === null && value['c'] != null) return null
  return { asset, isBuy, price, size, reduceOnly, type, cloid }
}

function readType(value: Json | undefined): WireOrder['type'] | null {
  if (!isObject(value)) return null
  if (isObject(value['limit'])) {
    const tif = asText(value['limit']['tif'])
    return tif !== null && tifs.includes(tif) ? { tif: tif as WireTif } : null
  }
  if (!isObject(value['trigger'])) return null
  const { isMarket, triggerPx, tpsl } = value['trigger']
  if (typeof isMarket !== 'boolean' || typeof triggerPx !== 'string') return null
  if (tpsl !== 'tp' && tpsl !== 'sl') return null
  return { trigger: { isMarket, price: triggerPx, kind: tpsl } }
}

/** An order in quanta and lots, or why it cannot be one. */
export type Drafted =
  | { readonly ok: true; readonly draft: OrderDraft }
  | { readonly ok: false; readonly scope: 'request' | 'order'; readonly text: string }

/** What the batch an order came in adds to it. */
export interface BatchTerms {
  /** Trigger orders concern the position as a whole; their size may be 0: all of it. */
  readonly isPosition: boolean
  readonly builder: OrderDraft['builder'] | null
}

/** An order by itself. */
export const noBatch: BatchTerms = { isPosition: false, builder: null }

/** Turns a sent order into quanta and lots by the rules of its coin. */
export function draftOrder(
  listing: Listing,
  wire: WireOrder,
  batch: BatchTerms = noBatch,
): Drafted {
  const instrument = listing.at(wire.asset)
  const refuse = (text: string): Drafted => ({ ok: false, scope: 'order', text })
  if (instrument === null) return refuse(orderTexts.unknownAsset(wire.asset))
  const how = { asset: wire.asset, integerPrices: listing.rules.integerPrices }
  const price = readPrice(instrument, wire.price, how)
  const isWhole = batch.isPosition && 'trigger' in wire.type && Number(wire.size) === 0
  const quantity = isWhole
    ? ({ ok: true, value: 0 as Quantity } as const)
    : readQuantity(instrument, wire.size)
  if (!price.ok && price.scope === 'request') return price
  if (!quantity.ok) return quantity
  if (!price.ok) return price
  const draft: OrderDraft = {
    instrument,
    side: wire.isBuy ? 'buy' : 'sell',
    price: price.value,
    lots: quantity.value,
    tif: 'tif' in wire.type ? wire.type.tif : 'Gtc',
    reduceOnly: wire.reduceOnly,
    cloid: wire.cloid,
    ...(batch.builder === null || batch.builder === undefined ? {} : { builder: batch.builder }),
  }
  if ('tif' in wire.type) return { ok: true, draft }
  const { trigger } = wire.type
  const at = readPrice(instrument, trigger.price, how)
  if (!at.ok) return refuse(orderTexts.badTrigger(wire.asset))
  const { isMarket, kind } = trigger
  return {
    ok: true,
    draft: { ...draft, trigger: { price: at.value, kind, isMarket, isPosition: batch.isPosition } },
  }
}
