import type { Instrument } from '../../../core/mod.ts'

/** Instruments by what they cost, with the cost of a round trip of one entry. */
export function feeLines(
  instruments: readonly Instrument[],
  entryValue: (symbol: string) => number,
): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const { symbol, fees } of instruments) {
    const [maker, taker] = [fees.makerE9, fees.takerE9].map((rate) => rate / 1e5) as [
      number,
      number,
    ]
    const notional = entryValue(symbol)
    const cost = (bp: number): string => ((2 * bp * notional) / 10_000).toFixed(4)
    const key =
      `maker ${maker} bp, taker ${taker} bp: ` +
      `a round trip of ${notional} costs ${cost(maker)} to ${cost(taker)}`
    groups.set(key, [...(groups.get(key) ?? []), symbol])
  }
  return [...groups].flatMap(([fees, symbols]) => [
    `  instruments ${symbols.join(' ')}`,
    `  fees        ${fees}`,
  ])
}
