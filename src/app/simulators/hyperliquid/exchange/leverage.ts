import { requiredMargin, valueAccount } from '../state/margin.ts'
import { asUnsigned } from '../wire/json.ts'
import { orderTexts, requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  done,
  l1,
  refused,
} from './action.ts'

interface Wanted {
  readonly asset: number
  readonly isCross: boolean
  readonly leverage: number
}

function setLeverage({ state, account }: ActionContext, wanted: Wanted): ActionReply {
  const instrument = state.listing.at(wanted.asset)
  if (instrument === null) return refused(orderTexts.unknownAsset(wanted.asset))
  if (wanted.leverage < 1 || wanted.leverage > instrument.maximumLeverage) {
    return refused(requestTexts.leverage)
  }
  if (!wanted.isCross) {
    const held = account.positions.has(instrument.id)
    return refused(held ? requestTexts.leverageType : requestTexts.isolatedUnsupported)
  }
  const before = account.leverage.get(instrument.id)
  account.leverage.set(instrument.id, wanted.leverage)
  const view = state.marginView(account)
  const isLower = wanted.leverage < (before ?? instrument.maximumLeverage)
  if (isLower && requiredMargin(account, view, null) > valueAccount(account, view).accountValue) {
    if (before === undefined) account.leverage.delete(instrument.id)
    else account.leverage.set(instrument.id, before)
    return refused(requestTexts.leverageMargin)
  }
  return done
}

/** updateLeverage: `{type, asset, isCross, leverage}`. Only cross margin is simulated. */
export const updateLeverageAction: ActionKind = {
  signing: l1,
  read(action) {
    const asset = asUnsigned(action['asset'])
    const leverage = asUnsigned(action['leverage'])
    const { isCross } = action
    if (asset === null || leverage === null || typeof isCross !== 'boolean') return null
    return { count: 1, run: (context) => setLeverage(context, { asset, isCross, leverage }) }
  },
}
