import { afterEach, describe, expect, it } from 'vitest'
import { createEnding } from './session-end.ts'

/** Calls the handler the ending has put on a process event last. */
const raise = (event: string, ...details: unknown[]): void => {
  const handler = process.listeners(event as 'SIGHUP').at(-1) as (...given: unknown[]) => void
  handler(...details)
}

afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    for (const listener of process.listeners(signal)) {
      if (String(listener).includes('firstSignal')) process.removeListener(signal, listener)
    }
  }
})

describe('the end of a session', () => {
  it('comes by a signal, whose echo changes nothing', async () => {
    const ending = createEnding()
    raise('SIGHUP')
    raise('SIGHUP')
    expect(await ending.promise).toEqual({ reason: 'interrupted', error: null })
    await expect(ending.interrupted).rejects.toMatchObject({ code: 'ORN-RUN-001', exitCode: 130 })
    expect(ending.fault()).toBeNull()
    ending.release()
  })

  it('comes by a bug anywhere in the process, so that orders are still canceled', async () => {
    const ending = createEnding()
    const bug = new Error('nobody caught me')
    raise('uncaughtException', bug)
    expect(await ending.promise).toEqual({ reason: 'failure', error: bug })
    ending.release()
  })

  it('remembers a failure that comes after it', async () => {
    const ending = createEnding()
    ending.after(1)
    expect(await ending.promise).toEqual({ reason: 'time is up', error: null })
    const late = new Error('disk full')
    ending.fail(late)
    expect(ending.fault()).toBe(late)
    ending.release()
  })

  it('leaves bugs to others once it is over, and signals to nobody', () => {
    const [bugs, signals] = ['uncaughtException', 'SIGHUP'].map((name) =>
      process.listenerCount(name),
    )
    createEnding().release()
    expect(process.listenerCount('uncaughtException')).toBe(bugs)
    expect(process.listenerCount('SIGHUP')).toBe(signals! + 1)
  })
})
