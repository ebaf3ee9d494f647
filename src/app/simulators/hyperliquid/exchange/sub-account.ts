import { asText } from '../../json.ts'
import { createProfile, profileOf } from '../state/profiles.ts'
import { subAccountAddress } from '../wire/identity.ts'
import { requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  accepted,
  l1,
  refused,
} from './action.ts'

const NAME_LENGTH_MAX = 16

function create({ state, account }: ActionContext, name: string): ActionReply {
  const { profiles } = state.desk
  const { subAccounts, master } = profileOf(profiles, account.address)
  if (master !== null || name === '' || name.length > NAME_LENGTH_MAX || subAccounts.has(name)) {
    return refused(requestTexts.subAccountName)
  }
  const address = subAccountAddress(account.address, subAccounts.size + 1)
  state.accountOrNew(address)
  subAccounts.set(name, address)
  profiles.set(address, createProfile(account.address))
  return accepted('createSubAccount', address)
}

/** createSubAccount: `{name}`; answered with its address. */
export const createSubAccountAction: ActionKind = {
  signing: l1,
  read(action) {
    const name = asText(action['name'])
    return name === null ? null : { count: 1, run: (context) => create(context, name) }
  },
}
