import { z } from 'zod'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import type { Context } from './context.ts'
import { ask } from './http.ts'
import type { Asset } from './instruments.ts'
import { NANO } from './numbers.ts'

/** Shares are located in round lots. */
const ROUND_LOT = 100
const WAIT_MS = 5_000

const locate = z.object({
  symbol: z.string(),
  status: z.string(),
  located_qty: z.number().nullish(),
  rejection_reason: z.string().nullish(),
})
const locates = z.object({ locates: locate.array() })

/**
 * Has so many shares of a hard-to-borrow name located that an order can be sold short: what is
 * located already counts, the rest is asked for, all or none, at the venue's fee. Throws
 * AdapterError: nothing of the order was sent then.
 */
export async function locateFor(context: Context, asset: Asset, lots: number): Promise<void> {
  try {
    await locateMissing(context, asset, lots)
  } catch (error) {
    // Whatever became of the locate: the order that needed it never left.
    if (!(error instanceof AdapterError)) throw error
    throw new AdapterError('VENUE_REFUSED', error.message, 'retry', error)
  }
}

async function locateMissing(context: Context, asset: Asset, lots: number): Promise<void> {
  const { instrument, lot } = asset
  const { symbol } = instrument
  const held = context.heldOf(instrument.id)
  const wanted = BigInt(lots) * lot - (held < 0n ? held : 0n)
  const shares = Number((wanted + NANO - 1n) / NANO)
  const missing = shares - (await locatedOf(context, symbol))
  if (missing <= 0) return
  const qty = Math.ceil(missing / ROUND_LOT) * ROUND_LOT
  const body = await ask(context.send, {
    what: `locate of ${symbol}`,
    requestClass: 'order',
    waitMs: WAIT_MS,
    operation: ({ locates: api }) =>
      api.createLocatesRaw({ createLocateRequest: { symbol, qty, allOrNone: true } }),
  })
  const reply = locate.safeParse(body)
  if (!reply.success) throw unreadable(`locate of ${symbol}`)
  const { status, rejection_reason: why, located_qty: found } = reply.data
  if (status === 'active' && (found ?? 0) >= missing) return
  const text = `no locate for ${qty} shares of ${symbol}: ${why ?? status}`
  throw new AdapterError('VENUE_REFUSED', text, 'fatal')
}

/** Shares that are located and not expired. */
async function locatedOf(context: Context, symbol: string): Promise<number> {
  const body = await ask(context.send, {
    what: 'locates',
    requestClass: 'order',
    waitMs: WAIT_MS,
    operation: ({ locates: api }) => api.listLocatesRaw({ symbol }),
  })
  const reply = locates.safeParse(body)
  if (!reply.success) throw unreadable('locates')
  return reply.data.locates
    .filter((each) => each.symbol === symbol && each.status === 'active')
    .reduce((sum, { located_qty: qty }) => sum + (qty ?? 0), 0)
}
