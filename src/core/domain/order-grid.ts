import type { OrderEvidence, OrderState } from './order.ts'

/** Evidence the grid knows: a report, a fill (partial or completing), or a cancel we sent. */
export type GridEvidence = OrderEvidence | 'partialFill' | 'lastFill' | 'cancelSent'

/** What the order becomes, and whether the evidence is normal, late (harmless) or contradictory. */
export interface GridCell {
  readonly next: OrderState
  readonly verdict: 'normal' | 'late' | 'contradiction'
}

const n = (next: OrderState): GridCell => ({ next, verdict: 'normal' })
const l = (next: OrderState): GridCell => ({ next, verdict: 'late' })
const x = (next: OrderState): GridCell => ({ next, verdict: 'contradiction' })

/**
 * Order state x evidence, every cell explicit.
 * Fills are always counted, whatever the state. `unknown` never turns into `rejected` or `canceled`
 * without the venue's word. A closed order never opens again; contradictions ask for a query.
 */
export const orderGrid: Record<OrderState, Record<GridEvidence, GridCell>> = {
  inFlight: {
    accepted: n('open'),
    rejected: n('rejected'),
    canceled: n('canceled'),
    expired: n('expired'),
    cancelRejected: x('inFlight'),
    unknown: n('unknown'),
    notFound: l('inFlight'),
    filled: n('open'),
    partialFill: n('open'),
    lastFill: n('filled'),
    cancelSent: x('inFlight'),
  },
  unknown: {
    accepted: n('open'),
    rejected: n('rejected'),
    canceled: n('canceled'),
    expired: n('expired'),
    cancelRejected: l('unknown'),
    unknown: l('unknown'),
    notFound: n('rejected'),
    filled: n('open'),
    partialFill: n('open'),
    lastFill: n('filled'),
    cancelSent: n('unknown'),
  },
  open: {
    accepted: l('open'),
    rejected: x('unknown'),
    canceled: n('canceled'),
    expired: n('expired'),
    cancelRejected: x('open'),
    unknown: l('open'),
    notFound: x('unknown'),
    filled: n('open'),
    partialFill: n('open'),
    lastFill: n('filled'),
    cancelSent: n('pendingCancel'),
  },
  pendingCancel: {
    accepted: l('pendingCancel'),
    rejected: x('unknown'),
    canceled: n('canceled'),
    expired: n('expired'),
    cancelRejected: n('open'),
    unknown: n('unknown'),
    notFound: x('unknown'),
    filled: n('pendingCancel'),
    partialFill: n('pendingCancel'),
    lastFill: n('filled'),
    cancelSent: l('pendingCancel'),
  },
  filled: {
    accepted: l('filled'),
    rejected: x('filled'),
    canceled: x('filled'),
    expired: x('filled'),
    cancelRejected: l('filled'),
    unknown: l('filled'),
    notFound: x('filled'),
    filled: l('filled'),
    partialFill: x('filled'),
    lastFill: x('filled'),
    cancelSent: x('filled'),
  },
  canceled: {
    accepted: l('canceled'),
    rejected: x('canceled'),
    canceled: l('canceled'),
    expired: l('canceled'),
    cancelRejected: l('canceled'),
    unknown: l('canceled'),
    notFound: l('canceled'),
    filled: x('canceled'),
    partialFill: l('canceled'),
    lastFill: l('filled'),
    cancelSent: x('canceled'),
  },
  rejected: {
    accepted: x('open'),
    rejected: l('rejected'),
    canceled: l('rejected'),
    expired: l('rejected'),
    cancelRejected: l('rejected'),
    unknown: l('rejected'),
    notFound: l('rejected'),
    filled: x('open'),
    partialFill: x('open'),
    lastFill: x('filled'),
    cancelSent: x('rejected'),
  },
  expired: {
    accepted: l('expired'),
    rejected: x('expired'),
    canceled: l('expired'),
    expired: l('expired'),
    cancelRejected: l('expired'),
    unknown: l('expired'),
    notFound: l('expired'),
    filled: x('expired'),
    partialFill: l('expired'),
    lastFill: l('filled'),
    cancelSent: x('expired'),
  },
}
