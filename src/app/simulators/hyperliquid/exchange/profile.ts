import { asText, type Json } from '../../json.ts'
import { type Abstraction, profileOf } from '../state/profiles.ts'
import { asAddress } from '../wire/addresses.ts'
import { requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  done,
  l1,
  refused,
  userSigned,
} from './action.ts'

const CODE_LENGTH_MAX = 20

/** setReferrer: `{code}`, once. */
export const setReferrerAction: ActionKind = {
  signing: l1,
  read(action) {
    const code = asText(action['code'])
    if (code === null || code === '' || code.length > CODE_LENGTH_MAX) return null
    return {
      count: 1,
      run({ state, account }) {
        const profile = profileOf(state.desk.profiles, account.address)
        if (profile.referrer !== null) return refused(requestTexts.referrerSet)
        profile.referrer = code
        return done
      },
    }
  },
}

const letters: Readonly<Record<string, Abstraction>> = {
  i: 'disabled',
  u: 'unifiedAccount',
  p: 'portfolioMargin',
}

const names: readonly Abstraction[] = ['disabled', 'unifiedAccount', 'portfolioMargin']

const join = ({ state, account }: ActionContext, abstraction: Abstraction): ActionReply => {
  profileOf(state.desk.profiles, account.address).abstraction = abstraction
  return done
}

const joined = (abstraction: Abstraction) => ({
  count: 1,
  run: (context: ActionContext) => join(context, abstraction),
})

/** agentSetAbstraction: `{abstraction: "i" | "u" | "p"}`. */
export const agentSetAbstractionAction: ActionKind = {
  signing: l1,
  read(action) {
    const abstraction = letters[asText(action['abstraction']) ?? '']
    return abstraction === undefined ? null : joined(abstraction)
  },
}

/** agentEnableDexAbstraction. */
export const agentEnableDexAbstractionAction: ActionKind = {
  signing: l1,
  read: () => joined('dexAbstraction'),
}

/** A user-signed action says for whom it is: the signer or one of its sub-accounts. */
function forUser(
  { state, account, ...rest }: ActionContext,
  user: string,
  abstraction: Abstraction,
): ActionReply {
  const isOwn = user === account.address
  const own = state.desk.profiles.get(user)?.master === account.address
  const target = isOwn || own ? state.accounts.get(user) : undefined
  if (target === undefined) return refused(requestTexts.unknownSubAccount(user))
  return join({ state, account: target, ...rest }, abstraction)
}

const userSwitch = (
  primaryType: string,
  field: string,
  read: (value: Json | undefined) => Abstraction | null,
): ActionKind => ({
  signing: userSigned(primaryType, ['user address', field]),
  read(action) {
    const user = asAddress(action['user'])
    const abstraction = read(action[field.split(' ')[0]!])
    if (user === null || abstraction === null) return null
    return { count: 1, run: (context) => forUser(context, user, abstraction) }
  },
})

/** userSetAbstraction: `{user, abstraction, nonce}`. */
export const userSetAbstractionAction = userSwitch(
  'UserSetAbstraction',
  'abstraction string',
  (value) => names.find((name) => name === value) ?? null,
)

/** userDexAbstraction: `{user, enabled, nonce}`. */
export const userDexAbstractionAction = userSwitch('UserDexAbstraction', 'enabled bool', (value) =>
  typeof value === 'boolean' ? (value ? 'dexAbstraction' : 'default') : null,
)
