import { z } from 'zod'
import { distinct, duration, orOff, positiveDuration, positiveShare } from './quantities.ts'
import { stockHoursSchema } from './strategy-options.ts'

const money = () => z.number().meta({ unit: 'quote currency' }).positive()
const bars = () => z.number().int().meta({ unit: 'bars' })
const deviations = () => z.number().meta({ unit: 'standard deviations' })
const equityShare = () => positiveShare()
const urgency = () => z.enum(['passive', 'aggressive']).default('aggressive')
const closes = () =>
  bars().min(10).max(100_000).default(60).describe('closes that the estimate is made of')

/** How much an entry is worth. */
export const sizerSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('fixed').describe('every entry is worth `notional`'),
    }),
    z.strictObject({
      kind: z
        .literal('z_proportional')
        .describe('k x the absolute z x (1 - e^-theta) of the equity'),
      k: z
        .number()
        .meta({ unit: 'share of the equity' })
        .positive()
        .max(1)
        .default(0.25)
        .describe('weight of one deviation that returns at once'),
      cap: equityShare().prefault('5%').describe('largest share of the equity'),
      halfLifeMin: bars().positive().default(5).describe('half-lives count as at least this'),
      window: closes(),
    }),
    z.strictObject({
      kind: z.literal('kelly').describe('(expected move - cost) / variance of the equity'),
      fraction: equityShare().prefault('25%').describe('part of the Kelly share that is taken'),
      cap: equityShare().prefault('5%').describe('largest share of the equity'),
      horizon: bars()
        .min(1)
        .max(10_000)
        .default(30)
        .describe('bars over which the move is expected'),
      by: z
        .enum(['lower', 'mean'])
        .default('lower')
        .describe('what sizes: the lower bound of the expected move, or its mean'),
      confidence: z
        .number()
        .meta({ unit: 'probability' })
        .gt(0.5)
        .lt(1)
        .default(0.9)
        .describe('one-sided confidence of the lower bound'),
      window: closes(),
    }),
  ])
  .describe('How much an entry is worth')

const momentum = z
  .strictObject({
    instruments: distinct(z.string())
      .min(1)
      .meta({ description: 'symbols that it trades instead of the strategy', examples: [['SOL']] }),
    slowWindow: bars()
      .min(3)
      .max(100_000)
      .default(240)
      .describe('closes of the slow average and z'),
    fastWindow: bars().min(3).max(100_000).default(60).describe('closes of the fast z'),
    slowEntry: deviations().min(0).default(0.5).describe('a long needs a slow z above it'),
    fastEntry: deviations().min(0).default(1.25).describe('and a fast z above it'),
    slowExit: deviations()
      .default(0)
      .describe('a long is left when the slow z falls below it; below `slowEntry`'),
    direction: z.enum(['long', 'both']).default('both').describe('whether shorts are taken'),
    stopLoss: orOff(positiveShare())
      .prefault('3%')
      .describe('adverse move from the average entry price'),
    timeStop: orOff(positiveDuration()).prefault('1h').describe('longest holding time'),
    timeStopStockHours: stockHoursSchema,
    notional: money().default(250).describe('value of an entry'),
    entry: urgency().describe('take what is there, or rest and wait'),
    exit: urgency().describe('the same for exits of the signal; stops are always aggressive'),
  })
  .refine(({ slowExit, slowEntry }) => slowExit < slowEntry, {
    path: ['slowExit'],
    error: 'slowExit < slowEntry',
  })

/** One pair of a whitelist. What else a file says of it is for people. */
const whitelistedPair = z.object({
  legA: z.string(),
  legB: z.string(),
  beta: z.number().refine((beta) => beta !== 0 && Number.isFinite(beta), { error: 'not 0' }),
  first: z.enum(['a', 'b']).default('a'),
})

/** What `ornstein pairs discover` writes, as far as a session reads it. */
export const whitelistSchema = z.object({
  schema: z.literal('ornstein.pairs/1').describe('the format'),
  dataFrom: z.iso.datetime().meta({
    description: 'first close of the data it was made of',
    examples: ['2026-01-03T00:00:00Z'],
  }),
  dataTo: z.iso.datetime().meta({
    description: 'last close of these data',
    examples: ['2026-01-05T00:00:00Z'],
  }),
  knownTime: z.iso.datetime().meta({
    description: 'when the last of them could be known: no pair is entered before',
    examples: ['2026-01-05T00:00:00Z'],
  }),
  pairs: z
    .array(whitelistedPair)
    .min(1)
    .meta({
      description: 'the pairs: `legA`, `legB`, `beta`, and `first`, the leg that is traded first',
      examples: [[{ legA: 'ETH', legB: 'BTC', beta: 1.1, first: 'a' }]],
    }),
})

const pairs = z
  .strictObject({
    whitelist: z
      .union([z.string().meta({ examples: ['pairs.json'] }), whitelistSchema])
      .describe('what `ornstein pairs discover` wrote: its path, or its content'),
    whitelistAgeMax: positiveDuration()
      .prefault('48h')
      .describe('older ones are refused in every mode but backtest'),
    window: bars().min(20).max(100_000).default(240).describe('closes of the spread and of refits'),
    entry: deviations().positive().default(2).describe('enter at a spread of at least it'),
    exit: deviations().min(0).default(0.5).describe('leave at a spread of at most it'),
    stop: deviations().positive().default(4).describe('stop at a spread of at least it'),
    refit: positiveDuration().prefault('1h').describe('pause between two refits of beta'),
    betaChangeMax: positiveShare()
      .prefault('50%')
      .describe('a refit that leaves the discovered beta by more is rejected, and nothing entered'),
    fundingMax: orOff(positiveShare())
      .prefault('5bp')
      .describe('largest funding rate of a leg per interval, of either sign'),
    lockout: duration().prefault('30m').describe('no entry so long after a stop or an unwinding'),
    openMax: z
      .number()
      .int()
      .meta({ unit: 'pairs' })
      .positive()
      .default(3)
      .describe('pairs that may be on at once'),
    notional: money().default(250).describe('value of leg A; leg B is worth beta times its fills'),
    legTimeout: positiveDuration()
      .prefault('10s')
      .describe(
        "a leg's order must be over by then; with `signal.source: bar` at least three bars",
      ),
    hedgeErrorMax: positiveShare()
      .prefault('10%')
      .describe('larger deviations of the filled hedge from the planned one are unwound'),
    lossMax: orOff(money()).prefault(15).describe('loss of both legs at which a pair is stopped'),
    costMarginBp: orOff(z.number().meta({ unit: 'bp' }))
      .prefault(0)
      .describe("the spread's expected return must exceed the costs by this much"),
  })
  .refine(({ exit, entry, stop }) => exit < entry && entry < stop, {
    path: ['entry'],
    error: 'exit < entry < stop',
  })

/** Strategies beside the configured one, each on instruments of its own. */
export const companionsSchema = z
  .strictObject({
    momentum: momentum.optional().describe('trend following'),
    pairs: pairs.optional().describe('spreads of two instruments that move together'),
  })
  .describe('Strategies beside the built-in one, each on instruments of its own')
