import { AdapterError } from '../../adapters/mod.ts'

/** Watches over a simulated venue that a session depends on. */
export interface VenueFate {
  /** Rejects when the venue ends before the session is up. */
  readonly ended: Promise<never>
  /** Set once it is up: from then on the venue's end is a failure. */
  isUp: boolean
  died(text: string): void
}

/** What the venue's end means: it ends the start, and later the session. */
export function watchVenue(failed: (error: unknown) => void): VenueFate {
  let giveUp: (error: unknown) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  // Also when it ends while nobody waits for it.
  ended.catch(() => {})
  const fate = {
    ended,
    isUp: false,
    died(text: string) {
      const error = new AdapterError('VENUE_ENDED', text, 'unknown')
      if (fate.isUp) failed(error)
      else giveUp(error)
    },
  }
  return fate
}
