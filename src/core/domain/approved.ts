declare const approved: unique symbol

/**
 * A command that passed the risk gate. Only `risk/gate.ts` makes one (a tidy test bans the cast
 * elsewhere), and venues accept nothing else, so skipping the gate does not compile.
 */
export type Approved<Command> = Command & { readonly [approved]: true }
