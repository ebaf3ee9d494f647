import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createHiddenInput } from './hidden-input.ts'

/** A terminal that records what is shown, and whether it echoes by itself. */
function stage(isTTY: boolean) {
  let shown = ''
  const modes: boolean[] = []
  const setRawMode = (isRaw: boolean) => modes.push(isRaw)
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode })
  const output = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk)
      done()
    },
  })
  return { input, hidden: createHiddenInput({ input, output }), modes, shown: () => shown }
}

describe('hidden input', () => {
  it('shows the prompt and nothing of what is typed, corrections included', async () => {
    const { input, hidden, modes, shown } = stage(true)
    const answer = hidden.ask('Password: ')
    input.write('correct horsf')
    input.write('\u007f')
    input.write('e\r')
    expect(await answer).toBe('correct horse')
    const second = hidden.ask('Value: ')
    input.write('0xabc\r')
    expect(await second).toBe('0xabc')
    hidden.close()
    expect(shown()).toBe('Password: \nValue: \n')
    // The terminal does not echo while it is in raw mode.
    expect([modes[0], modes.at(-1)]).toEqual([true, false])
  })

  it('reads piped lines in order, however they arrive, and says when there are no more', async () => {
    const { input, hidden, shown } = stage(false)
    input.end('first\r\nsecond')
    expect(await hidden.ask('Password: ')).toBe('first')
    expect(await hidden.ask('Value: ')).toBe('second')
    expect(await hidden.ask('More: ')).toBeNull()
    expect(shown()).toBe('')
  })
})
