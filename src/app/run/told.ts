import {
  type Effect,
  type Event,
  formatUtcClock,
  type Instrument,
  type RejectCode,
  type TimeUs,
} from '../../core/mod.ts'
import { breakerText } from '../server/gates.ts'
import type { SessionTap } from './session.ts'

/** News are said again only so long after the last of their kind, us. */
const REPEAT_PAUSE_US = 60_000_000

/** Rejections that are the way of things: an order met a market that had moved. */
const usual: ReadonlySet<RejectCode | null> = new Set(['postOnlyWouldCross', 'iocNoMatch'])
/** Orders whose instrument is remembered until they are heard of. */
const ORDERS_MAX = 1_000

const actions = {
  exitsOnly: 'entries end, exits pass',
  cancel: 'entries at work are canceled, exits pass',
  flatten: 'everything is left',
} as const

const rearmed = {
  nextDay: 'with the new day',
  time: 'after its time',
  over: 'it is over',
  operator: 'by the operator',
} as const

/** Says a text, but not again within a minute: a connection that is tried again fails alike. */
export function sayOnce(now: () => TimeUs, say: (text: string) => void): (text: string) => void {
  const said = new Map<string, TimeUs>()
  return (text) => {
    const time = now()
    for (const [other, last] of said) if (time - last >= REPEAT_PAUSE_US) said.delete(other)
    if (said.has(text)) return
    said.set(text, time)
    say(text)
  }
}

/**
 * Says what stops trading and what lets it go on, and warnings: trips of breakers, their ends,
 * alerts above `info` and orders that the venue rejected, each kind of these once a minute. Nothing
 * of before `from`: what a resumed session did was said then.
 */
export function tellNews(
  tap: SessionTap,
  { from, instruments }: { readonly from: TimeUs; readonly instruments: readonly Instrument[] },
  tell: (text: string) => void,
): SessionTap {
  const said = new Map<string, TimeUs>()
  const symbols = new Map<string, string>()
  const isRepeated = (kind: string, time: TimeUs): boolean => {
    if (time - (said.get(kind) ?? Number.NEGATIVE_INFINITY) < REPEAT_PAUSE_US) return true
    said.set(kind, time)
    return false
  }
  const remember = (id: string, symbol: string): void => {
    symbols.set(id, symbol)
    if (symbols.size > ORDERS_MAX) symbols.delete(symbols.keys().next().value!)
  }
  const rejection = (event: Event): string | null => {
    if (event.kind !== 'orderReported' || event.report.evidence !== 'rejected') return null
    const { code, text, clientOrderId } = event.report
    const symbol = symbols.get(clientOrderId)
    if (symbol === undefined || usual.has(code)) return null
    if (isRepeated(`${symbol} ${code}`, event.receivedTime)) return null
    return `⚠ ${symbol}: an order was rejected, ${text || code}`
  }
  const textOf = (effect: Effect, time: TimeUs): string | null => {
    if (effect.kind === 'breakerTripped') {
      const { breaker, value, limit, action, halt } = effect
      return `halt (${breaker}): ${breakerText(breaker, value, limit, halt)}; ${actions[action]}`
    }
    if (effect.kind === 'breakerRearmed') {
      return `halt (${effect.breaker}) ends: ${rearmed[effect.by]}, entries are free again`
    }
    if (effect.kind !== 'alert' || effect.level === 'info') return null
    if (isRepeated(effect.code, time)) return null
    return `⚠ ${effect.code}: ${effect.text}`
  }
  return {
    ...tap,
    event(event, seq) {
      tap.event(event, seq)
      const text = rejection(event)
      const time = event.receivedTime
      if (text !== null && time >= from) tell(`${formatUtcClock(time)} ${text}`)
    },
    effects(effects, seq, time) {
      tap.effects(effects, seq, time)
      if (time < from) return
      for (const effect of effects) {
        if (effect.kind === 'submitOrder') {
          const { clientOrderId, instrument } = effect.order
          remember(clientOrderId, instruments[instrument]!.symbol)
        }
        const text = textOf(effect, time)
        if (text !== null) tell(`${formatUtcClock(time)} ${text}`)
      }
    },
  }
}
