import { createHiddenInput } from './hidden-input.ts'

/** Asks at the terminal; what is piped into a session is not for it. */
export async function askPassword(): Promise<string | null> {
  const input = createHiddenInput({ input: process.stdin, output: process.stderr })
  try {
    return input.isTerminal ? await input.ask('Password of the keystore: ') : null
  } finally {
    input.close()
  }
}
