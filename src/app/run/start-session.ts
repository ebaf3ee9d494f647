import { type AdapterEnvironment, AdapterError, InputError } from '../../adapters/mod.ts'
import type { OrderRouter } from './session.ts'

/** The time until a session is up. */
export interface Start {
  /** The work, or the first failure that makes it pointless; from its success on the session is up. */
  readonly race: <Value>(work: () => Promise<Value>) => Promise<Value>
  /** Tries again, with growing pauses, what a venue's hiccup made fail. */
  readonly retrying: <Value>(body: () => Promise<Value>) => Promise<Value>
  /** A failure of the session: ends the start, or goes to `failed` once the session is up. */
  readonly failed: (error: unknown) => void
}

/** Commands that left for the venue, counted. */
export interface SentCommands {
  readonly router: OrderRouter
  orders: number
  cancels: number
}

/** Counts what goes through a router. */
export function countSent(to: OrderRouter): SentCommands {
  const sent: SentCommands = {
    router: {
      submit(order) {
        sent.orders++
        to.submit(order)
      },
      cancel(cancel) {
        sent.cancels++
        to.cancel(cancel)
      },
      ...(to.replace === undefined
        ? {}
        : {
            replace(order, replaced) {
              sent.orders++
              to.replace!(order, replaced)
            },
          }),
      queryOrder: (clientOrderId) => to.queryOrder(clientOrderId),
      queryAccount: (since) => to.queryAccount(since),
    },
    orders: 0,
    cancels: 0,
  }
  return sent
}

/** A person's interruption of a start, with what it has sent and what may be left at the venue. */
export function withTraces(
  error: unknown,
  { orders, cancels }: Pick<SentCommands, 'orders' | 'cancels'>,
  open: number,
): unknown {
  if (!isInterruption(error) || orders + cancels + open === 0) return error
  const details = [
    `sent to the venue before: ${counted(orders, 'order')}, ${counted(cancels, 'cancel')}`,
    open === 0
      ? 'no order of this session is open'
      : `${counted(open, 'order')} may still be open at the venue; --resume finds out`,
  ]
  return interruption(details)
}

/** A person's interruption of a start; by default of one that sent nothing. */
export const interruption = (
  details: readonly string[] = ['no order was sent to the venue'],
): InputError =>
  new InputError({
    code: 'ORN-RUN-001',
    exitCode: 130,
    message: 'Interrupted before the session was up',
    details,
  })

/** True when a person gave the start up. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof InputError && error.code === interruption().code

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

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
