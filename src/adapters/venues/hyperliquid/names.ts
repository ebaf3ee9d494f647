/** The venue's own exchange, beside those that builders run; its coins carry no prefix. */
export const NATIVE = ''

/** The dex and the coin of a name `dex:COIN`; a name without a prefix is of the native exchange. */
export function splitName(name: string): { readonly dex: string; readonly coin: string } {
  const at = name.indexOf(':')
  if (at < 0) return { dex: NATIVE, coin: name }
  return { dex: name.slice(0, at), coin: name.slice(at + 1) }
}

/** A coin as the venue's messages spell it, whether or not it already carries its dex. */
export const qualify = (dex: string, coin: string): string =>
  dex === NATIVE || coin.startsWith(`${dex}:`) ? coin : `${dex}:${coin}`

/** How a dex is called in messages to people. */
export const dexLabel = (dex: string): string => (dex === NATIVE ? 'the native exchange' : dex)
