import { z } from 'zod'
import { dataSchema } from './hourly-data-schema.ts'
import { modelSchema, modelsSchema, type RouteSettings } from './hourly-model-schema.ts'
import { positiveShare, share, shareOrWord } from './quantities.ts'

const whole = (unit: string) => z.number().int().meta({ unit })
const basisPoints = () => z.number().meta({ unit: 'bp' })
const dollars = () => z.number().meta({ unit: 'US dollars' })
const ratio = () => z.number().meta({ unit: 'ratio' })

const validationSchema = z.strictObject({
  kind: z
    .enum(['rolling', 'expanding', 'combinatorial'])
    .default('expanding')
    .describe('the training window moves along, or grows, or is every choice of groups of bars'),
  trainBars: whole('bars').min(1).default(1764).describe('length of the (first) training window'),
  testBars: whole('bars').min(1).default(441).describe('length of each test window'),
  embargoBars: whole('bars').min(0).default(7).describe('left out after a test window'),
  groups: whole('groups').min(2).max(16).default(6).describe('of combinatorial: groups of bars'),
  testGroups: whole('groups')
    .min(1)
    .max(15)
    .default(2)
    .describe('of combinatorial: tested at once'),
  blockSessions: whole('sessions')
    .min(1)
    .max(60)
    .default(5)
    .describe('rows of so many sessions count as one observation when scores are calibrated'),
})

const rankIcMax = (most: number) => ratio().positive().max(1).default(most)

const leaksSchema = z.strictObject({
  excessReturn: rankIcMax(0.1).describe('mean rank IC of a feature with the excess return'),
  downsideEvent: rankIcMax(0.6).describe('with downside events'),
  nextBar: rankIcMax(0.1).describe('with the return of the next bar'),
})

const portfolioSchema = z.strictObject({
  solver: z
    .enum(['proven', 'highs', 'heuristic'])
    .default('proven')
    .describe(
      'the convex program by HiGHS wherever the quick heuristic is not proven to be within 0.05 bp of it, by HiGHS always, or the heuristic unproven',
    ),
  nameMax: positiveShare().optional().describe('most of one name'),
  sectorMax: positiveShare().optional().describe('most of one sector'),
  exposureMax: positiveShare().optional().describe('most of all names together'),
  turnoverMax: positiveShare()
    .optional()
    .describe('most that changes at a decision, one way: half the sum of changes, cash included'),
  volatilityLow: share().optional().describe('annual, wished for'),
  volatilityHigh: positiveShare().optional().describe('annual, kept'),
  aversion: basisPoints()
    .positive()
    .optional()
    .describe('what a variance of one bar costs, before the band changes it'),
  downsideCharge: basisPoints()
    .min(0)
    .optional()
    .describe('off the score for each unit of downside probability'),
  dollarVolumeMin: dollars()
    .min(0)
    .optional()
    .describe('usual volume of an hour below which a name is only sold'),
  everyBars: whole('bars').min(1).optional().describe('from one decision to the next'),
})

const executionSchema = z.strictObject({
  participationMax: positiveShare().optional().describe('of the volume that is usual in the hour'),
  remainder: z
    .enum(['carry', 'drop'])
    .optional()
    .describe('what a decision left undone: traded in the bars until the next one, or not'),
  account: z.enum(['margin', 'cash']).default('margin').describe('cash: only settled money buys'),
  cashInterest: shareOrWord('federalFunds')
    .prefault('0%')
    .describe(
      'yearly rate on cash, for every calendar day, a year of 360; federalFunds: the upper bound of the target on the day',
    ),
  lotDecimals: whole('digits').min(0).max(4).default(0).describe('digits of a share that trade'),
})

/** Configuration of the hourly portfolio: data, model, portfolio, execution. */
export const hourlySchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and -, up to 63')
    .describe('names the folder of what is made'),
  preset: z
    .enum(['seed', 'corrected'])
    .default('corrected')
    .describe('which figures hold where this file says nothing'),
  capital: dollars().positive().default(1_000_000).describe('at the start'),
  data: dataSchema.prefault({ kind: 'generated' }),
  labels: z
    .strictObject({
      horizonBars: whole('bars').min(1).max(100).default(5).describe('of the forecast'),
      downsideThreshold: positiveShare().prefault('1.5%').describe('fall that is an event'),
    })
    .prefault({}),
  features: z
    .enum(['seed', 'all'])
    .default('all')
    .describe('what models see: the 59 features of the published system, or the added ones too'),
  model: modelSchema.prefault({}).describe('one route that forecasts; or models'),
  models: modelsSchema.optional().describe('several routes, blended with stated weights'),
  validation: validationSchema.prefault({}),
  leaks: leaksSchema
    .prefault({})
    .describe('what is still plausible: features beyond it are taken for leaks and refused'),
  portfolio: portfolioSchema.prefault({}),
  execution: executionSchema.prefault({}),
})

/** A validated hourly configuration; shares are fractions. One model is a route of the whole weight. */
export type HourlyConfig = Omit<z.infer<typeof hourlySchema>, 'model' | 'models'> & {
  readonly models: readonly RouteSettings[]
}

/** What the published system trained with, where it differs; written as in a file. */
export const hourlySeed = {
  capital: 100_000,
  features: 'seed',
  model: { trees: 400, learningRate: 0.05, leavesMax: 63, l1: 0.5, l2: 0.5, rowsMin: 20 },
} as const
