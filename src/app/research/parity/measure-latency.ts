import { median, type TimeUs } from '../../../core/mod.ts'
import type { SessionItem, SessionRecord } from './session-record.ts'

/** How long commands and answers travel. */
export interface Latency {
  /** From a decision to the venue, us, for the order's submission or its cancel. */
  entryUs(kind: 'submitOrder' | 'cancelOrder', clientOrderId: string): number
  /** From the venue to us, us. */
  readonly responseUs: number
}

/** Latencies as a journal shows them. */
export interface MeasuredLatency extends Latency {
  /** Commands whose own latency is known. */
  readonly measured: number
  readonly commands: number
  readonly medianEntryUs: number
}

/** Venues stamp milliseconds, cut off: that much before its sending a command may seem to arrive. */
const STAMP_US = 1000

interface Sent {
  readonly time: TimeUs
  entryUs: number | null
  roundTripUs: number | null
}

/**
 * A session's latencies: those of its configuration where its venue is the simulated one of paper
 * trading, else as measured. Null when they cannot be known.
 */
export function latencyOf({ genesis, config, items }: SessionRecord): MeasuredLatency | null {
  if (genesis.mode !== 'paper') return measureLatency(items)
  const { entryLatency, responseLatency } = config.fills
  const commands = items.filter(({ kind }) => kind === 'command').length
  return {
    measured: commands,
    commands,
    medianEntryUs: entryLatency,
    responseUs: responseLatency,
    entryUs: () => entryLatency,
  }
}

/**
 * Entry and response latencies out of a journal's stamps: from the venue's time of an answer, or,
 * where an answer has none, from the round trip less the usual way back. Commands without an answer
 * take the median. Null with no answer that tells the two ways apart.
 */
export function measureLatency(items: readonly SessionItem[]): MeasuredLatency | null {
  const sent = new Map<string, Sent>()
  const responses: number[] = []
  for (const item of items) {
    if (item.kind === 'command') {
      const { command, time } = item
      const of = command.kind === 'submitOrder' ? command.order : command.cancel
      const key = `${command.kind} ${of.clientOrderId}`
      if (!sent.has(key)) sent.set(key, { time, entryUs: null, roundTripUs: null })
      continue
    }
    const answer = answerOf(item)
    if (answer === null) continue
    const { receivedTime, venueTime } = item.event as { receivedTime: number; venueTime: number }
    const isStamped = venueTime < receivedTime
    if (isStamped) responses.push(receivedTime - venueTime)
    for (const kind of answer.kinds) {
      const command = sent.get(`${kind} ${answer.clientOrderId}`)
      if (command === undefined || command.entryUs !== null) continue
      const tells = isStamped && answer.isPrompt && venueTime >= command.time - STAMP_US
      if (tells) command.entryUs = Math.max(0, venueTime - command.time)
      command.roundTripUs ??= receivedTime - command.time
    }
  }
  if (responses.length === 0) return null
  return summary([...sent], Math.round(median(responses)))
}

function summary(sent: readonly [string, Sent][], responseUs: number): MeasuredLatency | null {
  const entries = new Map<string, number>()
  for (const [key, { entryUs, roundTripUs }] of sent) {
    if (entryUs !== null) entries.set(key, entryUs)
    else if (roundTripUs !== null) entries.set(key, Math.max(0, roundTripUs - responseUs))
  }
  if (entries.size === 0) return null
  const medianEntryUs = Math.round(median([...entries.values()]))
  return {
    measured: entries.size,
    commands: sent.length,
    medianEntryUs,
    responseUs,
    entryUs: (kind, id) => entries.get(`${kind} ${id}`) ?? medianEntryUs,
  }
}

/**
 * Which commands an event answers. `isPrompt` when its venue time is that of the command's arrival:
 * a resting order's fill is not.
 */
function answerOf({ event }: Extract<SessionItem, { kind: 'event' }>): {
  readonly clientOrderId: string
  readonly kinds: readonly ('submitOrder' | 'cancelOrder')[]
  readonly isPrompt: boolean
} | null {
  if (event.kind === 'executed') {
    const { clientOrderId, liquidity } = event.execution
    if (clientOrderId === null) return null
    return { clientOrderId, kinds: ['submitOrder'], isPrompt: liquidity === 'taker' }
  }
  if (event.kind !== 'orderReported') return null
  const { clientOrderId, evidence } = event.report
  switch (evidence) {
    case 'accepted':
    case 'rejected':
      return { clientOrderId, kinds: ['submitOrder'], isPrompt: true }
    case 'canceled':
    case 'cancelRejected':
      return { clientOrderId, kinds: ['cancelOrder'], isPrompt: true }
    default:
      return null
  }
}
