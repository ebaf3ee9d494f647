import type { OrderEvidence, RejectCode } from '../../../core/mod.ts'

/** What one of the venue's lifecycle strings says about an order. */
export interface StatusReading {
  readonly evidence: OrderEvidence
  readonly code: RejectCode | null
}

const known: Readonly<Record<string, StatusReading>> = {
  open: { evidence: 'accepted', code: null },
  triggered: { evidence: 'accepted', code: null },
  filled: { evidence: 'filled', code: null },
  canceled: { evidence: 'canceled', code: null },
  scheduledCancel: { evidence: 'canceled', code: null },
  internalCancel: { evidence: 'canceled', code: null },
  rejected: { evidence: 'rejected', code: 'other' },
  marginCanceled: { evidence: 'canceled', code: 'insufficientMargin' },
  selfTradeCanceled: { evidence: 'canceled', code: 'selfTrade' },
  reduceOnlyCanceled: { evidence: 'canceled', code: 'reduceOnlyWouldIncrease' },
  tickRejected: { evidence: 'rejected', code: 'tick' },
  minTradeNtlRejected: { evidence: 'rejected', code: 'minimumNotional' },
  minTradeSpotNtlRejected: { evidence: 'rejected', code: 'minimumNotional' },
  perpMarginRejected: { evidence: 'rejected', code: 'insufficientMargin' },
  perpMaxPositionRejected: { evidence: 'rejected', code: 'insufficientMargin' },
  insufficientSpotBalanceRejected: { evidence: 'rejected', code: 'insufficientMargin' },
  reduceOnlyRejected: { evidence: 'rejected', code: 'reduceOnlyWouldIncrease' },
  badAloPxRejected: { evidence: 'rejected', code: 'postOnlyWouldCross' },
  iocCancelRejected: { evidence: 'rejected', code: 'iocNoMatch' },
  marketOrderNoLiquidityRejected: { evidence: 'rejected', code: 'iocNoMatch' },
}

/** Reads a lifecycle string; one never seen before is `unknown` unless its ending tells. */
export function readStatus(status: string): StatusReading {
  if (Object.hasOwn(known, status)) return known[status]!
  if (status.endsWith('Canceled')) return { evidence: 'canceled', code: 'other' }
  if (status.endsWith('Rejected')) return { evidence: 'rejected', code: 'other' }
  return { evidence: 'unknown', code: null }
}

const texts: readonly (readonly [RegExp, RejectCode])[] = [
  [/tick size|invalid price/i, 'tick'],
  [/invalid size|zero size/i, 'lot'],
  [/minimum value/i, 'minimumNotional'],
  [/post only order would|bbo was/i, 'postOnlyWouldCross'],
  [/could not immediately match|no liquidity available/i, 'iocNoMatch'],
  [/reduce only order would/i, 'reduceOnlyWouldIncrease'],
  [
    /insufficient margin|insufficient spot balance|exceed margin tier|must deposit/i,
    'insufficientMargin',
  ],
  [/self.?trade/i, 'selfTrade'],
  [/too many|rate limit/i, 'rateLimited'],
  [/trading is halted|only post-only orders allowed/i, 'halted'],
  [/unknown asset|invalid asset|asset does not exist/i, 'unknownInstrument'],
]

/** Reads the venue's words for a refusal. */
export function readRejectText(text: string): RejectCode {
  for (const [pattern, code] of texts) if (pattern.test(text)) return code
  return 'other'
}
