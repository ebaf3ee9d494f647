import { nearest } from '../../adapters/mod.ts'
import type { OperatorCommand } from '../../core/mod.ts'
import { checkOperatorRequest, currentFacts } from '../server/operator-route.ts'
import type { Projection } from '../server/projection.ts'
import type { ServerHealth } from '../server/projection-options.ts'
import type { OperatorResult } from '../server/protocol.ts'
import type { BookView, ControlKind, PositionView } from '../server/views.ts'
import {
  type ConfiguredParameters,
  checkChange,
  presentParameters,
  type SettableKey,
  settable,
} from './parameters.ts'
import { type ControlReply, type ControlRequest, refuse } from './request.ts'

/** The session that requests are about: the dashboard's projection and its journaled commands. */
export interface ControlSubject {
  readonly projection: Projection
  readonly configured: ConfiguredParameters
  /** Journals a command and steps it before it returns. */
  readonly operator: (command: OperatorCommand, actor: string, reason: string) => OperatorResult
  /** Real time, us. */
  readonly now: () => number
}

/** Answers a request. Reads change nothing; writes are journaled with actor and reason. */
export function answerRequest(subject: ControlSubject, request: ControlRequest): ControlReply {
  switch (request.cmd) {
    case 'get': {
      const id = instrumentOf(subject, request.coin!)
      return typeof id === 'number' ? { ok: true, data: coinView(subject, id) } : id
    }
    case 'get_all':
      return { ok: true, data: coinViews(subject) }
    case 'snapshot':
      return { ok: true, data: snapshotView(subject) }
    case 'set':
      return setParameter(subject, request)
    case 'halt':
      return halt(subject, request)
    case 'pause':
    case 'resume':
    case 'flatten':
      return command(subject, request, request.cmd)
    case 'cancel_all':
      return command(subject, request, 'cancelAll')
  }
}

function setParameter(subject: ControlSubject, request: ControlRequest): ControlReply {
  const id = instrumentOf(subject, request.coin!)
  if (typeof id !== 'number') return id
  const { key, value } = request as { readonly key: SettableKey; readonly value: number }
  const present = parametersOf(subject, id)
  const problem = checkChange(present, { key, value }, subject.configured.orderNotionalMax)
  if (problem !== null) return problem
  const change = { instrument: id, key: settable[key], value }
  const done = carryOut(subject, request, [{ kind: 'setParameter', ...change }])
  if (!done.ok) return done
  const data = { coin: request.coin, key, before: present![key], value }
  return { ok: true, data: { ...data, parameters: parametersOf(subject, id) } }
}

/**
 * Stops new risk and takes out what rests, whatever the state is: it never waits for anything. With
 * a length it takes out entries only, and is over by itself.
 */
function halt(subject: ControlSubject, request: ControlRequest): ControlReply {
  const { controls } = currentFacts(subject.projection, subject.now(), nobody).state
  const word = controls.cancelAll.confirmWord
  if (word !== null && request.confirm !== word) {
    return refuse('refused', `halt needs confirm to be ${JSON.stringify(word)}`)
  }
  if (request.value !== null) {
    const until = subject.now() + Math.round(request.value * 1e6)
    return carryOut(subject, request, [{ kind: 'haltUntil', until }])
  }
  return carryOut(subject, request, [{ kind: 'pause' }, { kind: 'cancelAll' }])
}

function command(
  subject: ControlSubject,
  request: ControlRequest,
  kind: Exclude<ControlKind, 'acceptDifference'>,
): ControlReply {
  const facts = currentFacts(subject.projection, subject.now(), nobody)
  const confirm = facts.state.controls[kind].confirmWord === null ? kind : (request.confirm ?? '')
  const problem = checkOperatorRequest({ kind, reason: request.reason, confirm }, facts)
  if (problem !== null) return refuse('refused', `${problem.error.what}: ${problem.error.fix}`)
  return carryOut(subject, request, [{ kind }])
}

function carryOut(
  subject: ControlSubject,
  { actor, reason }: ControlRequest,
  commands: readonly OperatorCommand[],
): ControlReply {
  for (const one of commands) {
    const result = subject.operator(one, `control:${actor}`, reason)
    if (!result.accepted) return refuse('refused', result.text)
  }
  const { state } = currentFacts(subject.projection, subject.now(), nobody)
  const { engineState, engineReason } = state
  return { ok: true, data: { done: commands.map(({ kind }) => kind), engineState, engineReason } }
}

/** The id of a coin by its exact name, or the refusal with the nearest one. */
function instrumentOf(subject: ControlSubject, coin: string): number | ControlReply {
  const { instruments } = subject.projection.options
  const found = instruments.find(({ symbol }) => symbol === coin)
  if (found !== undefined) return found.id
  const symbols = instruments.map(({ symbol }) => symbol)
  const sameButCase = symbols.find((one) => one.toLowerCase() === coin.toLowerCase())
  const guess = sameButCase ?? nearest(coin, symbols)
  const hint = guess === null ? `the session has ${symbols.join(', ')}` : `did you mean ${guess}?`
  return refuse('unknown_symbol', `${JSON.stringify(coin)} is not a coin of the session; ${hint}`)
}

function parametersOf({ projection, configured }: ControlSubject, id: number) {
  const own = configured.byInstrument[id] ?? null
  return own === null ? null : presentParameters(own, projection.changedParameters(id))
}

function coinView(subject: ControlSubject, id: number) {
  return coinViews(subject)[id]!
}

function coinViews(subject: ControlSubject) {
  const { projection } = subject
  const now = projection.asOf(subject.now())
  const decisions = projection.decisions(now)
  const positions = projection.read('positions', 0, now, nobody) as readonly PositionView[]
  return projection.options.instruments.map(({ id, symbol }) => {
    const book = projection.read(`book:${id}`, 0, now, nobody) as BookView
    const { z, outcome, sentence } = decisions[id]!
    return {
      coin: symbol,
      parameters: parametersOf(subject, id),
      configured: subject.configured.byInstrument[id] ?? null,
      z,
      imbalance: book.imbalance,
      bookStatus: book.status,
      bestBid: book.bids[0]?.[0] ?? null,
      bestAsk: book.asks[0]?.[0] ?? null,
      outcome,
      sentence,
      position: positions[id] ?? null,
    }
  })
}

function snapshotView(subject: ControlSubject) {
  const { projection } = subject
  const now = projection.asOf(subject.now())
  const read = (key: 'state' | 'orders' | 'journal') => projection.read(key, 0, now, nobody)
  const { items } = read('orders') as { readonly items: readonly { readonly isOpen: boolean }[] }
  return {
    time: new Date(now / 1000).toISOString(),
    state: read('state'),
    coins: coinViews(subject),
    openOrders: items.filter(({ isOpen }) => isOpen),
    journal: read('journal'),
  }
}

/** The server's part of the health view, which no request reads. */
const nobody: ServerHealth = {
  clients: 0,
  memoryMegabytes: 0,
  eventLoopLagMs: 0,
  uptimeSeconds: 0,
}
