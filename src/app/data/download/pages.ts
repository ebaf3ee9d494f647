import type { DownloadHeader } from '../../../adapters/mod.ts'
import type { DownloadEnvironment } from './environment.ts'

/** What a venue's page reader works with. */
export interface PageInput {
  readonly environment: DownloadEnvironment
  readonly baseUrl: string
  readonly header: DownloadHeader
  /** The last item of an earlier run, to go on from; null at the start. */
  readonly last: unknown
  /** Waits so that a request of this weight stays below the venue's limit. */
  pace(weight: number): Promise<void>
}

/** A venue's history: which kinds, from where, and its items page by page in order of time. */
export interface HistorySource {
  readonly baseUrl: string
  readonly kinds: readonly DownloadHeader['kind'][]
  /** Bar lengths by name, us. */
  readonly intervals: Readonly<Record<string, number>>
  /** Weight the venue grants in a minute, and of it what we use at most. */
  readonly weightPerMinute: number
  pages(input: PageInput): AsyncGenerator<readonly unknown[]>
}

const MINUTE_US = 60_000_000

/** Lengths of bars by the names venues share. */
export const commonIntervals: Readonly<Record<string, number>> = {
  '1m': MINUTE_US,
  '5m': 5 * MINUTE_US,
  '15m': 15 * MINUTE_US,
  '1h': 60 * MINUTE_US,
  '1d': 1440 * MINUTE_US,
}

/** Spends weight evenly: each request waits until what came before it is paid for. */
export function createPacer(
  environment: DownloadEnvironment,
  weightPerMinute: number,
): (weight: number) => Promise<void> {
  let free = environment.now()
  return async (weight) => {
    const wait = free - environment.now()
    if (wait > 0) await environment.sleep(wait / 1000)
    free = Math.max(free, environment.now()) + (weight / weightPerMinute) * MINUTE_US
  }
}

/** Name of a bar's length; every header was made from one of the names. */
export const intervalName = (source: Pick<HistorySource, 'intervals'>, us: number): string =>
  Object.entries(source.intervals).find(([, length]) => length === us)![0]
