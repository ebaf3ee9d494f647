import { z } from 'zod'
import { InputError, nearest } from '../../../adapters/mod.ts'
import { formatTrimmed, MONEY_DECIMALS, type Money, parseDecimal } from '../../../core/mod.ts'
import { requestJson, systemEnvironment, unexpectedReply } from '../../data/download/environment.ts'
import { ExitCode } from '../exit-code.ts'

/** A transfer as it was asked for; `spot`, `perp` or a dex. */
export interface Transfer {
  readonly amount: Money
  readonly token: string
  readonly from: string
  readonly to: string
}

interface Venue {
  readonly restUrl: string
  readonly account: string
}

/** The venue writes at most 8 decimals. */
const money = z.string().transform((text, context): Money => {
  const value = parseDecimal(text, MONEY_DECIMALS)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: 'an amount' })
  return z.NEVER
})

const dexsReply = z.array(z.object({ name: z.string() }).nullable())
const tokensReply = z.object({ tokens: z.array(z.object({ name: z.string() })) })
const perpReply = z.object({ withdrawable: money })
const spotReply = z.object({
  balances: z.array(z.object({ coin: z.string(), total: money, hold: money })),
})

/**
 * Refuses a transfer that the venue could not do, before anything is signed: a place or a token it
 * does not have (ORN-LIVE-003), more than is free there (ORN-LIVE-007). Throws AdapterError.
 */
export async function requireTransferable(venue: Venue, transfer: Transfer): Promise<void> {
  const { from, to, token, amount } = transfer
  const dexs = [from, to].filter((place) => place !== 'spot' && place !== 'perp')
  if (dexs.length > 0) {
    const listed = await ask(venue, { type: 'perpDexs' }, dexsReply)
    const names = ['spot', 'perp', ...listed.flatMap((each) => each?.name ?? [])]
    for (const dex of dexs) requireName(dex, 'place', names)
  }
  const { tokens } = await ask(venue, { type: 'spotMeta' }, tokensReply)
  const names = tokens.map(({ name }) => name)
  requireName(token, 'token', names)
  const free = await freeIn(venue, from, token)
  if (amount <= free) return
  const has = formatTrimmed(free, MONEY_DECIMALS)
  throw new InputError({
    code: 'ORN-LIVE-007',
    exitCode: ExitCode.preflight,
    message: `${formatTrimmed(amount, MONEY_DECIMALS)} ${token} is more than is free in ${from}; nothing was sent`,
    details: [`free in ${from}: ${has} ${token}`],
    fix: `Move at most ${has}`,
  })
}

async function freeIn(venue: Venue, place: string, token: string): Promise<Money> {
  const user = venue.account
  if (place === 'spot') {
    const { balances } = await ask(venue, { type: 'spotClearinghouseState', user }, spotReply)
    const found = balances.find(({ coin }) => coin === token)
    return found === undefined ? 0n : found.total - found.hold
  }
  const dex = place === 'perp' ? '' : place
  return (await ask(venue, { type: 'clearinghouseState', user, dex }, perpReply)).withdrawable
}

function requireName(name: string, what: string, names: readonly string[]): void {
  if (names.includes(name)) return
  const near = nearest(name, names)
  throw new InputError({
    code: 'ORN-LIVE-003',
    exitCode: ExitCode.usage,
    message: `${name} is no ${what} of the venue; nothing was sent`,
    details: [
      ...(near === null ? [] : [`nearest: ${near} (letter case counts)`]),
      ...(names.length > 30 ? [] : [`allowed: ${names.join(', ')}`]),
    ],
  })
}

async function ask<T>(venue: Venue, question: object, reply: z.ZodType<T>): Promise<T> {
  const url = `${venue.restUrl}/info`
  const { value } = await requestJson(systemEnvironment, {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  })
  const read = reply.safeParse(value)
  if (!read.success) throw unexpectedReply(url, value)
  return read.data
}
