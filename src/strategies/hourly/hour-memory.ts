import { hourOfDay, RiskModel, TrailingHours } from '../../core/mod.ts'
import type { HourFacts, HourSource } from './ports.ts'
import type { HourlySettings } from './settings.ts'

/**
 * What the strategy has learnt of all hours up to one: covariance, usual volumes, volatilities. It
 * is no state of its own: after a restart it is learnt again from the source.
 */
export class HourMemory {
  readonly risk: RiskModel
  readonly trailing: TrailingHours
  readonly #source: HourSource
  readonly #splitFactor: Float64Array
  #learnt = -1

  constructor(source: HourSource, settings: HourlySettings) {
    const { names, sectors } = source
    this.#source = source
    this.risk = new RiskModel({ names, sectors, ...settings.risk })
    this.trailing = new TrailingHours({ names, ...settings.costs })
    this.#splitFactor = new Float64Array(names).fill(1)
  }

  /** Learns every hour up to this one; returns what this one told. */
  learn(bar: number): HourFacts {
    let facts = this.#source.facts(bar)
    for (let next = this.#learnt + 1; next <= bar; next++) {
      facts = this.#source.facts(next)
      this.#take(next, facts)
    }
    this.#learnt = Math.max(this.#learnt, bar)
    return facts
  }

  #take(bar: number, facts: HourFacts): void {
    const hour = hourOfDay(this.#source.openTime(bar))
    const { close, volume, splitFactor } = facts
    for (let name = 0; name < this.#source.names; name++) {
      const ratio = splitFactor[name]! / this.#splitFactor[name]!
      if (ratio !== 1 && ratio > 0) {
        this.trailing.split(name, ratio)
        this.#splitFactor[name] = splitFactor[name]!
      }
      if (close[name]! > 0) this.trailing.learn(name, hour, volume[name]!, close[name]!)
    }
    this.risk.learn(facts.totalReturn, facts.sector, facts.isMember)
  }
}
