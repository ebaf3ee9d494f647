import { AdapterError } from '../../errors.ts'
import { operational } from '../lib/failure.ts'
import { unknownName } from '../lib/unknown-name.ts'
import type { Context } from './context.ts'
import { postAction } from './dead-man-switch.ts'
import { NATIVE } from './names.ts'
import type { LeverageChoice, LeverageOptions } from './options.ts'
import type { Signer } from './signing.ts'
import type { Asset, Universe } from './universe.ts'

/** What is set for one coin. */
interface LeveragePlan {
  readonly asset: Asset
  readonly value: number
  readonly isCross: boolean
}

/**
 * The leverage of every coin: its own where one is named, else the default, at most what the venue
 * grants. Coins of builders' dexs and those the venue calls isolated are isolated.
 * Throws AdapterError VENUE_UNKNOWN_INSTRUMENT for a coin that is not loaded, VENUE_UNSUPPORTED for
 * a coin's own leverage above the venue's, or cross margin where there is none.
 */
export function planLeverage(
  universe: Universe,
  { value, isCross, perCoin = {}, except = [] }: LeverageOptions,
): readonly LeveragePlan[] {
  for (const coin of Object.keys(perCoin)) {
    if (universe.byCoin.has(coin)) continue
    throw unknownName(coin, 'a coin of this session (leverage)', [...universe.byCoin.keys()])
  }
  const chosen = universe.assets.filter(({ instrument }) => !except.includes(instrument.symbol))
  return chosen.map((asset) => {
    const { instrument, margin, dex } = asset
    const own: LeverageChoice = perCoin[instrument.symbol] ?? {}
    const highest = instrument.maximumLeverage
    requireWhole(instrument.symbol, own.value ?? value)
    if (own.value !== undefined && own.value > highest) {
      throw unsupported(`${instrument.symbol}: leverage ${own.value} of at most ${highest}`)
    }
    if (own.isCross === true && !margin.isCrossAllowed) {
      throw unsupported(`${instrument.symbol}: the venue allows isolated margin only`)
    }
    const isCrossByDefault = isCross && dex === NATIVE && margin.isCrossAllowed
    return {
      asset,
      value: Math.min(own.value ?? value, highest),
      isCross: own.isCross ?? isCrossByDefault,
    }
  })
}

function requireWhole(symbol: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw unsupported(`${symbol}: leverage ${value} is not a whole number from 1 on`)
}

const unsupported = (text: string): AdapterError =>
  new AdapterError('VENUE_UNSUPPORTED', text, 'fatal')

/** The venue's refusals, each with its notice. */
const refusals: readonly (readonly [RegExp, (context: Context, text: string) => void])[] = [
  [/cannot switch leverage type/i, ({ notice }, text) => notice('leverageOpenPosition', text)],
  [/sufficient margin/i, ({ notice }, text) => notice('leverageMargin', text)],
  [/invalid leverage/i, ({ notice }, text) => notice('leverageInvalid', text)],
  [/cross margin is not allowed/i, ({ notice }, text) => notice('leverageCrossNotAllowed', text)],
  [/must deposit/i, ({ notice }, text) => notice('leverageNoDeposit', text)],
  [/./, ({ notice }, text) => notice('leverageRefused', text)],
]

/**
 * Sets the leverage of every coin. A refusal is a notice with its code: the coin goes on with what
 * it had, and its orders say for themselves when the margin does not suffice. Where the venue turns
 * out not to allow cross margin, isolated margin is set instead.
 */
export async function setLeverage(context: Context): Promise<void> {
  const { signer, options, universe } = context
  if (signer === null || options.leverage == null) return
  for (const plan of planLeverage(universe, options.leverage)) {
    const refusal = await setOne(context, signer, plan)
    const isIsolatedOnly = plan.isCross && /cross margin is not allowed/i.test(refusal ?? '')
    if (isIsolatedOnly) await setOne(context, signer, { ...plan, isCross: false })
  }
}

/** The venue's refusal; null when it was set. A command: not repeated. */
async function setOne(
  context: Context,
  signer: Signer,
  { asset, value, isCross }: LeveragePlan,
): Promise<string | null> {
  const refusal = await postAction(context, () =>
    signer.updateLeverage(asset.assetId, value, isCross),
  ).catch((error: unknown) => operational(error).message)
  if (refusal === null) return null
  const kind = isCross ? 'cross' : 'isolated'
  const [, tell] = refusals.find(([pattern]) => pattern.test(refusal)) ?? refusals.at(-1)!
  tell(context, `${asset.instrument.symbol}: ${value}x ${kind} not set: ${refusal}`)
  return refusal
}
