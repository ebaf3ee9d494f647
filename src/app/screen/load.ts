import { z } from 'zod'
import {
  type DownloadEnvironment,
  requestJson,
  unexpectedReply,
} from '../data/download/environment.ts'
import { type BuilderCandidate, builderRules, type NativeCandidate, nativeRules } from './score.ts'

/** Where candidates are looked up. */
export interface ScreenSource {
  /** Base address without /info. */
  readonly url: string
  readonly environment: DownloadEnvironment
  /** Told how many coins of how many have been looked at. */
  readonly progress?: (done: number, total: number) => void
}

const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .transform(Number)
const context = z.object({
  dayNtlVlm: number,
  openInterest: number,
  markPx: number,
})
const asset = z.object({
  name: z.string(),
  maxLeverage: z.number(),
  isDelisted: z.boolean().nullish(),
})
const metaAndContexts = z.tuple([z.object({ universe: z.array(asset) }), z.array(context)])
const dexs = z.array(z.object({ name: z.string() }).nullable())
const level = z.object({ px: number })
const book = z.object({ levels: z.tuple([z.array(level), z.array(level)]) }).nullable()
const candles = z.array(z.object({ T: z.number(), c: number }))

const DAY_MS = 86_400_000
/** What the venue allows an address, weight a minute. */
const WEIGHT_PER_MINUTE = 1200

/**
 * Native perpetuals that are not delisted. The spread of one book snapshot is asked for only where
 * leverage and volume pass; the others have none. Throws AdapterError.
 */
export async function loadNative(
  source: ScreenSource,
  volumeMin: number,
): Promise<readonly NativeCandidate[]> {
  const listed = await loadListed(source, '')
  const isWorthIt = (one: Listed): boolean =>
    one.maxLeverage >= nativeRules.leverageMin && one.dayVolume >= volumeMin
  const total = listed.filter(isWorthIt).length
  const all: NativeCandidate[] = []
  let done = 0
  for (const one of listed) {
    const { coin, maxLeverage, dayVolume } = one
    if (!isWorthIt(one)) {
      all.push({ coin, maxLeverage, dayVolume, spreadBp: null })
      continue
    }
    const { levels } = (await ask(source, { type: 'l2Book', coin }, book, 2)) ?? {
      levels: [[], []],
    }
    const [bid, offer] = [levels[0][0]?.px, levels[1][0]?.px]
    const isWhole = bid !== undefined && offer !== undefined && bid > 0
    const spreadBp = isWhole ? ((offer - bid) / ((offer + bid) / 2)) * 1e4 : null
    all.push({ coin, maxLeverage, dayVolume, spreadBp })
    source.progress?.(++done, total)
  }
  return all
}

/** Perpetuals of builders' dexs, all of them or those named, with their recent history. */
export async function loadBuilderCoins(
  source: ScreenSource,
  volumeMin: number,
): Promise<readonly BuilderCandidate[]> {
  const list = await ask(source, { type: 'perpDexs' }, dexs, 20)
  const names = list.flatMap((each) => (each === null ? [] : [each.name]))
  const listed: Listed[] = []
  for (const name of names) listed.push(...(await loadListed(source, name)))
  const isWorthIt = (one: Listed): boolean =>
    one.openInterest >= builderRules.openInterestMin && one.dayVolume >= volumeMin
  const total = listed.filter(isWorthIt).length
  const all: BuilderCandidate[] = []
  let done = 0
  for (const one of listed) {
    const closes = isWorthIt(one) ? await loadCloses(source, one.coin) : []
    all.push({ ...one, closes })
    if (isWorthIt(one)) source.progress?.(++done, total)
  }
  return all
}

type Listed = Omit<BuilderCandidate, 'closes'>

async function loadListed(source: ScreenSource, dex: string): Promise<Listed[]> {
  const body = { type: 'metaAndAssetCtxs', ...(dex === '' ? {} : { dex }) }
  const [meta, contexts] = await ask(source, body, metaAndContexts, 20)
  if (meta.universe.length !== contexts.length) throw unexpectedReply(source.url, meta)
  return meta.universe.flatMap(({ name, maxLeverage, isDelisted }, i) => {
    if (isDelisted === true) return []
    const { dayNtlVlm, openInterest, markPx } = contexts[i]!
    // The venue writes the prefix itself; a name without one gets it.
    const coin = dex === '' || name.startsWith(`${dex}:`) ? name : `${dex}:${name}`
    return [{ coin, maxLeverage, dayVolume: dayNtlVlm, openInterest: openInterest * markPx }]
  })
}

async function loadCloses(source: ScreenSource, coin: string): Promise<readonly number[]> {
  const endTime = Math.floor(source.environment.now() / 1000)
  const req = { coin, interval: '4h', startTime: endTime - 7 * DAY_MS, endTime }
  const found = await ask(source, { type: 'candleSnapshot', req }, candles, 21)
  // The last one may still be forming.
  return found.filter((candle) => candle.T < endTime).map((candle) => candle.c)
}

async function ask<Reply>(
  { url, environment }: ScreenSource,
  body: object,
  shape: z.ZodType<Reply>,
  weight: number,
): Promise<Reply> {
  const to = `${url.replace(/\/+$/, '')}/info`
  const { value } = await requestJson(environment, {
    url: to,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const reply = shape.safeParse(value)
  if (!reply.success) throw unexpectedReply(to, value)
  await environment.sleep((weight / WEIGHT_PER_MINUTE) * 60_000)
  return reply.data
}
