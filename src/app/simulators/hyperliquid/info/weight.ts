const LIGHT = 2
const ORDINARY = 20
const HEAVY = 60

const light = new Set([
  'l2Book',
  'allMids',
  'clearinghouseState',
  'orderStatus',
  'spotClearinghouseState',
  'exchangeStatus',
])

/** Types whose replies cost one more per this many items. */
const itemsPerUnit = new Map<string, number>([
  ...[
    'recentTrades',
    'historicalOrders',
    'userFills',
    'userFillsByTime',
    'fundingHistory',
    'userFunding',
    'userNonFundingLedgerUpdates',
    'twapHistory',
    'userTwapSliceFills',
    'userTwapSliceFillsByTime',
    'delegatorHistory',
    'delegatorRewards',
  ].map((type) => [type, 20] as const),
  ['candleSnapshot', 60],
])

/** IP weight of an info request before its reply is known. */
export function infoWeight(type: string | null): number {
  if (type === 'userRole') return HEAVY
  return light.has(type ?? '') ? LIGHT : ORDINARY
}

/** What the length of the reply adds to the weight. */
export function replyWeight(type: string | null, body: unknown): number {
  const items = itemsPerUnit.get(type ?? '')
  return items !== undefined && Array.isArray(body) ? Math.floor(body.length / items) : 0
}
