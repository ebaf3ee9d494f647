import { z } from 'zod'
import { coinsSchema } from './coins-schema.ts'
import { companionsSchema, sizerSchema } from './companions-schema.ts'
import { dataSchema } from './data-schema.ts'
import { equitiesMisfits, equitiesSchema } from './equities-schema.ts'
import { excludedInstruments } from './exclusions.ts'
import { limitsSchema } from './limit-presets.ts'
import { notionalsSchema } from './notionals.ts'
import {
  distinct,
  duration,
  fraction,
  orOff,
  partialShare,
  positiveDuration,
  positiveShare,
  share,
} from './quantities.ts'
import { riskSchema } from './risk-schema.ts'
import { routingSchema } from './routing.ts'
import { sharesSchema } from './shares-schema.ts'
import { calibrateSchema, stockHoursSchema } from './strategy-options.ts'
import { venueSchema } from './venue-schema.ts'

export { riskSchema }

const money = () => z.number().meta({ unit: 'quote currency' }).positive()
const whole = (unit: string) => z.number().int().meta({ unit })
const basisPoints = () => z.number().meta({ unit: 'bp' })
const zScore = () => z.number().meta({ unit: 'standard deviations' })

const tier = z.strictObject({
  longEntry: zScore().default(-1.25).describe('enter long below it'),
  longExit: zScore().default(-0.5).describe('leave a long above it; above `longEntry`'),
  shortEntry: zScore().default(1.25).describe('enter short above it'),
  shortExit: zScore().default(0.5).describe('leave a short below it; below `shortEntry`'),
})

const tierOrder = (value: z.infer<typeof tier>): boolean =>
  value.longEntry < value.longExit && value.shortExit < value.shortEntry

const checkedTier = tier.refine(tierOrder, {
  error: 'longEntry < longExit and shortExit < shortEntry',
})

export const signalSchema = z
  .strictObject({
    source: z
      .enum(['mid', 'trade', 'bar'])
      .default('mid')
      .describe(
        'where bar closes come from: book mids, public trades, or finished bars of the feed',
      ),
    interval: positiveDuration()
      .prefault('1m')
      .describe('bar length; bars begin at whole multiples of it'),
    window: whole('bars').min(2).max(100_000).default(60).describe('values in the z window'),
    current: z
      .enum(['include', 'exclude'])
      .default('include')
      .describe('whether the window holds the value that is scored'),
    maxGap: whole('bars')
      .min(0)
      .default(5)
      .describe('longest run of empty bars that does not restart the windows'),
    trendWindow: whole('bars')
      .min(0)
      .max(100_000)
      .default(240)
      .describe('values in the trend average; 0 switches it off'),
    imbalanceLevels: whole('levels')
      .min(1)
      .max(1000)
      .default(20)
      .describe('levels per side in the imbalance'),
    calendar: z
      .enum(['us-equities'])
      .optional()
      .meta({
        description:
          'of finished bars: only bars of its sessions can be missing; unset: the market never closes',
        examples: ['us-equities'],
      }),
    prices: z
      .enum(['bar', 'book'])
      .optional()
      .meta({
        description:
          'with `source: bar`: the bars are the prices (also when unset), or a book fed beside them',
        examples: ['book'],
      }),
  })
  .describe('How bars, z-score, trend and imbalance are made')

const urgency = () => z.enum(['passive', 'aggressive']).default('aggressive')

const revertGate = z.strictObject({
  hold: duration().describe('the position was held at least this long'),
  favourableBp: basisPoints().meta({
    description: 'and is ahead by at least this much',
    examples: [10],
  }),
})

const costGate = z.strictObject({
  marginBp: basisPoints().default(0).describe('by this much'),
  hold: duration().prefault('1h').describe('holding time for which funding is counted'),
})

export const strategySchema = z
  .strictObject({
    kind: z.literal('reversion').default('reversion').describe('the strategy'),
    tier: checkedTier.prefault({}).describe('thresholds of the z-score'),
    overrides: z
      .record(z.string(), checkedTier)
      .default({})
      .meta({
        description: 'thresholds of single instruments; what is left out has the defaults above',
        examples: [{ ETH: { longEntry: -1.5, shortEntry: 1.5 } }],
      }),
    calibrate: calibrateSchema,
    direction: z.enum(['long', 'both']).default('both').describe('whether shorts are taken'),
    imbalanceThreshold: orOff(
      z.number().meta({ unit: 'difference over sum of the resting quantities' }).min(0).max(1),
    )
      .prefault(0)
      .describe('longs need an imbalance above it, shorts below its negative'),
    trendGate: z
      .boolean()
      .default(true)
      .describe('longs only above, shorts only below the trend average'),
    revertGate: orOff(revertGate)
      .prefault({ hold: '1m', favourableBp: 10 })
      .describe('when a z exit is allowed'),
    stopLoss: orOff(positiveShare())
      .prefault('1%')
      .describe('adverse move from the average entry price'),
    timeStop: orOff(positiveDuration()).prefault('1h').describe('longest holding time'),
    timeStopStockHours: stockHoursSchema,
    costGate: orOff(costGate)
      .prefault({ marginBp: 0, hold: '1h' })
      .describe('the expected reversion must exceed the costs'),
    notional: money().default(250).describe('value of an entry'),
    notionals: notionalsSchema,
    sizer: sizerSchema.optional(),
    equities: equitiesSchema.optional(),
    entry: urgency().describe('take what is there, or rest and wait'),
    exit: urgency().describe('the same for z exits; stops are always aggressive'),
  })
  .describe('The built-in strategy')

export const executionSchema = z
  .strictObject({
    takerSlippageMax: partialShare()
      .prefault('10bp')
      .describe("how far a taker's limit may reach beyond the best opposite price"),
    makerLifetime: duration().prefault('30s').describe('a resting entry gives up after this'),
    makerRepricesMax: whole('moves')
      .min(0)
      .default(5)
      .describe('a resting entry is moved at most this often'),
    exitEscalation: duration()
      .prefault('30s')
      .describe('a resting exit is finished aggressively after this'),
    repriceDrift: share()
      .prefault('0bp')
      .describe('a resting order stays while the best price is no further from it'),
    repriceInterval: duration()
      .optional()
      .meta({
        description: 'shortest pause before it is moved; that of retryPause when unset',
        examples: ['2s'],
      }),
    retryPause: duration()
      .prefault('1s')
      .describe('shortest pause between two orders of one intent'),
    answerTimeout: positiveDuration()
      .prefault('5s')
      .describe('an order or cancel without an answer for this long is asked about'),
    routing: routingSchema.optional(),
  })
  .describe('How orders are cared for')

const fee = () => orOff(fraction()).prefault('off')

export const fillsSchema = z
  .strictObject({
    queueModel: z
      .enum(['conservative', 'proRata', 'optimistic'])
      .default('conservative')
      .describe('what is assumed about the queue before a resting order'),
    entryLatency: duration().prefault('250ms').describe('decision to arrival at the venue'),
    responseLatency: duration()
      .prefault('250ms')
      .describe('something happening at the venue to our knowing it'),
    barHalfSpread: partialShare()
      .prefault('1bp')
      .describe('on bars: half the spread that every fill pays'),
    barImpact: partialShare().prefault('1bp').describe('on bars: impact that every fill pays'),
    makerFee: fee().describe("off: the instrument's own"),
    takerFee: fee().describe("off: the instrument's own"),
    sellFees: z
      .enum(['byDate', 'off'])
      .optional()
      .meta({
        description:
          "what a sale of an equity pays beside its rate: the SEC's and FINRA's fees of its date (also when unset), or nothing",
        examples: ['byDate'],
      }),
    coins: coinsSchema,
  })
  .describe('The simulated venue of backtests and paper trading')

const market = z.strictObject({
  model: z
    .enum(['zeroEdge', 'plantedEdge'])
    .default('plantedEdge')
    .describe('the generated market of rehearsals and drills'),
})

/** One deployment: everything a run depends on, except where it writes. */
export const configSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes')
      .meta({ description: 'lower-case letters, digits and dashes', examples: ['btc-reversion'] }),
    mode: z.literal('live').optional().describe('allows `ornstein live` to send orders'),
    seed: whole('none')
      .min(0)
      .max(4294967295)
      .default(1)
      .describe('of everything drawn at random: generated market, null twins, drill faults'),
    data: dataSchema.optional().describe('What a backtest and `verify-lookahead` run over'),
    venue: venueSchema.optional(),
    balance: money()
      .default(10_000)
      .describe(
        'cash at the start of a backtest, a paper or shadow account; the deposit of a rehearsal or drill',
      ),
    signal: signalSchema.prefault({}),
    strategy: strategySchema.prefault({}),
    companions: companionsSchema.optional(),
    execution: executionSchema.prefault({}),
    shadow: distinct(z.string())
      .default([])
      .describe(
        'instruments whose orders are recorded, with what they would have got, and not sent',
      ),
    exclude: z
      .record(z.string(), z.string().min(1))
      .default({})
      .meta({
        description:
          'coins, or whole symbols, that may not be among the instruments, each with the reason',
        examples: [{ USDT: 'a stablecoin' }],
      }),
    limits: limitsSchema.optional(),
    risk: riskSchema.prefault({}),
    fills: fillsSchema.prefault({}),
    shares: sharesSchema,
    heartbeat: duration()
      .refine((us) => us >= 1000, { error: 'a time of at least 1ms' })
      .prefault('1s')
      .describe(
        'pause between two heartbeats, which let time pass without market data; in a backtest on bars at least one bar',
      ),
    onDifference: z
      .enum(['adopt', 'stop'])
      .default('stop')
      .describe(
        "what a confirmed position difference does: no new risk in that instrument, or the venue's view is taken over",
      ),
    reconcileInterval: duration()
      .prefault('1m')
      .describe(
        'pause between routine comparisons with the venue; not used by backtest and shadow',
      ),
    market: market.prefault({}).describe('The market of the simulated venue'),
  })
  .refine(({ strategy, signal }) => !strategy.trendGate || signal.trendWindow > 0, {
    path: ['strategy', 'trendGate'],
    error: 'false where signal.trendWindow is 0: without an average the gate never passes',
  })
  .superRefine((config, context) => {
    for (const { path, error } of [...equitiesMisfits(config), ...excludedInstruments(config)]) {
      context.addIssue({ code: 'custom', path: [...path], message: error })
    }
  })

/** A validated configuration: times in us, shares as fractions, off as null. */
export type Config = z.output<typeof configSchema>
