import { createInterface } from 'node:readline/promises'
import { InputError } from '../../adapters/mod.ts'
import { ExitCode } from './exit-code.ts'

/** A person's word for what cannot be taken back; `isGiven` is --yes. Throws InputError (6). */
export async function requireWord(word: string, isGiven: boolean): Promise<void> {
  if (isGiven) return
  if (process.stdin.isTTY !== true) {
    throw refused('Nobody is there to confirm', `type "${word}" at a terminal, or give --yes`)
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl-C and the end of input are no consent either.
  const answer = await new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''))
    lines.once('SIGINT', () => resolve(''))
    void lines.question(`Type "${word}" to go on: `).then(resolve, () => resolve(''))
  })
  lines.close()
  if (answer.trim() !== word) throw refused('Not confirmed', `the word was "${word}"`)
}

const refused = (message: string, fix: string): InputError =>
  new InputError({
    code: 'ORN-LIVE-002',
    exitCode: ExitCode.preflight,
    message: `${message}; nothing was sent`,
    fix,
  })
