import type { RiskContext } from '../risk/gate.ts'
import { nearestRule } from '../rules/dated-rule.ts'
import { marginRule } from '../rules/margin.ts'
import { newYorkDay } from '../rules/sell-fees.ts'
import { type MarkedPosition, requirementOf } from '../shares/buying-power.ts'
import { mark } from './risk-context.ts'
import { cancelEverything, takeIntent } from './works.ts'
import { emit, type World } from './world.ts'

const REASON = 'margin call'

/**
 * Where the equity is below the maintenance margin: entries end, and positions are left, the one
 * that needs most margin first, until what stays needs no more than there is. Nothing while the
 * account is not reconciled. Counted once until the account has enough again.
 */
export function watchMargin(world: World, gate: RiskContext): void {
  const { shares: state, config, reconcile } = world
  const rules = config.shares
  if (state === null || rules === undefined || rules.account === 'cash' || !rules.hasMargin) return
  if (!reconcile.done) return
  if (!isAnythingHeld(world)) {
    state.isCalled = false
    return
  }
  const rule = nearestRule(marginRule, newYorkDay(world.now))
  const needs = heldPositions(world).map((position) => ({
    id: position.instrument.id,
    margin: requirementOf(position, 'maintenance', rule),
  }))
  let needed = needs.reduce((sum, { margin }) => sum + margin, 0)
  if (needed <= world.equity) {
    state.isCalled = false
    return
  }
  if (!state.isCalled) {
    state.isCalled = true
    state.marginCalls++
    const text = `positions need ${needed.toFixed(2)}, the equity is ${world.equity.toFixed(2)}`
    emit(world, { kind: 'alert', level: 'critical', code: 'MARGIN_CALL', text })
  }
  cancelEverything(world, gate, { reason: REASON, exits: false })
  const isLeaving = (id: number): boolean => {
    const work = world.works[id]
    return work?.kind === 'exit' && work.isPartial !== true
  }
  for (const { id, margin } of needs) if (isLeaving(id)) needed -= margin
  const staying = needs.filter(({ id }) => !isLeaving(id))
  for (const { id, margin } of staying.sort((a, b) => b.margin - a.margin || a.id - b.id)) {
    if (needed <= world.equity) return
    takeIntent(world, gate, { kind: 'exit', instrument: id, urgency: 'aggressive', reason: REASON })
    needed -= margin
  }
}

/** Mostly nothing is, or nothing moved: heartbeats are many. */
function isAnythingHeld({ config, ledger }: World): boolean {
  for (const { id } of config.instruments) if (ledger.position(id).quantity !== 0) return true
  return false
}

function heldPositions(world: World): readonly MarkedPosition[] {
  return world.config.instruments.flatMap((instrument) => {
    const lots = world.ledger.position(instrument.id).quantity
    const half = mark(world, instrument.id)
    return lots === 0 ? [] : [{ instrument, lots, mark: Math.max(0, half / 2) }]
  })
}
