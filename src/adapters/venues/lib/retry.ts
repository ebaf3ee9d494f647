import type { TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import type { AdapterEnvironment } from '../port.ts'

const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 8_000

/**
 * Repeats a question that changes nothing at the venue until it is answered, waiting longer each
 * time. Throws what it threw last when that is fatal, or when `deadline` would pass before the next
 * attempt. Never for commands.
 */
export async function retryQuery<Answer>(
  environment: AdapterEnvironment,
  deadline: TimeUs,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LAST_WAIT_MS, 2 * waitMs)) {
    try {
      return await ask()
    } catch (error) {
      const isFinal =
        !(error instanceof AdapterError) ||
        error.disposition === 'fatal' ||
        error.code === 'VENUE_STOPPED' ||
        environment.now() + waitMs * 1000 > deadline
      if (isFinal) throw error
      await new Promise<void>((resolve) => {
        environment.setTimer(resolve, waitMs)
      })
    }
  }
}
