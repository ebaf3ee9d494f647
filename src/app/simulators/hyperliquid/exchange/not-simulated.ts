import { requestTexts } from '../wire/texts.ts'
import { type ActionKind, l1, refused, userSigned } from './action.ts'

/** Actions of the venue about vaults, staking, spot deployment and the chain's own affairs. */
const names = [
  'vaultTransfer',
  'vaultModify',
  'vaultDistribute',
  'createVault',
  'setDisplayName',
  'registerReferrer',
  'claimRewards',
  'subAccountSpotTransfer',
  'subAccountModify',
  'spotUser',
  'evmUserModify',
  'borrowLend',
  'agentSendAsset',
  'perpDeploy',
  'spotDeploy',
  'multiSig',
  'gossipPriorityBid',
  'CSignerAction',
  'CValidatorAction',
] as const

const notSimulated = (type: string): ActionKind => ({
  signing: l1,
  read: () => ({ count: 1, run: () => refused(requestTexts.notSimulated(type)) }),
})

const tokenDelegate: ActionKind = {
  ...notSimulated('tokenDelegate'),
  signing: userSigned('TokenDelegate', ['validator address', 'wei uint64', 'isUndelegate bool']),
}

/** They are read, checked for their signature and refused by name. */
export const refusedActions: readonly (readonly [string, ActionKind])[] = [
  ...names.map((name) => [name, notSimulated(name)] as const),
  ['tokenDelegate', tokenDelegate],
]
