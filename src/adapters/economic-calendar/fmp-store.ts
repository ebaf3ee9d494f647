import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { economicKinds, type TimeUs } from '../../core/mod.ts'
import { writeFileAtomically } from '../store/atomic-file.ts'

const DAY_US = 86_400_000_000

const stateSchema = z.strictObject({
  schema: z.literal('ornstein.economic-calendar/1'),
  /** Requests sent on a day of UTC (days since 1970). */
  requests: z.strictObject({ day: z.number().int(), count: z.number().int().min(0) }),
  cache: z
    .strictObject({
      /** Where it was asked for. */
      url: z.string(),
      fetchedTime: z.number().int(),
      from: z.number().int(),
      until: z.number().int(),
      events: z.array(z.strictObject({ kind: z.enum(economicKinds), time: z.number().int() })),
    })
    .nullable(),
})

type State = z.infer<typeof stateSchema>

/** The last answer of a provider, as it is kept on disk. Times in us. */
export type CachedCalendar = NonNullable<State['cache']>

const EMPTY: State = {
  schema: 'ornstein.economic-calendar/1',
  requests: { day: 0, count: 0 },
  cache: null,
}

/** What is kept of a provider between sessions: the requests of the day, and its last answer. */
export class FmpStore {
  readonly path: string
  /** True when the file was there and could not be used: what it held is lost. */
  isDamaged = false

  constructor(path: string) {
    this.path = path
  }

  /** The last answer from an address, however old; null without one. */
  cache(url: string): CachedCalendar | null {
    const { cache } = this.#read()
    return cache?.url === url ? cache : null
  }

  /** Requests already counted on the day of an instant. */
  requestsOn(time: TimeUs): number {
    const { requests } = this.#read()
    return requests.day === Math.floor(time / DAY_US) ? requests.count : 0
  }

  /** Counts a request before it is sent. Throws the system's error when it cannot be kept. */
  countRequest(time: TimeUs): void {
    const requests = { day: Math.floor(time / DAY_US), count: this.requestsOn(time) + 1 }
    this.#write({ ...this.#read(), requests })
  }

  keep(cache: CachedCalendar): void {
    this.#write({ ...this.#read(), cache })
  }

  #read(): State {
    let text: string
    try {
      text = readFileSync(this.path, 'utf8')
    } catch {
      return EMPTY
    }
    try {
      return stateSchema.parse(JSON.parse(text))
    } catch {
      this.isDamaged = true
      return EMPTY
    }
  }

  #write(state: State): void {
    writeFileAtomically(this.path, JSON.stringify(state))
  }
}
