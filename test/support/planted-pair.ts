import type { Recording } from '../../src/adapters/mod.ts'
import { type Config, parseConfig } from '../../src/app/mod.ts'
import { createRandom, type Instrument, MarketWriter, quantity } from '../../src/core/mod.ts'

/** A market of minute bars: PAIRA follows PAIRB, TREND drifts in spells, WALK and REST are walks. */
export interface PlantedPair {
  readonly seed: number
  readonly minutes: number
  /** Slope of log PAIRA on log PAIRB; null makes PAIRA a walk of its own: nothing to find. */
  readonly beta: number | null
}

/** 2026-01-05T00:00:00Z, the open of the first bar. */
export const PAIR_START_US = 1_767_571_200_000_000
const MINUTE_US = 60_000_000
/** Two days later: when the whitelist was known. */
export const PAIR_KNOWN = '2026-01-07T00:00:00Z'

const symbols = ['PAIRA', 'PAIRB', 'TREND', 'REST'] as const

/** A recording of the market, bars known at their close. */
export function plantedPair({ seed, minutes, beta }: PlantedPair): Recording {
  const random = createRandom(seed)
  const instruments = symbols.map(instrument)
  const logs = [0, 0, 0, 0]
  let own = 0
  let deviation = 0
  const writer = new MarketWriter(1024)
  for (let row = 0; row < minutes; row++) {
    const openTime = PAIR_START_US + row * MINUTE_US
    const before = logs.map(priceOf)
    logs[1]! += random.normal() * 0.0012
    // A half-life of 34 minutes and a deviation of 40 bp, wide against any cost here.
    deviation = 0.98 * deviation + random.normal() * 0.0008
    own += random.normal() * 0.0008
    logs[0] = beta === null ? own : beta * logs[1]! + deviation
    const drift = Math.floor(row / 300) % 2 === 0 ? 0.0003 : -0.0003
    logs[2]! += random.normal() * 0.0005 + drift
    logs[3]! += random.normal() * 0.0008
    const venueTime = openTime + MINUTE_US
    instruments.forEach(({ id }) => {
      const open = before[id]!
      const close = priceOf(logs[id]!)
      const high = Math.max(open, close)
      const low = Math.min(open, close)
      const volume = id === 0 ? 1000 : 5000
      const head = { venueTime, receivedTime: venueTime, instrument: id }
      writer.bar(head, { open, high, low, close, volume, openTime })
    })
  }
  const firstTime = PAIR_START_US + MINUTE_US
  const lastTime = PAIR_START_US + minutes * MINUTE_US
  return { instruments, batch: writer.batch(), info: { ...info, firstTime, lastTime } }
}

const priceOf = (log: number): number => Math.round(1_000_000 * Math.exp(log))

const instrument = (symbol: string, id: number): Instrument => ({
  ...{ id, venue: 'test', symbol, kind: 'perpetual', quoteCurrency: 'USD', baseCurrency: symbol },
  ...{ priceDecimals: 2, quantityDecimals: 5, priceRule: { kind: 'tick', quanta: 1 } },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 350_000 },
  longOnly: false,
  maximumLeverage: 10,
})

const info: Recording['info'] = {
  kind: 'generated',
  licenceClass: 'own',
  source: 'a planted pair',
  files: [],
  firstTime: 0,
  lastTime: 0,
  timeBasis: 'venue',
  skew: { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0, method: 'none' },
  gaps: [],
  gapLimitUs: 0,
  duplicatesDropped: 0,
  historyDropped: 0,
  quarantined: [],
  checks: [],
  levels: 0,
  cadenceUs: 0,
}

/** A configuration of momentum on TREND, the pair, and mean reversion on the rest. */
export const plantedConfig = (
  change = '',
  sizer = 'kind: fixed',
  pair = '{ legA: PAIRA, legB: PAIRB, beta: 0.8 }',
) =>
  parseConfig(
    `name: planted
signal: { source: bar, trendWindow: 0 }
strategy: { trendGate: false, imbalanceThreshold: off, notional: 500, sizer: { ${sizer} } }
execution: { takerSlippageMax: 100bp }
risk: { dailyLossMax: off, dailyDrawdownMax: off }
companions:
  momentum: { instruments: [TREND], timeStop: off, notional: 500 }
  pairs:
    fundingMax: off
    notional: 500
    ${change}
    whitelist:
      schema: ornstein.pairs/1
      dataFrom: 2026-01-05T00:00:00Z
      dataTo: ${PAIR_KNOWN}
      knownTime: ${PAIR_KNOWN}
      pairs: [${pair}]
`,
    'planted',
  ).config

/** A backtest of it. */
export const plantedRequest = (recording: Recording, config: Config = plantedConfig()) => ({
  ...{ config, configurationHash: 'a', codeHash: 'b', recording },
})
