import type { CancelOrder, NewOrder, ReplacedOrder } from '../domain/order.ts'
import type { TimeUs } from '../domain/units.ts'

/** A command on its way to the venue. */
export type Command =
  | {
      readonly kind: 'submit'
      readonly account: number
      readonly arrivalTime: TimeUs
      readonly order: NewOrder
      /** The order whose place it takes; absent for one of its own. */
      readonly replaces?: ReplacedOrder
    }
  | {
      readonly kind: 'cancel'
      readonly account: number
      readonly arrivalTime: TimeUs
      readonly cancel: CancelOrder
    }

/** Inserts a command by arrival time, after those that arrive at the same time. */
export function enqueue(pending: Command[], command: Command): void {
  let at = pending.length
  while (at > 0 && pending[at - 1]!.arrivalTime > command.arrivalTime) at--
  pending.splice(at, 0, command)
}
