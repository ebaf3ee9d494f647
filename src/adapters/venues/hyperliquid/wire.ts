import { z } from 'zod'

/**
 * Shapes of the replies and frames this adapter reads, no wider than needed: unknown keys are
 * ignored, a missing or mistyped one makes the whole reply unreadable. An account reply that does
 * not parse is a failed query, never an empty account.
 */
const decimal = z.string().regex(/^-?\d+(\.\d*)?$/)
const milliseconds = z.int().nonnegative()
const side = z.enum(['B', 'A'])
const identifier = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/)]).transform(String)
const clientId = z.string().nullish()

export const metaReply = z.object({
  universe: z.array(
    z.object({
      name: z.string().min(1),
      szDecimals: z.int().min(0).max(6),
      maxLeverage: z.number().min(1),
      isDelisted: z.boolean().optional(),
    }),
  ),
})

export const userFeesReply = z.object({ userCrossRate: decimal, userAddRate: decimal })

export const candleReply = z.array(
  z.object({
    t: milliseconds,
    T: milliseconds,
    s: z.string(),
    i: z.string(),
    o: decimal,
    c: decimal,
    h: decimal,
    l: decimal,
    v: decimal,
  }),
)

const fill = z.object({
  coin: z.string(),
  px: decimal,
  sz: decimal,
  side,
  time: milliseconds,
  oid: identifier,
  /** Absent on fills of the venue's first months. */
  tid: identifier.optional(),
  startPosition: z.string().optional(),
  crossed: z.boolean(),
  fee: decimal,
  feeToken: z.string().optional(),
  cloid: clientId,
})
export type WireFill = z.infer<typeof fill>
export const fillsReply = z.array(fill)

export const clearinghouseReply = z.object({
  marginSummary: z.object({ accountValue: decimal }),
  assetPositions: z.array(
    z.object({
      position: z.object({
        coin: z.string(),
        szi: decimal,
        entryPx: decimal.nullish(),
        unrealizedPnl: decimal,
      }),
    }),
  ),
  time: milliseconds,
})
export type WireClearinghouse = z.infer<typeof clearinghouseReply>

const order = z.object({
  coin: z.string(),
  side,
  limitPx: decimal,
  /** What is left; on a closed order not to be relied on. */
  sz: decimal,
  origSz: decimal.optional(),
  oid: identifier,
  timestamp: milliseconds,
  cloid: clientId,
  reduceOnly: z.boolean().nullish(),
  tif: z.string().nullish(),
})
export const openOrdersReply = z.array(order)
export type WireOpenOrder = z.infer<typeof order>

const orderUpdate = z.object({ order, status: z.string(), statusTimestamp: milliseconds })
export type WireOrderUpdate = z.infer<typeof orderUpdate>
export const orderUpdates = z.array(orderUpdate)

export const orderStatusReply = z.union([
  z.object({ status: z.literal('unknownOid') }),
  z.object({ status: z.literal('order'), order: orderUpdate }),
])

export const userRoleReply = z.object({ role: z.string() })

export const userFillsFrame = z.object({
  user: z.string(),
  fills: z.array(fill),
  isSnapshot: z.boolean().optional(),
})

const funding = z.object({
  time: milliseconds,
  coin: z.string(),
  usdc: decimal,
  fundingRate: decimal,
})
export type WireFunding = z.infer<typeof funding>
export const userFundingReply = z.array(
  z.object({ time: milliseconds, delta: funding.omit({ time: true }) }),
)
export const userFundingsFrame = z.object({
  user: z.string(),
  fundings: z.array(funding),
  isSnapshot: z.boolean().optional(),
})

/** Reply of /exchange to an order or a cancel; statuses stay raw, see command-reply.ts. */
export const exchangeReply = z.union([
  z.object({ status: z.literal('err'), response: z.unknown() }),
  z.object({
    status: z.literal('ok'),
    response: z.object({
      type: z.string(),
      data: z.object({ statuses: z.array(z.unknown()) }).optional(),
    }),
  }),
])
