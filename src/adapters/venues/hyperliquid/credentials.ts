import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import type { Context } from './context.ts'
import { askOf, type Post } from './http.ts'
import { extraAgentsReply, userRoleReply } from './wire.ts'

const DAY_MS = 86_400_000
/** An agent that ends this soon is worth a notice. */
const SOON_MS = 3 * DAY_MS

/** Kinds of account whose cash is not where its positions are. */
const pooled: readonly unknown[] = ['unifiedAccount', 'portfolioMargin']

/**
 * Makes sure that the key may trade for the account before anything is sent with it, and that the
 * account is one whose cash this adapter can tell. A sub-account or vault is then traded for under
 * its own address.
 *
 * An agent's address answers every account query with an empty account: it must never be taken for
 * the account. Throws AdapterError VENUE_CREDENTIALS naming both addresses, VENUE_UNSUPPORTED.
 */
export async function checkCredentials(context: Context, post: Post): Promise<void> {
  const { signer, options } = context
  const user = options.userAddress?.toLowerCase()
  if (user === undefined) return
  const mode = await askOf(post)({ type: 'userAbstraction', user })
  if (pooled.includes(mode)) {
    const text = `${user} is a ${String(mode)}: its cash is not in its perpetuals’ accounts`
    throw new AdapterError('VENUE_UNSUPPORTED', `${text}; set it to "disabled" first`, 'fatal')
  }
  if (signer?.address === user) return
  const { role, data } = await roleOf(post, user)
  if (role === 'agent') {
    throw refused(`${user} is an agent: name the account it trades for`)
  }
  if (signer === null) return
  const isGuest = role === 'subAccount' || role === 'vault'
  if (isGuest) signer.actFor(user)
  const owner = role === 'subAccount' ? data?.master?.toLowerCase() : user
  if (signer.address === owner) return
  const key = await roleOf(post, signer.address)
  // Who leads a vault is not told: that the key is somebody's account is all there is to check.
  if (role === 'vault' && key.role !== 'missing') return
  if (key.role === 'agent' && key.data?.user?.toLowerCase() === owner) {
    return checkExpiry(context, post, { owner: owner!, agent: signer.address })
  }
  const who = key.role === 'agent' ? `an agent of ${key.data?.user}` : `not an agent (${key.role})`
  throw refused(
    `the key’s address ${signer.address} is neither the account ${user} nor an agent approved by ` +
      `it: it is ${who}`,
  )
}

async function checkExpiry(
  context: Context,
  post: Post,
  { owner, agent }: { readonly owner: string; readonly agent: string },
): Promise<void> {
  const reply = extraAgentsReply.safeParse(await askOf(post)({ type: 'extraAgents', user: owner }))
  if (!reply.success) throw unreadable('extraAgents')
  // The unnamed agent is not in the list, and its end is not told.
  const listed = reply.data.find(({ address }) => address.toLowerCase() === agent)
  if (listed?.validUntil == null) return
  const leftMs = listed.validUntil - context.environment.now() / 1000
  if (leftMs <= 0) throw refused(`the agent ${agent} (${listed.name}) of ${owner} has expired`)
  if (leftMs > SOON_MS) return
  const hours = Math.floor(leftMs / 3_600_000)
  context.notice('agentExpires', `the agent ${agent} (${listed.name}) ends in ${hours} h`)
}

async function roleOf(post: Post, user: string) {
  const raw = await post({
    path: '/info',
    body: () => ({ type: 'userRole', user }),
    requestClass: 'query',
    weight: 60,
    waitMs: 30_000,
  })
  const reply = userRoleReply.safeParse(raw)
  if (!reply.success) throw refused(`${user} has no readable role`)
  return reply.data
}

const refused = (text: string): AdapterError => new AdapterError('VENUE_CREDENTIALS', text, 'fatal')
