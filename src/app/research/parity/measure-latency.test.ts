import { describe, expect, it } from 'vitest'
import type { Event, Execution, OrderEvidence } from '../../../core/mod.ts'
import { latencyOf, measureLatency } from './measure-latency.ts'
import type { SentCommand, SessionItem, SessionRecord } from './session-record.ts'

const sent = (time: number, id: string, kind: SentCommand['kind'] = 'submitOrder'): SessionItem => {
  const of = { clientOrderId: id }
  const command = kind === 'submitOrder' ? { kind, order: of } : { kind, cancel: of }
  return { kind: 'command', records: 0, time, command: command as never }
}

const event = (given: Event): SessionItem => ({ kind: 'event', records: 0, event: given })

const reported = (id: string, evidence: OrderEvidence, venueTime: number, receivedTime: number) =>
  event({
    kind: 'orderReported',
    receivedTime,
    venueTime,
    report: { clientOrderId: id, venueOrderId: null, evidence, code: null, text: '' },
  })

const filled = (id: string, liquidity: 'maker' | 'taker', venueTime: number, received: number) => {
  const execution = { clientOrderId: id, liquidity } as Execution
  return event({ kind: 'executed', receivedTime: received, venueTime, execution })
}

describe('latency out of a journal', () => {
  it('is from the venue’s own time of an answer', () => {
    const measured = measureLatency([
      sent(1000, 'a'),
      reported('a', 'accepted', 1300, 1500),
      sent(2000, 'a', 'cancelOrder'),
      reported('a', 'canceled', 2100, 2250),
    ])!
    expect(measured.entryUs('submitOrder', 'a')).toBe(300)
    expect(measured.entryUs('cancelOrder', 'a')).toBe(100)
    expect(measured.responseUs).toBe(175)
    expect([measured.measured, measured.commands]).toEqual([2, 2])
  })

  it('is the round trip less the way back where an answer has no time of its own', () => {
    const measured = measureLatency([
      sent(1000, 'a'),
      reported('a', 'accepted', 1900, 1900),
      filled('a', 'maker', 50_000, 50_200),
    ])!
    expect(measured.entryUs('submitOrder', 'a')).toBe(700)
    expect(measured.responseUs).toBe(200)
  })

  it('takes a taker’s fill as its arrival, a resting order’s fill not', () => {
    const measured = measureLatency([
      sent(1000, 'taker'),
      filled('taker', 'taker', 1400, 1500),
      sent(2000, 'rests'),
      reported('rests', 'accepted', 2600, 2600),
      filled('rests', 'maker', 90_000, 90_100),
    ])!
    expect(measured.entryUs('submitOrder', 'taker')).toBe(400)
    expect(measured.entryUs('submitOrder', 'rests')).toBe(500)
    expect(measured.entryUs('submitOrder', 'never answered')).toBe(measured.medianEntryUs)
  })

  it('is not guessed from answers that do not tell the two ways apart', () => {
    expect(measureLatency([sent(1000, 'a'), reported('a', 'accepted', 1900, 1900)])).toBeNull()
    expect(measureLatency([])).toBeNull()
  })

  it('of a paper session is that of its configuration', () => {
    const session = {
      genesis: { mode: 'paper' },
      config: { fills: { entryLatency: 7, responseLatency: 9 } },
      items: [sent(1000, 'a'), reported('a', 'accepted', 1300, 1500)],
    } as unknown as SessionRecord
    const known = latencyOf(session)!
    expect([known.entryUs('submitOrder', 'a'), known.responseUs]).toEqual([7, 9])
    const real = latencyOf({ ...session, genesis: { ...session.genesis, mode: 'rehearse' } })!
    expect([real.entryUs('submitOrder', 'a'), real.responseUs]).toEqual([300, 200])
  })
})
