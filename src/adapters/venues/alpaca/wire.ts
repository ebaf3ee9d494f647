import { z } from 'zod'
import { type Nano, readNano, readTime } from './numbers.ts'

const nano = z.string().transform((text, context): Nano => {
  const value = readNano(text)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: 'not a decimal number' })
  return z.NEVER
})
const time = z.string().transform((text, context): number => {
  const value = readTime(text)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: 'not an instant' })
  return z.NEVER
})

/** What is read of an asset. */
export const wireAsset = z.object({
  symbol: z.string(),
  class: z.string(),
  status: z.string(),
  tradable: z.boolean(),
  min_order_size: nano.nullish(),
  min_trade_increment: nano.nullish(),
  price_increment: nano.nullish(),
  shortable: z.boolean().optional(),
  /** Deprecated in favour of the status; one of them is there. */
  easy_to_borrow: z.boolean().optional(),
  borrow_status: z.string().nullish(),
})
export type WireAsset = z.infer<typeof wireAsset>

/** What is read of an account. */
export const wireAccount = z.object({
  status: z.string(),
  cash: nano,
  currency: z.string(),
  trading_blocked: z.boolean().optional(),
  account_blocked: z.boolean().optional(),
  crypto_tier: z.number().optional(),
  multiplier: z.string().optional(),
})

/** What is read of an order, in replies and on the stream. */
export const wireOrder = z.object({
  id: z.string(),
  client_order_id: z.string(),
  symbol: z.string(),
  // Short sales may be called sell_short.
  side: z.string().transform((side): 'buy' | 'sell' => (side === 'buy' ? 'buy' : 'sell')),
  status: z.string(),
  time_in_force: z.string(),
  qty: nano.nullable(),
  filled_qty: nano,
  limit_price: nano.nullable(),
  submitted_at: time,
  updated_at: time.nullish(),
})
export type WireOrder = z.infer<typeof wireOrder>

/** What is read of a position. */
export const wirePosition = z.object({ symbol: z.string(), qty: nano, avg_entry_price: z.string() })

/** A fill in the account's history. */
export const wireFill = z.object({
  id: z.string(),
  transaction_time: time,
  price: nano,
  qty: nano,
  cum_qty: nano,
  side: z.string(),
  symbol: z.string(),
  order_id: z.string(),
})
export type WireFill = z.infer<typeof wireFill>

/** An update of the account's stream. */
export const tradeUpdate = z.object({
  event: z.string(),
  timestamp: time,
  order: wireOrder,
  price: nano.nullish(),
  qty: nano.nullish(),
  position_qty: nano.nullish(),
})
export type TradeUpdate = z.infer<typeof tradeUpdate>

/** A frame of the account's stream. */
export const accountFrame = z.object({ stream: z.string(), data: z.unknown() })

/** A page of bars. */
export const barsReply = z.object({
  bars: z.record(
    z.string(),
    z.array(
      z.object({
        t: time,
        o: z.number(),
        h: z.number(),
        l: z.number(),
        c: z.number(),
        v: z.number(),
      }),
    ),
  ),
  next_page_token: z.string().nullish(),
})

/** A finished bar of the stream; `t` is its open. */
export const barMessage = z.object({
  S: z.string(),
  t: time,
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: z.number(),
})

/** The latest quotes. */
export const quotesReply = z.object({
  quotes: z.record(z.string(), z.object({ bp: z.number(), ap: z.number() })),
})

const level = z.object({ p: z.number(), s: z.number() })

/** An order book message. */
export const bookMessage = z.object({
  S: z.string(),
  t: time,
  b: z.array(level),
  a: z.array(level),
  r: z.boolean().optional(),
})

/** The best prices of a share; a price or size of 0 is none. */
export const quoteMessage = z.object({
  S: z.string(),
  t: time,
  bp: z.number(),
  bs: z.number(),
  ap: z.number(),
  as: z.number(),
})

/** A trade message; those of shares do not say who came to whom. */
export const tradeMessage = z.object({
  S: z.string(),
  t: time,
  p: z.number(),
  s: z.number(),
  i: z.number(),
  tks: z.enum(['B', 'S']).optional(),
})
