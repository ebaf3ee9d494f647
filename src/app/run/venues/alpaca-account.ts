import { type LoadedConfig, readWritten } from '../../config/load.ts'
import type { VenueSectionOf } from '../../config/venue-schema.ts'
import { type CredentialSources, readSecret } from '../credentials.ts'
import { disagreements, notReady, tradingProblems } from './agreement.ts'
import type { GivenAccount } from './port.ts'

type Section = VenueSectionOf<'alpaca'>

/** An API key; the id is no secret. */
export interface AlpacaKeys {
  readonly keyId: string
  readonly secret: string
}

/** Where an account and its market data are. */
export interface AlpacaAddresses {
  readonly tradingUrl: string
  readonly dataUrl: string
  readonly accountStreamUrl: string
  readonly dataStreamUrl: string
  readonly stockStreamUrl: string
}

const tradingHosts = {
  paper: 'https://paper-api.alpaca.markets',
  live: 'https://api.alpaca.markets',
} as const
const DATA_HOST = 'https://data.alpaca.markets'
const STREAM_HOST = 'wss://stream.data.alpaca.markets'

/** Variables that hold the keys where the configuration names no other place. */
const variables = {
  paper: { keyId: 'ALPACA_API_KEY_ID', secretKey: 'ALPACA_API_SECRET_KEY' },
  live: { keyId: 'ALPACA_API_KEY_LIVE', secretKey: 'ALPACA_API_SECRET_LIVE' },
} as const

/** The addresses of a section: the venue's own, or those that it names. */
export function addressesOf(section: Section): AlpacaAddresses {
  const tradingUrl = trimmed(section.tradingUrl ?? tradingHosts[section.account])
  const stream = trimmed(section.streamUrl ?? STREAM_HOST)
  return {
    tradingUrl,
    dataUrl: trimmed(section.dataUrl ?? DATA_HOST),
    accountStreamUrl: `${tradingUrl.replace(/^http/, 'ws')}/stream`,
    dataStreamUrl: `${stream}/v1beta3/crypto/us`,
    stockStreamUrl: `${stream}/v2/${section.feed}`,
  }
}

const trimmed = (url: string): string => url.replace(/\/+$/, '')

/** The keys that a section refers to. Throws InputError naming the reference, never a value. */
export async function readKeys(section: Section, from: CredentialSources): Promise<AlpacaKeys> {
  const usual = variables[section.account]
  const once = askingOnce(from)
  const read = async (name: 'keyId' | 'secretKey'): Promise<string> =>
    (await readSecret(`venue.${name}`, section[name] ?? { env: usual[name] }, once)).reveal()
  return { keyId: await read('keyId'), secret: await read('secretKey') }
}

/** Both are in one keystore: its password is asked for once. */
function askingOnce(from: CredentialSources): CredentialSources {
  const { askPassword } = from
  if (askPassword === null) return from
  let answer: Promise<string | null> | null = null
  return {
    ...from,
    askPassword() {
      answer ??= askPassword()
      return answer
    },
  }
}

/**
 * Refuses what does not say twice, in the file and on the command line, which account is traded.
 * Throws InputError (6); nothing was connected then.
 */
export function requireAgreement(
  loaded: LoadedConfig,
  section: Section,
  given: GivenAccount,
): void {
  const { path } = loaded
  const written = (readWritten(loaded) ?? {}) as { readonly venue?: { readonly account?: unknown } }
  const own = (['tradingUrl', 'dataUrl', 'streamUrl'] as const).filter(
    (name) => section[name] !== undefined,
  )
  const problems = [
    ...disagreements({
      ...{ key: 'venue.account', flag: '--account', allowed: 'paper or live' },
      configured: section.account,
      written: written.venue?.account,
      given: given.account,
    }),
    ...(given.network === undefined ? [] : ['--network is not for Alpaca: --account is']),
    ...(section.account === 'live'
      ? own.map((name) => `venue.${name}: real money is at Alpaca's own addresses only`)
      : []),
    ...tradingProblems(loaded, section.account === 'live'),
  ]
  if (problems.length > 0) throw notReady(path, problems)
}
