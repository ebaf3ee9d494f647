import type { Instrument } from '../../../../core/mod.ts'
import { asUnsigned } from '../../json.ts'
import type { ListedDex, ListedPerp } from '../listing.ts'
import { wireMidOf } from '../market/market-data.ts'
import type { MarginTable } from '../state/margin-table.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireFloat, wireMoney, wirePrice, wireQuantity, wireRate } from '../wire/numbers.ts'
import { dexOf, failure, type InfoHandler, json, wrongShape } from './handler.ts'

const DAY_US = 86_400_000_000
const HOUR_MS = 3_600_000

/** The meta reply of one dex: its universe in order of asset numbers, the tables it uses. */
export function wireMeta({ perps, collateral }: ListedDex): object {
  const tables = new Map(perps.map(({ marginTable }) => [marginTable.id, marginTable]))
  return {
    universe: perps.map(wirePerp),
    marginTables: [...tables].map(([id, table]) => [id, wireMarginTable(table)]),
    collateralToken: collateral.index,
  }
}

/** One coin in the venue's words: flags are there only when they are true. */
const wirePerp = (perp: ListedPerp): object => ({
  szDecimals: perp.instrument.quantityDecimals,
  name: perp.instrument.symbol,
  maxLeverage: perp.instrument.maximumLeverage,
  marginTableId: perp.marginTable.id,
  ...(perp.onlyIsolated ? { onlyIsolated: true } : {}),
  ...(perp.isDelisted ? { isDelisted: true } : {}),
  ...(perp.marginMode === null ? {} : { marginMode: perp.marginMode }),
  ...(perp.growthMode ? { growthMode: 'enabled' } : {}),
})

/** A margin table in the venue's words. */
const wireMarginTable = ({ description, tiers }: MarginTable): object => ({
  description,
  marginTiers: tiers.map(({ lowerBound, maximumLeverage }) => ({
    lowerBound: wireMoney(lowerBound),
    maxLeverage: maximumLeverage,
  })),
})

/**
 * The context of one coin. Volumes are those of the candles of the last 24 hours. Open interest is
 * half the day's volume plus the users' long positions: the simulated market has no holders.
 */
export function wireAssetContext(state: VenueState, instrument: Instrument): object {
  const data = state.data[instrument.id]!
  const mark = state.mark(instrument.id)
  const oracle = data.oracle > 0 ? data.oracle : mark
  const { bids, asks } = state.depth(instrument.id)
  const [bid, ask] = [bids[0]?.price, asks[0]?.price]
  const isTwoSided = bid !== undefined && ask !== undefined
  const day = data.candles.since(state.time - DAY_US)
  const volume = day.reduce((sum, candle) => sum + candle.volume, 0)
  const turnover = day.reduce((sum, candle) => sum + candle.turnover, 0)
  let held = Math.floor(volume / 2)
  for (const account of state.accounts.values()) {
    held += Math.max(0, account.positions.get(instrument.id)?.lots ?? 0)
  }
  const premium = isTwoSided && oracle > 0 ? (bid + ask) / 2 / oracle - 1 : null
  return {
    funding: wireRate(data.fundingRateE9),
    openInterest: wireQuantity(instrument, held),
    prevDayPx: wirePrice(instrument, day[0]?.open ?? mark),
    dayNtlVlm: wireFloat(
      turnover / 10 ** (instrument.priceDecimals + instrument.quantityDecimals),
      6,
    ),
    premium: premium === null ? null : wireFloat(premium, 10),
    oraclePx: wirePrice(instrument, oracle),
    markPx: wirePrice(instrument, mark),
    midPx: wireMidOf(instrument, bid, ask),
    impactPxs: isTwoSided ? [wirePrice(instrument, bid), wirePrice(instrument, ask)] : null,
    dayBaseVlm: wireQuantity(instrument, volume),
  }
}

/** The contexts of a dex's coins in order of its universe. */
export const wireAssetContexts = (state: VenueState, { perps }: ListedDex): object[] =>
  perps.map(({ instrument }) => wireAssetContext(state, instrument))

const ofDex =
  (write: (state: VenueState, dex: ListedDex) => unknown): InfoHandler =>
  (request, { state }) => {
    const dex = dexOf(state, request)
    return dex === null ? failure : json(write(state, dex))
  }

const NO_CHANGE = '1970-01-01T00:00:00'

/** A builders' dex as perpDexs lists it. */
function wireDex({ terms, perps }: ListedDex): object | null {
  if (terms === null) return null
  const { name, fullName, deployer, oracleUpdater, feeRecipient, deployerFeeScaleE9 } = terms
  const capped = perps.filter(({ openInterestCap }) => openInterestCap !== null)
  return {
    name,
    fullName,
    deployer,
    oracleUpdater,
    feeRecipient,
    assetToStreamingOiCap: capped.map(({ instrument, openInterestCap }) => [
      instrument.symbol,
      wireMoney(openInterestCap!),
    ]),
    subDeployers: [],
    deployerFeeScale: wireRate(deployerFeeScaleE9),
    lastDeployerFeeScaleChangeTime: NO_CHANGE,
    assetToFundingMultiplier: perps.map(({ instrument, fundingMultiplierE9 }) => [
      instrument.symbol,
      wireRate(fundingMultiplierE9),
    ]),
    assetToFundingInterestRate: [],
  }
}

/** Only builders' dexs have limits; their coins' caps are the listing's. */
function wireDexLimits(_: VenueState, { terms, perps }: ListedDex): object | null {
  if (terms === null) return null
  const caps = perps.flatMap(({ instrument, openInterestCap }) =>
    openInterestCap === null ? [] : [[instrument.symbol, wireMoney(openInterestCap)] as const],
  )
  const total = perps.reduce((sum, { openInterestCap }) => sum + (openInterestCap ?? 0n), 0n)
  return {
    totalOiCap: wireMoney(total),
    oiSzCapPerPerp: '10000000000.0',
    maxTransferNtl: '1000000000.0',
    coinToOiCap: caps,
  }
}

const marginTable: InfoHandler = ({ id }, { state }) => {
  if (asUnsigned(id) === null) return wrongShape
  const found = state.listing.perps.find((perp) => perp.marginTable.id === id)
  if (found !== undefined) return json(wireMarginTable(found.marginTable))
  return failure
}

/** Every coin against ours alone: other venues' rates are not simulated. */
const predictedFundings: InfoHandler = (_, { state, nowMs }) => {
  const nextFundingTime = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS
  return json(
    state.listing.dexs[0]!.perps.map(({ instrument }) => {
      const fundingRate = wireRate(state.data[instrument.id]!.fundingRateE9)
      const own = { fundingRate, nextFundingTime, fundingIntervalHours: 1 }
      return [instrument.symbol, [['HlPerp', own]]]
    }),
  )
}

/** meta, metaAndAssetCtxs, perpDexs, allPerpMetas, perpDexLimits, perpDexStatus and others. */
export const universeHandlers: Readonly<Record<string, InfoHandler>> = {
  meta: ofDex((_, dex) => wireMeta(dex)),
  metaAndAssetCtxs: ofDex((state, dex) => [wireMeta(dex), wireAssetContexts(state, dex)]),
  perpDexs: (_, { state }) => json(state.listing.dexs.map(wireDex)),
  allPerpMetas: (_, { state }) => json(state.listing.dexs.map(wireMeta)),
  perpDexLimits: ofDex(wireDexLimits),
  perpDexStatus: ofDex(() => ({ totalNetDeposit: '0.0' })),
  marginTable,
  predictedFundings,
  perpsAtOpenInterestCap: ofDex(() => []),
  perpCategories: () => json([]),
  perpConciseAnnotations: () => json([]),
  maxMarketOrderNtls: () => json([]),
}
