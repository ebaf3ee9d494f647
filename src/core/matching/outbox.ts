import type { Event, EventOf } from '../domain/event.ts'
import type { TimeUs } from '../domain/units.ts'

/** What a venue tells an account. */
export type ReportEvent =
  | EventOf<'orderReported'>
  | EventOf<'executed'>
  | EventOf<'fundingPaid'>
  | EventOf<'sharesSplit'>
  | EventOf<'transferred'>

/** A report without the time at which it can be known. */
export type UndatedReport = {
  [Kind in ReportEvent['kind']]: Omit<EventOf<Kind>, 'receivedTime'>
}[ReportEvent['kind']]

/** A report as plain data: bigints as text. */
export type ReportSnapshot = readonly [report: object, money: string | null]

/** Reports on their way to one account, in the order in which they were written. */
export class Outbox {
  readonly #responseLatencyUs: number
  #reports: ReportEvent[] = []
  #taken = 0
  #lastTime: TimeUs = 0

  constructor(responseLatencyUs: number) {
    this.#responseLatencyUs = responseLatencyUs
  }

  /**
   * Sends a report at `now`. It can be known after the response latency, counted from its venue
   * time, but not before now nor before the report ahead of it.
   */
  send(report: UndatedReport, now: TimeUs): void {
    const arrival = report.venueTime + this.#responseLatencyUs
    this.#lastTime = Math.max(arrival, now, this.#lastTime)
    this.#reports.push({ ...report, receivedTime: this.#lastTime } as ReportEvent)
  }

  /** When the next report can be known; Infinity when there is none. */
  nextTime(): TimeUs {
    return this.#reports[this.#taken]?.receivedTime ?? Number.POSITIVE_INFINITY
  }

  /** Hands over the reports that can be known at `until`. */
  take(until: TimeUs): Event[] {
    let end = this.#taken
    while (end < this.#reports.length && this.#reports[end]!.receivedTime <= until) end++
    const taken = this.#reports.slice(this.#taken, end)
    this.#taken = end
    if (end > 0 && end === this.#reports.length) {
      this.#reports = []
      this.#taken = 0
    }
    return taken
  }

  snapshot(): { readonly lastTime: TimeUs; readonly reports: readonly ReportSnapshot[] } {
    const waiting = this.#reports.slice(this.#taken)
    return { lastTime: this.#lastTime, reports: waiting.map(encode) }
  }

  restore(snapshot: ReturnType<Outbox['snapshot']>): void {
    this.#reports = snapshot.reports.map(decode)
    this.#taken = 0
    this.#lastTime = snapshot.lastTime
  }
}

function encode(report: ReportEvent): ReportSnapshot {
  switch (report.kind) {
    case 'orderReported':
    case 'sharesSplit':
      return [report, null]
    case 'executed': {
      const { fee, assetFee, ...execution } = report.execution
      const numbers = assetFee === undefined ? [fee] : [fee, assetFee]
      return [{ ...report, execution }, numbers.join(' ')]
    }
    case 'fundingPaid':
    case 'transferred': {
      const { amount, ...rest } = report
      return [rest, amount.toString()]
    }
  }
}

function decode([report, money]: ReportSnapshot): ReportEvent {
  const plain = report as ReportEvent
  switch (plain.kind) {
    case 'orderReported':
    case 'sharesSplit':
      return plain
    case 'executed': {
      const [fee, assetFee] = money!.split(' ').map(BigInt)
      const taken = assetFee === undefined ? {} : { assetFee }
      return { ...plain, execution: { ...plain.execution, fee: fee!, ...taken } }
    }
    case 'fundingPaid':
    case 'transferred':
      return { ...plain, amount: BigInt(money!) }
  }
}
