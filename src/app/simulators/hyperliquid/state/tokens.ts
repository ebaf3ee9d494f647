/** A token that can be held at the venue's spot side and serve as collateral. */
export interface Token {
  /** Index in spotMeta. */
  readonly index: number
  readonly name: string
  /** What actions add to the name, after a colon. */
  readonly tokenId: string
  readonly szDecimals: number
  readonly weiDecimals: number
}

/** The collaterals of the venue's perpetual dexs. Spot markets are not simulated, balances are. */
export const tokens: readonly Token[] = [
  token(0, 'USDC', '0x6d1e7cde53ba9467b783cb7c530ce054', 8),
  token(235, 'USDE', '0x2e6d84f2d7ca82e6581e03523e4389f7', 2),
  token(268, 'USDT0', '0x25faedc3f054130dbb4e4203aca63567', 2),
  token(360, 'USDH', '0x54e00a5988577cb0b0c9ab0cb6ef7f4b', 2),
]

/** The collateral of the native dex. */
export const USDC = 0

/** The token of an index; must be one of ours. */
export const tokenAt = (index: number): Token => tokens.find((each) => each.index === index)!

/** The token that an action spells `NAME:0x...` or `NAME`, or null. */
export function findToken(text: string): Token | null {
  const [name, id] = text.split(':')
  const found = tokens.find((each) => each.name === name)
  return found !== undefined && (id === undefined || id === found.tokenId) ? found : null
}

function token(index: number, name: string, tokenId: string, szDecimals: number): Token {
  return { index, name, tokenId, szDecimals, weiDecimals: 8 }
}
