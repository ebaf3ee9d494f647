import type { DayNumber } from '../calendar/civil-day.ts'
import type { Money } from '../domain/units.ts'
import { settlementDay } from '../rules/settlement.ts'
import type { ShareState } from './share-rules.ts'

/** Keeps what a sale brought, fees taken off, until its trade settles. Mutates `state`. */
export function noteProceeds(state: ShareState, tradeDay: DayNumber, proceeds: Money): void {
  const day = settlementDay(tradeDay)
  const { unsettled } = state
  let at = unsettled.length
  while (at > 0 && unsettled[at - 1]![0] > day) at--
  const before = unsettled[at - 1]
  if (before?.[0] === day) before[1] = (BigInt(before[1]) + proceeds).toString()
  else unsettled.splice(at, 0, [day, proceeds.toString()])
}

/** Proceeds that have not settled on a day; a trade settles with the first instant of its day. */
export function unsettledCash(state: ShareState, day: DayNumber): Money {
  let sum = 0n
  for (const [settles, proceeds] of state.unsettled) if (settles > day) sum += BigInt(proceeds)
  return sum
}

/** Forgets what has settled. Mutates `state`. */
export function dropSettled(state: ShareState, day: DayNumber): void {
  const { unsettled } = state
  while (unsettled.length > 0 && unsettled[0]![0] <= day) unsettled.shift()
}
