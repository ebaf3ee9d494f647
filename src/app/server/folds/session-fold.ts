import type { EffectOf, EventOf, OperatorCommand } from '../../../core/mod.ts'
import { breakerText } from '../gates.ts'

type Tripped = EffectOf<'breakerTripped'>

/** Why a breaker tripped and what that does, without the final stop. */
export const tripText = ({ breaker, value, limit, halt }: Tripped): string =>
  breakerText(breaker, value, limit, halt)

/** Session facts and the engine's state as it follows from events and effects. */
export class SessionFold {
  started: EventOf<'sessionStarted'> | null = null
  reconciledTime: number | null = null
  reconciledText = ''
  stopping: string | null = null
  paused: { readonly by: string; readonly reason: string } | null = null
  /** Breakers that are tripped, in the order of tripping. */
  readonly trips: Tripped[] = []
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

  onBreaker(tripped: Tripped): void {
    this.onRearmed(tripped.breaker)
    this.trips.push(tripped)
    if (tripped.action === 'flatten') this.isFlattening = true
  }

  onRearmed(breaker: string): void {
    const at = this.trips.findIndex((one) => one.breaker === breaker)
    if (at >= 0) this.trips.splice(at, 1)
  }

  /** Advances now. */
  advance(time: number): void {
    this.time = time
  }

  get haltText(): string {
    return this.trips.map(tripText).join('; ')
  }

  #onCommand(command: OperatorCommand, by: string, reason: string): void {
    switch (command.kind) {
      case 'pause':
        this.paused = { by, reason }
        return
      case 'resume':
        this.paused = null
        this.trips.length = 0
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
      case 'haltUntil':
      case 'setHaltWindows':
      case 'cancelAll':
      case 'acceptDifference':
        return
    }
  }
}
