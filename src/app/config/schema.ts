import { z } from 'zod'
import { duration, fraction, orOff, positiveDuration, positiveShare, share } from './quantities.ts'

const money = () => z.number().finite().positive()
const count = () => z.number().int().positive()

const tier = z.strictObject({
  longEntry: z.number().finite().default(-1.25),
  longExit: z.number().finite().default(-0.5),
  shortEntry: z.number().finite().default(1.25),
  shortExit: z.number().finite().default(0.5),
})

const tierOrder = (value: z.infer<typeof tier>): boolean =>
  value.longEntry < value.longExit && value.shortExit < value.shortEntry

const checkedTier = tier.refine(tierOrder, {
  error: 'longEntry < longExit and shortExit < shortEntry',
})

export const signalSchema = z.strictObject({
  source: z.enum(['mid', 'trade', 'bar']).default('mid'),
  interval: positiveDuration().default(60_000_000),
  window: z.number().int().min(2).max(100_000).default(60),
  current: z.enum(['include', 'exclude']).default('include'),
  maxGap: z.number().int().min(0).default(5),
  trendWindow: z.number().int().min(0).max(100_000).default(240),
  imbalanceLevels: z.number().int().min(1).max(1000).default(20),
})

export const strategySchema = z.strictObject({
  kind: z.literal('reversion').default('reversion'),
  tier: checkedTier.prefault({}),
  overrides: z.record(z.string(), checkedTier).default({}),
  direction: z.enum(['long', 'both']).default('both'),
  imbalanceThreshold: orOff(z.number().min(0).max(1)).default(0),
  trendGate: z.boolean().default(true),
  revertGate: orOff(
    z.strictObject({ hold: duration(), favourableBp: z.number().finite() }),
  ).default({ hold: 60_000_000, favourableBp: 10 }),
  stopLoss: orOff(positiveShare()).default(0.01),
  timeStop: orOff(positiveDuration()).default(3_600_000_000),
  costGate: orOff(
    z.strictObject({
      marginBp: z.number().finite().default(0),
      hold: duration().default(3_600_000_000),
    }),
  ).default({ marginBp: 0, hold: 3_600_000_000 }),
  notional: money().default(250),
  entry: z.enum(['passive', 'aggressive']).default('aggressive'),
  exit: z.enum(['passive', 'aggressive']).default('aggressive'),
})

export const executionSchema = z.strictObject({
  takerSlippageMax: share().default(0.001),
  makerLifetime: duration().default(30_000_000),
  makerRepricesMax: z.number().int().min(0).default(5),
  exitEscalation: duration().default(30_000_000),
  retryPause: duration().default(1_000_000),
  answerTimeout: positiveDuration().default(5_000_000),
})

export const riskSchema = z.strictObject({
  orderNotionalMax: orOff(money()).default(2000),
  positionNotionalMax: orOff(money()).default(5000),
  grossNotionalMax: orOff(money()).default(10_000),
  netNotionalMax: orOff(money()).default(10_000),
  positionsMax: orOff(count()).default(10),
  leverageMax: orOff(money()).default(3),
  ordersPerMinuteMax: orOff(count()).default(30),
  dailyLossMax: orOff(money()).default(500),
  dailyDrawdownMax: orOff(positiveShare()).default(0.02),
  priceBandMax: orOff(positiveShare()).default(0.05),
  bookAgeMax: duration().default(10_000_000),
  accountAgeMax: orOff(duration()).default(null),
})

export const fillsSchema = z.strictObject({
  queueModel: z.enum(['conservative', 'proRata', 'optimistic']).default('conservative'),
  entryLatency: duration().default(250_000),
  responseLatency: duration().default(250_000),
  /** Bars-only backtests: half spread and impact paid by every fill. */
  barHalfSpread: share().default(0.0001),
  barImpact: share().default(0.0001),
  makerFee: orOff(fraction()).default(null),
  takerFee: orOff(fraction()).default(null),
})

const dataSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hyperliquid-book'),
    book: z.string(),
    trades: z.string().optional(),
    timeBasis: z.enum(['venue', 'received']).default('venue'),
  }),
  z.strictObject({
    kind: z.literal('bars'),
    file: z.string(),
    symbols: z.array(z.string()).min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('generated'),
    model: z.enum(['zeroEdge', 'plantedEdge']).default('plantedEdge'),
    instruments: z.array(z.string()).min(1).optional(),
    duration: positiveDuration().default(21_600_000_000),
    start: z.iso.datetime().default('2026-01-05T00:00:00Z'),
  }),
  z.strictObject({ kind: z.literal('segments'), directory: z.string() }),
  z.strictObject({
    kind: z.literal('catalog'),
    /** Ids of data sets, or paths of data files; several of one instrument are joined. */
    sources: z.array(z.string()).min(1),
    directory: z.string().default('.ornstein/data'),
    symbols: z.array(z.string()).min(1).optional(),
    timeBasis: z.enum(['venue', 'received']).default('venue'),
  }),
])

const secret = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ keystore: z.string().min(1) }),
])

export const venueSchema = z.strictObject({
  kind: z.literal('hyperliquid').default('hyperliquid'),
  network: z.enum(['mainnet', 'testnet']).default('mainnet'),
  /** Overrides the network's own address; for servers of one's own. */
  restUrl: z.url().optional(),
  socketUrl: z.url().optional(),
  instruments: z.array(z.string()).min(1).default(['BTC', 'ETH']),
  bookStream: z.enum(['l2Book', 'l2BookFast', 'bbo']).default('l2Book'),
  account: z.string().optional(),
  key: secret.optional(),
  preseedBars: z.number().int().min(0).max(5000).default(240),
  leverage: count().optional(),
})

/** One deployment: everything a run depends on, except where it writes. */
export const configSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
    seed: z.number().int().min(0).max(4294967295).default(1),
    data: dataSchema.optional(),
    venue: venueSchema.optional(),
    balance: money().default(10_000),
    signal: signalSchema.prefault({}),
    strategy: strategySchema.prefault({}),
    execution: executionSchema.prefault({}),
    risk: riskSchema.prefault({}),
    fills: fillsSchema.prefault({}),
    heartbeat: positiveDuration().default(1_000_000),
    /** What a routine position difference does; a resumed session always stops on one. */
    onDifference: z.enum(['adopt', 'stop']).default('stop'),
    reconcileInterval: duration().default(60_000_000),
    market: z
      .strictObject({
        /** Generated market of the rehearsal. */
        model: z.enum(['zeroEdge', 'plantedEdge']).default('plantedEdge'),
      })
      .prefault({}),
  })
  .refine(({ strategy, signal }) => !strategy.trendGate || signal.trendWindow > 0, {
    path: ['strategy', 'trendGate'],
    error: 'false where signal.trendWindow is 0: without an average the gate never passes',
  })

/** A validated configuration: times in us, shares as fractions, off as null. */
export type Config = z.output<typeof configSchema>
