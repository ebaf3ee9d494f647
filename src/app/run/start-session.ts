import { type AdapterEnvironment, AdapterError } from '../../adapters/mod.ts'

/** The time until a session is up. */
export interface Start {
  /** The work, or the first failure that makes it pointless; from its success on the session is up. */
  readonly race: <Value>(work: () => Promise<Value>) => Promise<Value>
  /** Tries again, with growing pauses, what a venue's hiccup made fail. */
  readonly retrying: <Value>(body: () => Promise<Value>) => Promise<Value>
  /** A failure of the session: ends the start, or goes to `failed` once the session is up. */
  readonly failed: (error: unknown) => void
}

const ATTEMPTS = 6

/** Watches over the start of a session until its last race is won. */
export function createStart(parts: {
  readonly environment: AdapterEnvironment
  readonly failed: (error: unknown) => void
  readonly abandoned?: readonly Promise<never>[]
}): Start {
  const { environment } = parts
  let isStarting = false
  let isOver = false
  let giveUp: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  // Outside a race a failure goes to its owner; here it must not count as forgotten.
  failure.catch(() => {})
  const obstacles = [failure, ...(parts.abandoned ?? [])]
  return {
    async race(work) {
      isStarting = true
      try {
        return await Promise.race([work(), ...obstacles])
      } catch (error) {
        isOver = true
        throw error
      } finally {
        isStarting = false
      }
    },
    async retrying(body) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await body()
        } catch (error) {
          const mayRetry = error instanceof AdapterError && error.disposition !== 'fatal'
          if (!mayRetry || isOver || attempt === ATTEMPTS) throw error
        }
        await new Promise<void>((resolve) => {
          environment.setTimer(resolve, 250 * 2 ** attempt)
        })
        if (isOver) throw new AdapterError('VENUE_STOPPED', 'the start was given up', 'fatal')
      }
    },
    failed: (error) => (isStarting ? giveUp(error) : parts.failed(error)),
  }
}
