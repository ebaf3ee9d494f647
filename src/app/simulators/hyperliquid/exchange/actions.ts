import { type ActionKind, done, l1 } from './action.ts'
import { approveAgentAction } from './approve-agent.ts'
import { approveBuilderFeeAction } from './approve-builder.ts'
import { cancelAction, cancelByCloidAction } from './cancel.ts'
import {
  topUpIsolatedOnlyMarginAction,
  updateIsolatedMarginAction,
  updateLeverageAction,
} from './leverage.ts'
import { batchModifyAction, modifyAction } from './modify.ts'
import { refusedActions } from './not-simulated.ts'
import { orderAction } from './order.ts'
import {
  agentEnableDexAbstractionAction,
  agentSetAbstractionAction,
  setReferrerAction,
  userDexAbstractionAction,
  userSetAbstractionAction,
} from './profile.ts'
import { reserveRequestWeightAction } from './reserve.ts'
import { scheduleCancelAction } from './schedule-cancel.ts'
import { createSubAccountAction } from './sub-account.ts'
import {
  sendAssetAction,
  spotSendAction,
  subAccountTransferAction,
  usdClassTransferAction,
  usdSendAction,
  withdrawAction,
} from './transfer.ts'
import { twapCancelAction, twapOrderAction } from './twap.ts'

/** noop: uses up a nonce, which is how a signer makes sure that an earlier one cannot land. */
const noopAction: ActionKind = { signing: l1, read: () => ({ count: 1, run: () => done }) }

/** Every action this simulator executes, by its type. */
export const actionKinds: ReadonlyMap<string, ActionKind> = new Map([
  ['order', orderAction],
  ['cancel', cancelAction],
  ['cancelByCloid', cancelByCloidAction],
  ['modify', modifyAction],
  ['batchModify', batchModifyAction],
  ['updateLeverage', updateLeverageAction],
  ['updateIsolatedMargin', updateIsolatedMarginAction],
  ['topUpIsolatedOnlyMargin', topUpIsolatedOnlyMarginAction],
  ['usdClassTransfer', usdClassTransferAction],
  ['sendAsset', sendAssetAction],
  ['usdSend', usdSendAction],
  ['spotSend', spotSendAction],
  ['withdraw3', withdrawAction],
  ['subAccountTransfer', subAccountTransferAction],
  ['reserveRequestWeight', reserveRequestWeightAction],
  ['scheduleCancel', scheduleCancelAction],
  ['twapOrder', twapOrderAction],
  ['twapCancel', twapCancelAction],
  ['approveAgent', approveAgentAction],
  ['approveBuilderFee', approveBuilderFeeAction],
  ['setReferrer', setReferrerAction],
  ['createSubAccount', createSubAccountAction],
  ['agentSetAbstraction', agentSetAbstractionAction],
  ['agentEnableDexAbstraction', agentEnableDexAbstractionAction],
  ['userSetAbstraction', userSetAbstractionAction],
  ['userDexAbstraction', userDexAbstractionAction],
  ['noop', noopAction],
  ...refusedActions,
])
