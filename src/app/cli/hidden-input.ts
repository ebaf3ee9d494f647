import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'

/** Where secrets are typed or piped in, and where the prompts go. */
export interface HiddenInputParts {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: NodeJS.WritableStream
}

/** Asks for texts that must not be seen. */
export interface HiddenInput {
  /** True where a person types. */
  readonly isTerminal: boolean
  /** The next line without its end, null when the input is over. Nothing of it is shown. */
  ask(prompt: string): Promise<string | null>
  /** Gives the terminal back. */
  close(): void
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

/**
 * Reads lines without echo from a terminal, and plain lines from a pipe. Ctrl-C ends the process
 * as it would anywhere else.
 */
export function createHiddenInput({ input, output }: HiddenInputParts): HiddenInput {
  const isTerminal = input.isTTY === true
  let lines: Interface | null = null
  let isOver = false
  const waiting: string[] = []
  let asking: ((line: string | null) => void) | null = null
  const deliver = (line: string | null): void => {
    const resolve = asking
    asking = null
    if (resolve !== null) resolve(line)
    else if (line !== null) waiting.push(line)
  }
  const open = (): void => {
    lines = createInterface({ input, output: nowhere(), terminal: isTerminal, historySize: 0 })
    lines.on('line', deliver)
    lines.on('close', () => {
      isOver = true
      deliver(null)
    })
    lines.on('SIGINT', () => {
      lines?.close()
      process.kill(process.pid, 'SIGINT')
    })
  }
  return {
    isTerminal,
    async ask(prompt) {
      if (lines === null) open()
      if (isTerminal) output.write(prompt)
      const line = await new Promise<string | null>((resolve) => {
        const next = waiting.shift()
        if (next !== undefined || isOver) resolve(next ?? null)
        else asking = resolve
      })
      if (isTerminal) output.write('\n')
      return line
    },
    close: () => lines?.close(),
  }
}
