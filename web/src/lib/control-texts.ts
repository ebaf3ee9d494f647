import type { ControlKind } from './protocol.ts'

/** Words of an operator command, in the bar and in its sheet. */
export interface ControlText {
  readonly label: string
  readonly hint: string
  readonly title: string
  readonly verb: string
  readonly isDestructive: boolean
  /** Reasons to pick from; any text may be written instead. */
  readonly reasons: readonly string[]
}

/** Words of the commands. */
export const controlTexts: Readonly<Record<ControlKind, ControlText>> = {
  pause: {
    label: 'Pause',
    hint: 'No new entries; exits and stops go on',
    title: 'Pause entries',
    verb: 'Pause entries',
    isDestructive: false,
    reasons: ['scheduled news', 'looking at something odd', 'end of my watch'],
  },
  resume: {
    label: 'Resume',
    hint: 'Entries are allowed again',
    title: 'Resume entries',
    verb: 'Resume entries',
    isDestructive: false,
    reasons: ['news is over', 'looked at it, all is well', 'start of my watch'],
  },
  cancelAll: {
    label: 'Cancel all',
    hint: 'Cancels every open order, keeps positions',
    title: 'Cancel all orders',
    verb: 'Cancel all orders',
    isDestructive: true,
    reasons: ['venue trouble', 'wrong parameters', 'maintenance'],
  },
  flatten: {
    label: 'Flatten',
    hint: 'Closes every position at the market and pauses',
    title: 'Flatten everything',
    verb: 'Flatten everything',
    isDestructive: true,
    reasons: ['risk off', 'venue trouble', 'end of the session'],
  },
  acceptDifference: {
    label: 'Take over',
    hint: "Takes the venue's position over and trades on",
    title: "Take over the venue's position",
    verb: 'Take over',
    isDestructive: false,
    reasons: ['traded by hand', 'liquidated by the venue', 'checked at the venue'],
  },
}
