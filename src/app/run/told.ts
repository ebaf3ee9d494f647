import { type Effect, formatUtcClock, type TimeUs } from '../../core/mod.ts'
import { breakerText } from '../server/gates.ts'
import type { SessionTap } from './session.ts'

/** An alert is said again only so long after the last of its kind, us. */
const ALERT_PAUSE_US = 60_000_000

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

/**
 * Says what stops trading and what lets it go on, and warnings: trips of breakers, their ends, and
 * alerts above `info`, each kind of these once a minute. Nothing of before `from`: what a resumed
 * session did was said then.
 */
export function tellNews(tap: SessionTap, from: TimeUs, tell: (text: string) => void): SessionTap {
  const alerted = new Map<string, TimeUs>()
  const textOf = (effect: Effect, time: TimeUs): string | null => {
    if (effect.kind === 'breakerTripped') {
      const { breaker, value, limit, action, halt } = effect
      return `halt (${breaker}): ${breakerText(breaker, value, limit, halt)}; ${actions[action]}`
    }
    if (effect.kind === 'breakerRearmed') {
      return `halt (${effect.breaker}) ends: ${rearmed[effect.by]}, entries are free again`
    }
    if (effect.kind !== 'alert' || effect.level === 'info') return null
    const last = alerted.get(effect.code) ?? Number.NEGATIVE_INFINITY
    if (time - last < ALERT_PAUSE_US) return null
    alerted.set(effect.code, time)
    return `⚠ ${effect.code}: ${effect.text}`
  }
  return {
    ...tap,
    effects(effects, seq, time) {
      tap.effects(effects, seq, time)
      if (time < from) return
      for (const effect of effects) {
        const text = textOf(effect, time)
        if (text !== null) tell(`${formatUtcClock(time)} ${text}`)
      }
    },
  }
}
