import type { ListOf } from '../protocol.ts'
import { instant } from '../text.ts'
import type { AlertView } from '../views.ts'

const ALERTS_MAX = 500

/** Alerts in the order they were raised. */
export class AlertFold {
  readonly #alerts: AlertView[] = []
  #count = 0

  /** Number of alerts so far; also the revision. */
  get revision(): number {
    return this.#count
  }

  add(time: number, level: AlertView['level'], code: string, text: string): void {
    this.#count++
    this.#alerts.push({ id: this.#count, time: instant(time), level, code, text })
    if (this.#alerts.length > ALERTS_MAX) this.#alerts.shift()
  }

  /** Alerts after `revision`; all that are kept when some of those were forgotten. */
  since(revision: number): ListOf<AlertView> {
    const isPartial = revision > 0 && revision >= this.#count - this.#alerts.length
    return {
      isPartial,
      items: isPartial ? this.#alerts.filter((alert) => alert.id > revision) : [...this.#alerts],
    }
  }
}
