import type { EventOf, OperatorCommand } from '../../../core/mod.ts'
import { breakerText } from '../gates.ts'

const DAY_US = 86_400_000_000

/** Session facts and the engine's state as it follows from events and effects. */
export class SessionFold {
  started: EventOf<'sessionStarted'> | null = null
  reconciledTime: number | null = null
  reconciledText = ''
  stopping: string | null = null
  paused: { readonly by: string; readonly reason: string } | null = null
  halted: { breaker: string; value: number; limit: number; time: number } | null = null
  isFlattening = false
  /** Numbers of the strategy that operators changed, by instrument. */
  readonly changed: Record<string, number>[] = []
  events = 0
  /** The core's now. */
  time: number | null = null

  onSessionStarted(event: EventOf<'sessionStarted'>): void {
    this.started = event
    this.reconciledTime = null
    this.stopping = null
    // The core lets go of the pause that its own shutdown made, and of no other.
    if (event.resumed && this.paused?.by === 'the session') this.paused = null
  }

  onReconciled(time: number, clean: boolean, differences: number): void {
    this.reconciledTime = time
    this.reconciledText = clean ? 'clean' : `${differences} differences`
  }

  onStopping(reason: string): void {
    this.stopping = reason
    this.paused ??= { by: 'the session', reason }
  }

  onStrategyFailure(reason: string): void {
    this.paused = { by: 'the core', reason }
  }

  onOperator(event: EventOf<'operatorCommanded'>): void {
    this.#onCommand(event.command, event.actor, event.reason)
  }

  onBreaker(breaker: string, value: number, limit: number, time: number): void {
    this.halted = { breaker, value, limit, time }
  }

  /** Advances now; a breaker re-arms with the next trading day. */
  advance(time: number): void {
    this.time = time
    if (this.halted === null) return
    if (Math.floor(time / DAY_US) !== Math.floor(this.halted.time / DAY_US)) this.halted = null
  }

  get haltText(): string {
    const { halted } = this
    if (halted === null) return ''
    return breakerText(halted.breaker, halted.value, halted.limit)
  }

  #onCommand(command: OperatorCommand, by: string, reason: string): void {
    switch (command.kind) {
      case 'pause':
        this.paused = { by, reason }
        return
      case 'resume':
        this.paused = null
        this.halted = null
        this.isFlattening = false
        return
      case 'flatten':
        this.paused = { by, reason }
        this.isFlattening = true
        return
      case 'setParameter':
        this.changed[command.instrument] = {
          ...this.changed[command.instrument],
          [command.key]: command.value,
        }
        return
      case 'cancelAll':
      case 'acceptDifference':
        return
    }
  }
}
