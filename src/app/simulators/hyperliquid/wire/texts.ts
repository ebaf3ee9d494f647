import { formatTrimmed, type Instrument, MONEY_DECIMALS, type Money } from '../../../../core/mod.ts'

/**
 * The venue's own words. Order errors end with the asset's number; the parse errors and the price
 * band do not. Texts the public record does not settle are marked "unsettled".
 */
export const orderTexts = {
  tick: (asset: number) => `Price must be divisible by tick size. asset=${asset}`,
  minimumNotional: (asset: number) => `Order must have minimum value of $10. asset=${asset}`,
  margin: (asset: number) => `Insufficient margin to place order. asset=${asset}`,
  reduceOnly: (asset: number) => `Reduce only order would increase position. asset=${asset}`,
  postOnly: (asset: number, bid: string, ask: string) =>
    `Post only order would have immediately matched, bbo was ${bid}@${ask}. asset=${asset}`,
  immediateOrCancel: (asset: number) =>
    `Order could not immediately match against any resting orders. asset=${asset}`,
  cancelMissing: (asset: number) =>
    `Order was never placed, already canceled, or filled. asset=${asset}`,
  band: 'Order price cannot be more than 80% away from the reference price',
  marginTier: 'Order would cause position to exceed margin tier limit at current leverage',
  openInterestCap: 'Order would increase open interest while open interest is capped',
  aggressiveAtCap:
    'Order rejected due to price more aggressive than oracle while at open interest cap',
  invalidPrice: 'Order has invalid price.',
  invalidSize: 'Order has invalid size.',
  zeroSize: 'Order has zero size.',
  halted: 'Trading is halted.',
  /** Unsettled. */
  unknownAsset: (asset: number) => `Asset not found. asset=${asset}`,
  /** Unsettled. */
  tooManyOpen: (asset: number) => `Too many open orders. asset=${asset}`,
  badTrigger: (asset: number) => `Invalid TP/SL price. asset=${asset}`,
  noLiquidity: (asset: number) => `No liquidity available for market order. asset=${asset}`,
  /** Unsettled. */
  mainIsTrigger: 'Main order cannot be trigger order.',
  /** Unsettled. */
  groupedTrigger: (asset: number) => `TP/SL orders must be reduce only. asset=${asset}`,
} as const

/** Failures of a whole exchange request. */
export const requestTexts = {
  unknownSigner: (address: string) => `User or API Wallet ${address} does not exist.`,
  mustDeposit: (address: string) => `Must deposit before performing actions. User: ${address}`,
  unrecoverable: 'Unable to recover signer.',
  duplicateNonce: (nonce: number) => `Invalid nonce: duplicate nonce ${nonce}`,
  nonceTooLow: (nonce: number, least: number) => `Invalid nonce: nonce too low ${nonce} < ${least}`,
  /** Unsettled. */
  nonceTooHigh: (nonce: number, most: number) => `Invalid nonce: nonce too high ${nonce} > ${most}`,
  /** Unsettled. */
  expired: (expiresAfter: number, now: number) =>
    `Action expired: expiresAfter ${expiresAfter} < ${now}`,
  /** Unsettled. */
  unknownVault: (address: string) => `Vault not registered: ${address}`,
  /** Unsettled. */
  emptyBatch: 'Batch must not be empty.',
  modifyMissing: 'Cannot modify canceled or filled order',
  modifyInvalid: 'Attempted to modify to invalid new order',
  scheduleVolume: (traded: Money) =>
    `Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $${formatTrimmed(traded, MONEY_DECIMALS)}.`,
  /** Unsettled. */
  scheduleTooSoon: 'Scheduled cancel time must be at least 5 seconds in the future.',
  /** Unsettled. */
  scheduleTooOften: 'Too many scheduled cancels triggered today.',
  /** Unsettled. */
  invalidAgentName: 'Invalid agent name.',
  /** Unsettled. */
  tooManyAgents: 'Too many extra agents.',
  /** Unsettled. */
  agentUsed: 'Extra agent already used.',
  /** Unsettled. */
  wrongChain: 'Action is for another chain.',
  unifiedAccount: 'Action disabled when unified account is active',
  builderNotApproved: 'Builder fee has not been approved.',
  /** Unsettled. */
  builderFeeTooHigh: 'Builder fee rate is too high.',
  /** Unsettled. */
  referrerSet: 'Referrer already set.',
  /** Unsettled. */
  subAccountName: 'Invalid sub-account name.',
  /** Unsettled. */
  unknownSubAccount: (address: string) => `Sub-account ${address} does not exist.`,
  /** Not the venue's words. */
  notSimulated: (type: string) => `${type} is not simulated.`,
  cumulativeRequests: (used: number, cap: number, volume: Money) =>
    `Too many cumulative requests sent (${used} > ${cap}) for cumulative volume traded $${formatTrimmed(volume, MONEY_DECIMALS)}. Place taker orders to free up 1 request per USDC traded.`,
} as const

/** HTTP-level bodies. */
export const httpTexts = {
  unreadable: 'Failed to parse the request body as JSON',
  wrongShape: 'Failed to deserialize the JSON body into the target type',
  wrongContentType: 'Expected request with `Content-Type: application/json`',
} as const

/** Failures of TWAPs, inside a reply that is ok. */
export const twapTexts = {
  tooSmall: (minutes: number) =>
    `TWAP order value too small. Min is $${10 * minutes}, which is $10 per minute.`,
  missing: 'TWAP was never placed, already canceled, or filled.',
  /** Unsettled. */
  duration: (minutes: number) => `Invalid TWAP duration: ${minutes} min(s)`,
} as const

/** A best price as the post-only text prints it: trimmed, "0" when the side is empty. */
export const textPrice = (instrument: Instrument, quanta: number): string =>
  quanta <= 0 ? '0' : formatTrimmed(quanta, instrument.priceDecimals)
