import type { Effect, Event, OperatorCommand } from '../../../core/mod.ts'
import { instant, instantOrNull, orderLabel } from '../text.ts'
import type { JournalView } from '../views.ts'

const RECENT_MAX = 60

/** Where the journal stands after a commit. */
export interface JournalHead {
  readonly sequence: number
  /** Hex of the hash chain's head. */
  readonly head: string
  /** Real time of the commit, us. */
  readonly committedTime: number
  readonly path: string
}

/** Position of the journal and its last entries. */
export class JournalFold {
  #head: JournalHead | null = null
  #sequence = 0
  readonly #recent: { sequence: number; time: string; kind: string; text: string }[] = []

  onHead(head: JournalHead): void {
    this.#head = head
    this.#sequence = Math.max(this.#sequence, head.sequence)
  }

  onEvent(event: Event, sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence)
    if (event.kind === 'heartbeat') return
    this.#push(sequence, event.receivedTime, event.kind, eventText(event))
  }

  onEffect(effect: Effect, sequence: number, time: number): void {
    this.#sequence = Math.max(this.#sequence, sequence)
    this.#push(sequence, time, effect.kind, effectText(effect))
  }

  view(): JournalView {
    return {
      sequence: this.#sequence,
      head: this.#head?.head ?? null,
      committedTime: instantOrNull(this.#head?.committedTime ?? null),
      path: this.#head?.path ?? null,
      recent: this.#recent.slice(),
    }
  }

  #push(sequence: number, time: number, kind: string, text: string): void {
    this.#recent.unshift({ sequence, time: instant(time), kind, text })
    if (this.#recent.length > RECENT_MAX) this.#recent.pop()
  }
}

function eventText(event: Event): string {
  switch (event.kind) {
    case 'sessionStarted':
      return `${event.mode} ${event.sessionId}${event.resumed ? ', resumed' : ''}`
    case 'streamStatus':
      return `${event.stream} ${event.status}`
    case 'barsSeeded':
      return `${event.bars.length} bars`
    case 'orderReported':
      return `order ${orderLabel(event.report.clientOrderId)} ${event.report.evidence}`
    case 'executed':
      return `${event.execution.side}, execution ${event.execution.executionId}`
    case 'accountReported': {
      const { positions, openOrders } = event.account
      return `${positions.length} positions, ${openOrders.length} orders`
    }
    case 'accountQueryFailed':
      return event.text
    case 'fundingPaid':
      return event.fundingId
    case 'sharesSplit':
      return event.splitId
    case 'transferred':
      return event.transferId
    case 'operatorCommanded':
      return `${commandText(event.command)} by ${event.actor}: ${event.reason}`
    case 'fellBehind':
      return `${event.lagUs} us`
    case 'sessionStopping':
      return event.reason
    case 'heartbeat':
      return ''
  }
}

const commandText = (command: OperatorCommand): string =>
  command.kind === 'setParameter'
    ? `${command.key} of instrument ${command.instrument} = ${command.value}`
    : command.kind

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'submitOrder':
      return effect.replaces === undefined
        ? `order ${orderLabel(effect.order.clientOrderId)}, ${effect.order.side}`
        : `order ${orderLabel(effect.order.clientOrderId)}, ${effect.order.side}, in place of ${orderLabel(effect.replaces.clientOrderId)}`
    case 'orderShadowed':
      return `order ${orderLabel(effect.order.clientOrderId)}, ${effect.order.side}`
    case 'shadowExecuted':
      return `order ${orderLabel(effect.execution.clientOrderId ?? '')}`
    case 'cancelOrder':
      return `order ${orderLabel(effect.cancel.clientOrderId)}`
    case 'queryOrder':
      return `order ${orderLabel(effect.clientOrderId)}`
    case 'queryAccount':
      return ''
    case 'orderDenied':
      return `${effect.denial.code} ${effect.order.side}`
    case 'evaluated':
      return effect.outcome
    case 'differenceFound':
      return effect.reason
    case 'reconciled':
      return effect.clean ? 'clean' : `${effect.differences} differences`
    case 'breakerTripped':
    case 'breakerRearmed':
      return effect.breaker
    case 'alert':
      return effect.code
  }
}
