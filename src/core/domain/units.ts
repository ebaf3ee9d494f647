import type { Brand } from '../lib/brand.ts'

/** Price as an integer count of the instrument's price quantum (10^-priceDecimals). */
export type Price = Brand<number, 'Price'>
/** Quantity as a non-negative integer count of the instrument's lots (10^-quantityDecimals). */
export type Quantity = Brand<number, 'Quantity'>
/** Signed quantity in lots: a position or a change of one. */
export type SignedQuantity = Brand<number, 'SignedQuantity'>
/** Money as an integer count of 10^-decimals of its currency (see {@link Currency}). */
export type Money = bigint
/** Integer microseconds since 1970-01-01 UTC. */
export type TimeUs = number
/** Index of an instrument in the session's universe: 0, 1, 2, ... */
export type InstrumentId = number
/** Direction of an order, a fill or a trade's aggressor. */
export type Side = 'buy' | 'sell'

/** Digits after the point in which every currency's money is counted. */
export const MONEY_DECIMALS = 8
/** One unit of any currency, as {@link Money}. */
export const MONEY_UNIT: Money = 10n ** BigInt(MONEY_DECIMALS)

/** Digits after the point in which what is held of an asset is counted: finer than any lot. */
export const ASSET_DECIMALS = 9
/** An amount of an asset (a coin, a share) as an integer count of 10^-9 of it. */
export type AssetUnits = bigint

/** Currency code as the venue spells it, for example "USDC" or "USD". */
export type Currency = string

/** +1 for buy, -1 for sell. */
export const sign = (side: Side): 1 | -1 => (side === 'buy' ? 1 : -1)
/** The other side. */
export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy')
/** Side that increases a position of this sign. */
export const sideOf = (signed: number): Side => (signed >= 0 ? 'buy' : 'sell')

export const price = (value: number): Price => value as Price
export const quantity = (value: number): Quantity => value as Quantity
export const signedQuantity = (value: number): SignedQuantity => value as SignedQuantity
