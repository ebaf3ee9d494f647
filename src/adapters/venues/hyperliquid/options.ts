import type { FeeRates, InstrumentId, Money, TimeUs } from '../../../core/mod.ts'
import type { AdapterEnvironment, VenueAdapter } from '../port.ts'
import type { MarginRules } from './margin-rules.ts'
import type { HyperliquidStatistics } from './statistics.ts'

/**
 * Where the highest nonce ever used by the signing key is kept. `save` returns only when the nonce
 * is durable: it is called before the request that carries it leaves, so a restart never reuses
 * one.
 */
export interface NonceStore {
  /** Highest nonce saved, 0 when none. Milliseconds, as the venue counts them. */
  last(): number
  save(nonce: number): void
}

/** Something an operator should read about the connection; never needed to trade correctly. */
export interface VenueNotice {
  /** Stable, for example "leverageRefused". */
  readonly code: string
  readonly text: string
}

/**
 * Which book channel is subscribed: 20 levels about every 5.4 s, 5 levels every 0.54 s, or best.
 */
export type BookStream = 'l2Book' | 'l2BookFast' | 'bbo'

/** Leverage of one coin; what it leaves out is as for the others. */
export interface LeverageChoice {
  /** At most the venue's maximum for the coin: refused above it. */
  readonly value?: number
  /** Refused where the venue allows isolated margin only. */
  readonly isCross?: boolean
}

/** Leverage at start, multiples of margin, whole numbers from 1. */
export interface LeverageOptions {
  /** Of every coin without its own, lowered to the venue's maximum. */
  readonly value: number
  /** Cross margin for native coins that allow it; coins of builders' dexs are isolated. */
  readonly isCross: boolean
  /** By symbol. */
  readonly perCoin?: Readonly<Record<string, LeverageChoice>>
  /** Symbols that are left as the account has them. */
  readonly except?: readonly string[]
}

/** A transfer between two pockets of one account. */
export interface AssetTransfer {
  /** "" the native perpetuals, "spot", or the name of a builder's dex. */
  readonly sourceDex: string
  readonly destinationDex: string
  /** The venue's name of the token, for example "USDC". */
  readonly token: string
  readonly amount: Money
}

/** What the venue fixes for an instrument beyond what every venue has. */
export interface AssetFacts {
  /** "" for the native exchange. */
  readonly dex: string
  /** The number that orders carry. */
  readonly assetId: number
  readonly margin: MarginRules
  /** As told last: the instrument keeps the rates it was loaded with. */
  readonly fees: FeeRates
}

/** Everything {@link createHyperliquidAdapter} needs; defaults in parentheses. */
export interface HyperliquidOptions {
  readonly environment: AdapterEnvironment
  /** For example "https://api.hyperliquid.xyz", without a path. */
  readonly restUrl: string
  /** For example "wss://api.hyperliquid.xyz/ws". */
  readonly socketUrl: string
  /** Part of what is signed: a signature for one network is invalid on the other. */
  readonly isTestnet: boolean
  /** The account: master or sub-account, never an agent's. Null subscribes to market data only. */
  readonly userAddress: string | null
  /** 0x and 64 hex digits of the account's or its agent's key; null refuses every command. */
  readonly privateKey: string | null
  /** Whose fee rates instruments carry when no account is named above (null: the base tier). */
  readonly feeAddress?: string | null
  readonly bookStream: BookStream
  /** Whether public trades are subscribed. */
  readonly trades: boolean
  /** Whether funding rates are subscribed, which come as market data (false). */
  readonly rates?: boolean
  readonly nonceStore: NonceStore
  /** Seed of the reconnect jitter (1). */
  readonly seed?: number
  /**
   * Executions before this are history and never delivered by a stream (the venue's time at start).
   * They still appear in account reports asked for with an earlier `since`.
   */
  readonly fillsSince?: TimeUs | null
  /** Set for every instrument at start; a refusal is a notice (null: left alone). */
  readonly leverage?: LeverageOptions | null
  /** The venue cancels all orders after this much silence, at least 5000 (null: off). */
  readonly deadManSwitchMs?: number | null
  /** An order that reaches the venue later than this is void there, so unknowns end (10000). */
  readonly orderLifetimeMs?: number
  /** An HTTP request is given up after this long (10000). */
  readonly requestTimeoutMs?: number
  /** An order that cannot be sent within this long for lack of rate budget is refused (2000). */
  readonly orderQueueMs?: number
  /** Commands waiting or unanswered at one time before new orders are refused (200). */
  readonly commandLimit?: number
  /** Request weight the venue grants an address per minute (1200). */
  readonly weightPerMinute?: number
  /** Loading, and starting, give up when not answered or subscribed after this long (60000). */
  readonly startTimeoutMs?: number
  /** Longest time between pings (20000), and silence after which the socket is dropped (40000). */
  readonly pingMs?: number
  readonly silenceMs?: number
  readonly notice?: (notice: VenueNotice) => void
}

/** The live adapter, with counters for health displays. */
export interface HyperliquidAdapter extends VenueAdapter {
  readonly statistics: Readonly<HyperliquidStatistics>
  /** Facts of a loaded instrument. */
  facts(instrument: InstrumentId): AssetFacts
  /**
   * Moves USDC from the spot balance to the native perpetuals' account. Needs no start. Throws
   * AdapterError: VENUE_CREDENTIALS when the key is not the account's own (nothing was sent),
   * VENUE_REFUSED with the venue's words; disposition `unknown` when it may have been carried out.
   */
  transferSpotToPerp(amount: Money): Promise<void>
  /** The way back; as {@link transferSpotToPerp}. */
  transferPerpToSpot(amount: Money): Promise<void>
  /** Moves a token between dexs or the spot balance; as {@link transferSpotToPerp}. */
  sendAsset(transfer: AssetTransfer): Promise<void>
}
