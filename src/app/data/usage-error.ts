import { InputError } from '../../adapters/mod.ts'

/** A mistake in what a data command was asked for (exit code 2). */
export const usageError = (message: string, details: readonly string[]): InputError =>
  new InputError({ code: 'ORN-DATA-030', exitCode: 2, message, details })
