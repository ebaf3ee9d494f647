/** Raised when the program's own reasoning is wrong. Never caught to continue: journal and stop. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure'
}

/** States what must hold. Throws {@link AssertionFailure} with `message` when it does not. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message)
}

/** Ends an exhaustive switch: reaching it at run time is a bug. */
export function unreachable(value: never, what: string): never {
  throw new AssertionFailure(`${what}: unexpected ${JSON.stringify(value)}`)
}
