import type { EventOf } from '../domain/event.ts'
import { updateBreakers } from '../risk/breakers.ts'
import type { RiskContext } from '../risk/gate.ts'
import { noteClose } from '../risk/regime.ts'
import { heldExposure } from './risk-context.ts'
import { cancelEverything } from './works.ts'
import { emit, type World } from './world.ts'

/**
 * Trips what is due and lets go of what is over, with what each policy says a trip does. Nothing
 * while the account is not reconciled: its equity is not known then, and new risk is denied anyway.
 */
export function watchBreakers(world: World, gate: RiskContext): void {
  if (!world.reconcile.done) return
  const reading = { equity: world.equity, ...heldExposure(world) }
  for (const change of updateBreakers(world.risk, world.config.limits, reading, world.now)) {
    const { kind, breaker } = change
    if (kind === 'rearmed') {
      emit(world, { kind: 'breakerRearmed', breaker, by: change.by })
      continue
    }
    const { value, limit, action, halt } = change
    const why = halt === undefined ? {} : { halt }
    emit(world, { kind: 'breakerTripped', breaker, value, limit, action, ...why })
    if (action === 'exitsOnly') continue
    cancelEverything(world, gate, { reason: breaker, exits: false })
    if (action === 'flatten') world.flattening = true
  }
}

/** Gives the finished bars of history to the regime breaker. */
export function noteSeeds(world: World, { instrument, bars }: EventOf<'barsSeeded'>): void {
  const { regime } = world.config.limits
  for (const { openTime, close } of bars) {
    const closeTime = openTime + world.config.signal.intervalUs
    // As the signal counts: half quanta.
    if (closeTime <= world.now) {
      noteClose(world.risk, regime, { instrument, closeTime, close: 2 * close })
    }
  }
}

/** Gives the bar that just closed to the regime breaker. */
export function noteBar(world: World, instrument: number): void {
  const { bar } = world.signals[instrument]!
  const { regime } = world.config.limits
  if (bar === null || regime === null || regime === undefined) return
  const { closeTime, close } = bar
  noteClose(world.risk, regime, { instrument, closeTime, close })
}
