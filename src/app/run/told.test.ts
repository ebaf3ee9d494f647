import { expect, it } from 'vitest'
import type { Effect, Event, Instrument } from '../../core/mod.ts'
import { sayOnce, tellNews } from './told.ts'

const SECOND = 1_000_000
const START = Date.UTC(2026, 10, 20, 14, 30) * 1000
const instruments = [{ id: 0, symbol: 'GME' }] as unknown as readonly Instrument[]

/** A tap and what it said, an hour and more after nothing. */
function told() {
  const said: string[] = []
  const silent = { event() {}, market() {}, effects() {}, committed() {} }
  const tap = tellNews(silent, { from: START, instruments }, (text) => said.push(text))
  const effect = (seconds: number, of: object) =>
    tap.effects([of as Effect], 0, START + seconds * SECOND)
  const reject = (seconds: number, code: string, text: string) => {
    const report = { clientOrderId: 'a', evidence: 'rejected', code, text, venueOrderId: null }
    const receivedTime = START + seconds * SECOND
    tap.event({ kind: 'orderReported', receivedTime, report } as unknown as Event, 0)
  }
  return { said, effect, reject }
}

it('says when a breaker trips and lets go, and nothing of before the session', () => {
  const { said, effect } = told()
  const trip = { kind: 'breakerTripped', breaker: 'dailyDrawdown', value: 0.021, limit: 0.02 }
  effect(-1, { ...trip, action: 'cancel' })
  effect(0, { ...trip, action: 'cancel' })
  effect(60, { kind: 'breakerRearmed', breaker: 'dailyDrawdown', by: 'operator' })
  expect(said).toEqual([
    '14:30:00 halt (dailyDrawdown): the fall from the day’s highest equity 2.10 % reached the limit 2.00 %; entries at work are canceled, exits pass',
    '14:31:00 halt (dailyDrawdown) ends: by the operator, entries are free again',
  ])
})

it('says an alert above info once a minute', () => {
  const { said, effect } = told()
  const alert = { kind: 'alert', level: 'warning', code: 'DUST', text: 'left' }
  for (const seconds of [0, 59, 60]) effect(seconds, alert)
  effect(1, { ...alert, level: 'info', code: 'OTHER' })
  expect(said).toEqual(['14:30:00 ⚠ DUST: left', '14:31:00 ⚠ DUST: left'])
})

it('says of which instrument an order was rejected, unless the market only moved', () => {
  const { said, effect, reject } = told()
  reject(0, 'other', 'of an order that nobody knows')
  effect(0, { kind: 'submitOrder', order: { clientOrderId: 'a', instrument: 0 } })
  reject(1, 'postOnlyWouldCross', 'would cross')
  reject(2, 'other', 'no locate for 100 shares of GME: insufficient_quantity')
  expect(said).toEqual([
    '14:30:02 ⚠ GME: an order was rejected, no locate for 100 shares of GME: insufficient_quantity',
  ])
})

it('says what repeats itself once a minute', () => {
  const said: string[] = []
  let now = START
  const say = sayOnce(
    () => now,
    (text) => said.push(text),
  )
  for (const seconds of [0, 5, 59, 60]) {
    now = START + seconds * SECOND
    say('connection limit exceeded')
    if (seconds === 5) say('another')
  }
  expect(said).toEqual(['connection limit exceeded', 'another', 'connection limit exceeded'])
})
