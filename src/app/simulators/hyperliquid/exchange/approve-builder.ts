import { parseDecimal } from '../../../../core/mod.ts'
import { asText } from '../../json.ts'
import { profileOf } from '../state/profiles.ts'
import { asAddress } from '../wire/addresses.ts'
import { requestTexts } from '../wire/texts.ts'
import { type ActionKind, done, refused, userSigned } from './action.ts'

/** Highest fee of a builder on perpetuals, tenths of a basis point: 0.1 %. */
const FEE_TENTHS_BP_MAX = 100

const percentage = /^(\d{1,3}(?:\.\d{1,3})?)%$/

/** approveBuilderFee: `{maxFeeRate: "0.01%", builder, nonce}`; 0 takes an approval back. */
export const approveBuilderFeeAction: ActionKind = {
  signing: userSigned('ApproveBuilderFee', ['maxFeeRate string', 'builder address']),
  read(action) {
    const builder = asAddress(action['builder'])
    const spelled = percentage.exec(asText(action['maxFeeRate']) ?? '')
    const rate = spelled === null ? null : parseDecimal(spelled[1]!, 3)
    if (builder === null || rate === null) return null
    return {
      count: 1,
      run({ state, account }) {
        const feeTenthsBp = Number(rate)
        if (feeTenthsBp > FEE_TENTHS_BP_MAX) return refused(requestTexts.builderFeeTooHigh)
        const { builders } = profileOf(state.desk.profiles, account.address)
        if (feeTenthsBp === 0) builders.delete(builder)
        else builders.set(builder, feeTenthsBp)
        return done
      },
    }
  },
}
