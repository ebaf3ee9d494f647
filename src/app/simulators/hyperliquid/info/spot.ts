import { tokens } from '../state/tokens.ts'
import { type InfoHandler, json } from './handler.ts'

/** Tokens can be held and moved; there are no spot markets. */
const spotMeta = {
  universe: [],
  tokens: tokens.map(({ name, szDecimals, weiDecimals, index, tokenId }) => ({
    name,
    szDecimals,
    weiDecimals,
    index,
    tokenId,
    isCanonical: true,
    evmContract: null,
    fullName: null,
    deployerTradingFeeShare: '0.0',
  })),
}

/** spotMeta, spotMetaAndAssetCtxs. */
export const spotHandlers: Readonly<Record<string, InfoHandler>> = {
  spotMeta: () => json(spotMeta),
  spotMetaAndAssetCtxs: () => json([spotMeta, []]),
}
