import { isClosed } from '../domain/order.ts'
import type { OrderRecord } from '../execution/order-store.ts'
import { emit, type World } from './world.ts'

/** An order asked about by the comparison has been answered when it is neither new nor unknown. */
export function settlePending(world: World, record: OrderRecord): void {
  const { reconcile } = world
  const at = reconcile.pending.indexOf(record.order.clientOrderId)
  if (at < 0) return
  if (!isClosed(record.state) && record.state !== 'open') return
  reconcile.pending.splice(at, 1)
  finishIfSettled(world)
}

/** Says that the account is reconciled, once nothing that was asked for is open. */
export function finishIfSettled(world: World): void {
  const { reconcile } = world
  if (reconcile.done || reconcile.pending.length > 0) return
  reconcile.done = true
  emit(world, {
    kind: 'reconciled',
    clean: reconcile.differences === 0,
    differences: reconcile.differences,
  })
}
