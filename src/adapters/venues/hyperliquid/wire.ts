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

const flag = z.boolean().nullish()

export const metaReply = z.object({
  universe: z.array(
    z.object({
      name: z.string().min(1),
      szDecimals: z.int().min(0).max(6),
      maxLeverage: z.number().min(1),
      marginTableId: z.int().nonnegative().nullish(),
      isDelisted: flag,
      onlyIsolated: flag,
      marginMode: z.string().nullish(),
      growthMode: z.string().nullish(),
    }),
  ),
  marginTables: z
    .array(
      z.tuple([
        z.int().nonnegative(),
        z.object({
          marginTiers: z.array(z.object({ lowerBound: decimal, maxLeverage: z.number().min(1) })),
        }),
      ]),
    )
    .nullish(),
  /** Index of a spot token; 0, USDC, where it is not told. */
  collateralToken: z.int().nonnegative().nullish(),
})
export type WireMeta = z.infer<typeof metaReply>
export type WireListing = WireMeta['universe'][number]

/** Element 0 is the native exchange. */
export const perpDexsReply = z.array(
  z.object({ name: z.string().min(1), deployerFeeScale: decimal.nullish() }).nullable(),
)
export type WirePerpDexs = z.infer<typeof perpDexsReply>

export const spotTokensReply = z.object({
  tokens: z.array(
    z.object({
      name: z.string().min(1),
      index: z.int().nonnegative(),
      tokenId: z.string().optional(),
    }),
  ),
})

export const userFeesReply = z.object({
  userCrossRate: decimal,
  userAddRate: decimal,
  activeReferralDiscount: decimal.nullish(),
})

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
  /** Set on both sides of a liquidation: ours only when the user is. */
  liquidation: z
    .object({ liquidatedUser: z.string().optional(), markPx: z.string(), method: z.string() })
    .nullish(),
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

/** `user` is the account of an agent, `master` that of a sub-account. */
export const userRoleReply = z.object({
  role: z.string(),
  data: z.object({ user: z.string().optional(), master: z.string().optional() }).nullish(),
})

export const extraAgentsReply = z.array(
  z.object({ address: z.string(), name: z.string(), validUntil: z.number().nullish() }),
)

export const rateLimitReply = z.object({
  nRequestsUsed: z.number().nonnegative(),
  nRequestsCap: z.number().nonnegative(),
  nRequestsSurplus: z.number().nonnegative().nullish(),
})

/** What happened to an account apart from trading; which other keys there are depends on the type. */
const ledgerUpdate = z.object({
  time: milliseconds,
  hash: z.string(),
  delta: z.looseObject({ type: z.string() }),
})
export type WireLedgerUpdate = z.infer<typeof ledgerUpdate>
export const ledgerUpdatesReply = z.array(ledgerUpdate)
export const ledgerUpdatesFrame = z.object({
  user: z.string(),
  nonFundingLedgerUpdates: ledgerUpdatesReply,
  isSnapshot: z.boolean().optional(),
})

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

/** What is told of a coin every second; of interest is its funding rate of the running hour. */
export const assetContextFrame = z.object({
  coin: z.string(),
  ctx: z.object({ funding: decimal }),
})

/** One frame of channel `user` has one of these keys. */
export const userEventsFrame = z.object({
  fills: z.array(fill).optional(),
  funding: funding.optional(),
  liquidation: z.object({ liquidated_user: z.string(), liquidated_ntl_pos: z.string() }).optional(),
  nonUserCancel: z.array(z.object({ coin: z.string(), oid: identifier })).optional(),
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
