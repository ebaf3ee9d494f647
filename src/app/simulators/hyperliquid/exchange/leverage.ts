import { type Instrument, type Money, parseDecimal } from '../../../../core/mod.ts'
import { asText, asUnsigned, type JsonObject } from '../../json.ts'
import { topUpIsolatedMargin, updateIsolatedMargin, updateLeverage } from '../state/leverage.ts'
import { type MoneyRefusal, moneyTexts } from '../state/money-texts.ts'
import { orderTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  done,
  l1,
  type ReadAction,
  refused,
} from './action.ts'

/** Money per unit of `ntli`: millionths of a dollar. */
const NTLI_UNIT: Money = 100n
const LEVERAGE_DECIMALS = 8

/** What a change of money is answered with. */
export const settled = (refusal: MoneyRefusal | null): ActionReply =>
  refusal === null ? done : refused(moneyTexts[refusal])

type Change = (context: ActionContext, instrument: Instrument) => MoneyRefusal | null

/** An action about one coin: `read` gives what it changes, or null when its shape is wrong. */
const aboutCoin = (read: (action: JsonObject) => Change | null): ActionKind => ({
  signing: l1,
  read(action): ReadAction | null {
    const asset = asUnsigned(action['asset'])
    const change = read(action)
    if (asset === null || change === null) return null
    return {
      count: 1,
      run(context) {
        const instrument = context.state.listing.at(asset)
        if (instrument === null) return refused(orderTexts.unknownAsset(asset))
        return settled(change(context, instrument))
      },
    }
  },
})

/** updateLeverage: `{asset, isCross, leverage}`. */
export const updateLeverageAction = aboutCoin((action) => {
  const leverage = asUnsigned(action['leverage'])
  const { isCross } = action
  if (leverage === null || typeof isCross !== 'boolean') return null
  return ({ state, account }, instrument) =>
    updateLeverage(state, account, { instrument, isCross, leverage })
})

/** updateIsolatedMargin: `{asset, isBuy, ntli}`; the amount is signed, `isBuy` has no effect. */
export const updateIsolatedMarginAction = aboutCoin((action) => {
  const { isBuy, ntli } = action
  if (typeof isBuy !== 'boolean' || typeof ntli !== 'number') return null
  if (!Number.isSafeInteger(ntli)) return null
  return ({ state, account }, instrument) =>
    updateIsolatedMargin(state, account, instrument, BigInt(ntli) * NTLI_UNIT)
})

/** topUpIsolatedOnlyMargin: `{asset, leverage}`, a decimal text. */
export const topUpIsolatedOnlyMarginAction = aboutCoin((action) => {
  const leverageE8 = parseDecimal(asText(action['leverage']) ?? '', LEVERAGE_DECIMALS)
  if (leverageE8 === null) return null
  return ({ state, account }, instrument) =>
    topUpIsolatedMargin(state, account, instrument, leverageE8)
})
