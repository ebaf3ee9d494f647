import type { Recording } from '../../src/adapters/mod.ts'
import { createRandom, type Instrument, MarketWriter, quantity } from '../../src/core/mod.ts'

/** What a random market of bars looks like. */
export interface RandomBars {
  readonly seed: number
  readonly rows: number
  readonly instruments: number
  readonly barUs: number
  /** Share of bars that are missing. */
  readonly gaps: number
  /** Microseconds by which the venue prints the close early. */
  readonly early: number
  /** Largest jump from a close to the next open, and within a bar, quanta. */
  readonly jump: number
  /** Kind of the first instrument; the others are perpetuals. */
  readonly kind: 'perpetual' | 'spot'
}

const START_US = 1_767_225_600_000_000

/** A recording of bars drawn from a seed: a walk that jumps, with rows missing. */
export function randomBars(options: RandomBars): Recording {
  const { seed, rows, barUs } = options
  const random = createRandom(seed)
  const instruments = Array.from({ length: options.instruments }, (_, id) =>
    instrument(options, id),
  )
  const prices = instruments.map(() => 10_000 + random.integer(1000))
  const writer = new MarketWriter(1024)
  for (let row = 0; row < rows; row++) {
    const openTime = START_US + row * barUs
    const venueTime = openTime + barUs - options.early
    for (const { id } of instruments) {
      const step = () => random.integer(2 * options.jump + 1) - options.jump
      const open = Math.max(2000, prices[id]! + (random.next() < 0.5 ? 0 : step()))
      const close = Math.max(2000, open + step() - Math.round((open - 10_500) * 0.05))
      prices[id] = close
      if (random.next() < options.gaps) continue
      const high = Math.max(open, close)
      const low = Math.min(open, close)
      const head = { venueTime, receivedTime: venueTime, instrument: id }
      writer.bar(head, { open, high, low, close, volume: 1, openTime })
    }
  }
  const batch = writer.batch()
  const firstTime = batch.f64[0] ?? START_US
  const lastTime = batch.f64[Math.max(0, batch.count - 1) * 5] ?? START_US
  return { instruments, batch, info: { ...info, firstTime, lastTime } }
}

function instrument({ seed, kind }: RandomBars, id: number): Instrument {
  const isSpot = id === 0 && kind === 'spot'
  return {
    id,
    venue: 'test',
    symbol: `T${id}`,
    kind: isSpot ? 'spot' : 'perpetual',
    quoteCurrency: 'USD',
    baseCurrency: `T${id}`,
    priceDecimals: 2,
    quantityDecimals: 3 + (seed % 3),
    priceRule: { kind: 'tick', quanta: 1 },
    minimumNotional: 0n,
    minimumQuantity: quantity(1),
    fees: { makerE9: 150_000, takerE9: 450_000 },
    longOnly: isSpot,
    maximumLeverage: isSpot ? 1 : 10,
  }
}

const info: Recording['info'] = {
  kind: 'generated',
  licenceClass: 'own',
  source: 'random bars',
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
