import type {
  GateReading,
  Instrument,
  Intent,
  SeedBar,
  StrategyOutput,
  StrategyView,
} from '../../core/mod.ts'
import { quantity } from '../../core/mod.ts'

/** Length of a bar on the stage, us. */
export const MINUTE = 60_000_000

/** A perpetual with prices in hundredths and lots of a thousandth. */
export const stageInstrument = (id: number, change: Partial<Instrument> = {}): Instrument => ({
  id,
  venue: 'test',
  symbol: `I${id}`,
  kind: 'perpetual',
  quoteCurrency: 'USD',
  baseCurrency: `I${id}`,
  priceDecimals: 2,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
  longOnly: false,
  maximumLeverage: 10,
  ...change,
})

/** What a scripted view answers of one instrument; prices in quanta. */
export interface StageLeg {
  mid: number
  count: number
  openTime: number
  position: number
  entryPrice: number | null
  entryTime: number | null
  working: 'entry' | 'exit' | null
  isFresh: boolean
  fundingE9: number | null
}

/** A world that a test moves by hand, and what strategies asked of it. */
export class Stage {
  now = 1_767_571_200_000_000
  equity = 10_000
  readonly instruments: readonly Instrument[]
  readonly legs: StageLeg[]
  readonly view: StrategyView
  readonly output: StrategyOutput
  intents: Intent[] = []
  outcomes: string[] = []
  gates: readonly GateReading[] = []

  constructor(instruments: readonly Instrument[]) {
    this.instruments = instruments
    this.legs = instruments.map(() => ({
      ...{ mid: 10_000, count: 0, openTime: 0, position: 0, entryPrice: null, entryTime: null },
      ...{ working: null, isFresh: true, fundingE9: 0 },
    }))
    const stage = this
    const leg = (id: number): StageLeg => this.legs[id]!
    this.view = {
      get now() {
        return stage.now
      },
      get equity() {
        return stage.equity
      },
      instruments,
      instrument: (id) => instruments[id]!,
      bestBid: (id) => leg(id).mid - 0.5,
      bestAsk: (id) => leg(id).mid + 0.5,
      imbalance: () => 0,
      bookAge: () => 0,
      isBookFresh: (id) => leg(id).isFresh,
      bar: (id) => this.#bar(leg(id)),
      zScore: () => null,
      rollingMean: () => null,
      rollingDeviation: () => null,
      trendAverage: () => null,
      warmth: () => ({ have: 0, need: 1 }),
      position: (id) => leg(id).position as never,
      averageEntryPrice: (id) => leg(id).entryPrice,
      entryTime: (id) => leg(id).entryTime,
      isWorking: (id) => leg(id).working,
      fundingRateE9: (id) => leg(id).fundingE9,
    }
    this.output = {
      keeps: () => true,
      intent: (intent) => this.intents.push(intent),
      evaluated: (_id, outcome, gates) => {
        this.outcomes.push(outcome)
        this.gates = gates
      },
    }
  }

  /** Forgets what was asked so far. */
  clear(): void {
    this.intents = []
    this.outcomes = []
    this.gates = []
  }

  /** Closes a bar at this mid (quanta); the strategy is still to be told. */
  close(id: number, mid: number): void {
    const leg = this.legs[id]!
    leg.mid = mid
    leg.count++
    leg.openTime = this.now
  }

  /** Lets a bar's time pass. */
  pass(us = MINUTE): void {
    this.now += us
  }

  /** What is held since now. */
  hold(id: number, position: number): void {
    const leg = this.legs[id]!
    leg.position = position
    leg.entryPrice = position === 0 ? null : leg.mid
    leg.entryTime = position === 0 ? null : this.now
    leg.working = null
  }

  #bar({ count, openTime, mid }: StageLeg) {
    if (count === 0) return null
    const closeTime = openTime + MINUTE
    return { count, openTime, closeTime, knownTime: closeTime, close: 2 * mid, gapBars: 0 }
  }
}

/** A bar of history. */
export const seedBar = (openTime: number, close: number): SeedBar => ({
  ...{ openTime, closeTime: openTime + MINUTE, volume: 1 },
  ...{ open: close, high: close, low: close, close },
})
