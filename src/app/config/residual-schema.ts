import { z } from 'zod'
import { orOff, partialShare, positiveShare } from './quantities.ts'

const sessions = () => z.number().int().meta({ unit: 'sessions' })
const score = () => z.number().meta({ unit: 'standard deviations' })

const tier = z
  .strictObject({
    longEntry: score().default(-1.25).describe('enter long below it'),
    longExit: score().default(-0.5).describe('leave a long above it; above `longEntry`'),
    shortEntry: score().default(1.25).describe('enter short above it'),
    shortExit: score().default(0.75).describe('leave a short below it; below `shortEntry`'),
  })
  .refine((own) => own.longEntry < own.longExit && own.shortExit < own.shortEntry, {
    error: 'longEntry < longExit and shortExit < shortEntry',
  })

const pca = z.strictObject({
  window: sessions().min(20).default(252).describe('returns in the correlation of all names'),
  factors: z.number().int().meta({ unit: 'factors' }).min(1).default(15).describe('how many'),
  explained: orOff(partialShare())
    .prefault('off')
    .describe('in its place as many as explain this share of the variance'),
})

const tests = z.strictObject({
  window: sessions().min(60).default(252).describe('returns that are tested'),
  every: sessions().min(1).default(21).describe('from one review of all names to the next'),
  halfLife: z
    .boolean()
    .default(true)
    .describe('the returns must span ten of the half-lives that they suggest'),
  falseDiscoveryRate: partialShare()
    .prefault('5%')
    .describe('expected share of false names among those that pass, at most'),
  dependence: z
    .enum(['positive', 'any'])
    .default('positive')
    .describe('of the tests on each other: Benjamini and Hochberg, or Yekutieli, who assume less'),
})

const neutral = z.strictObject({
  by: z
    .enum(['market', 'sector'])
    .default('market')
    .describe('one book against the market, or one for the factor of each sector'),
  tolerance: positiveShare()
    .prefault('5%')
    .describe('net over gross of value times beta, at most; beyond it the weakest names leave'),
})

/** Scores of residual returns: factors, process, tests, and the balance of the book. */
export const residualSchema = z.strictObject({
  factors: z
    .enum(['sector', 'pca'])
    .default('sector')
    .describe("the mean of the sector's other names, or eigenportfolios of all"),
  proxies: z
    .record(z.string(), z.string())
    .default({})
    .meta({
      description:
        'instruments that are the factor of a sector in place of its mean; they are never traded',
      examples: [{ Energy: 'XLE' }],
    }),
  market: z
    .string()
    .optional()
    .meta({
      description:
        'instrument whose returns are the market; never traded; the mean of all names when unset',
      examples: ['SPY'],
    }),
  pca: pca.prefault({}).describe('eigenportfolios; with `factors: pca`'),
  window: sessions().min(20).default(60).describe('returns in the regression and the process'),
  tier: tier.prefault({}).describe('thresholds of the score, in place of `strategy.tier`'),
  kappaMin: z
    .number()
    .meta({ unit: 'per year' })
    .min(0)
    .default(8.4)
    .describe('slowest reversion of an entry: 252 over the mean time in sessions, here 30'),
  centreMeans: z.boolean().default(true).describe("the mean of all names' means is taken off each"),
  drift: z.boolean().default(false).describe("the residual's drift is taken off the score"),
  tests: orOff(tests)
    .prefault({})
    .describe('what a name must pass to be entered; off: its speed alone, as published'),
  neutral: orOff(neutral).prefault({}).describe('the book is held without beta'),
})

/** The settings that are looked at. */
interface Settings {
  readonly signal: 'close' | 'residual'
  readonly residual?: z.infer<typeof residualSchema> | undefined
  readonly sectors?: { readonly of: Readonly<Record<string, unknown>> } | undefined
}

/** What of the other settings does not go with residuals, with what is allowed. */
export function residualMisfits({ signal, residual, sectors }: Settings) {
  const misfits: { readonly path: string; readonly error: string }[] = []
  const add = (path: string, error: string): void => {
    misfits.push({ path, error })
  }
  if (signal === 'close') {
    if (residual !== undefined) add('residual', 'unset where signal is close')
    return misfits
  }
  const { factors = 'sector', proxies = {}, neutral = null } = residual ?? {}
  const named = Object.keys(sectors?.of ?? {})
  if (factors === 'sector' && named.length === 0) {
    add('sectors.of', 'at least one sector where residual.factors is sector')
  }
  if (factors === 'pca' && neutral?.by === 'sector') {
    add('residual.neutral.by', 'market where residual.factors is pca')
  }
  for (const sector of Object.keys(proxies)) {
    if (!named.includes(sector)) {
      add(`residual.proxies.${sector}`, `one of ${named.join(', ')}: the sectors of sectors.of`)
    }
  }
  return misfits
}
