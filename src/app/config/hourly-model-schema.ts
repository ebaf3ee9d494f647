import { z } from 'zod'
import { orOff, partialShare, positiveShare } from './quantities.ts'

const whole = (unit: string) => z.number().int().meta({ unit })
const ratio = () => z.number().meta({ unit: 'ratio' })

/** One route: what forecasts, and how it is trained. */
export const modelSchema = z.strictObject({
  route: z
    .enum(['trees', 'linear', 'momentum', 'random'])
    .default('trees')
    .describe('what forecasts: boosted trees, ridge and logistic regression, or a baseline'),
  seed: whole('seed').min(0).default(42).describe('of sampling'),
  trees: whole('trees').min(1).max(5000).default(200).describe('most trees of a model'),
  learningRate: ratio().positive().max(1).default(0.05).describe('factor on what each tree adds'),
  leavesMax: whole('leaves').min(2).max(1024).default(31).describe('most leaves of a tree'),
  rowsMin: whole('rows').min(1).default(200).describe('fewest rows of a leaf'),
  l1: ratio().min(0).default(0.5).describe('penalty on the size of leaves'),
  l2: ratio().min(0).default(0.5).describe('penalty on the squared size of leaves'),
  rowsMax: whole('rows')
    .min(1000)
    .default(600_000)
    .describe('most rows of a training, drawn by the seed'),
  validationShare: partialShare()
    .prefault('0%')
    .describe('last part of the training bars, kept for choices while training; purged'),
  patience: orOff(whole('trees').min(1).max(5000))
    .prefault('off')
    .describe('trees without a smaller loss on those bars after which growing stops'),
})

/** Settings of one route. */
export type ModelSettings = z.infer<typeof modelSchema>

/** Several routes, each calibrated, and what share each has of the blend. */
export const modelsSchema = z
  .array(
    modelSchema.extend({
      name: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'small letters, digits and -, up to 31')
        .describe('of the route in reports and files'),
      weight: positiveShare().describe('share of the blend; all together 100%'),
    }),
  )
  .min(1)
  .max(8)
  .superRefine((models, context) => {
    const say = (message: string): void => context.addIssue({ code: 'custom', message })
    const names = models.map(({ name }) => name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) say(`each name once: ${twice} is there twice`)
    const sum = models.reduce((total, { weight }) => total + weight, 0)
    if (Math.abs(sum - 1) > 1e-9) {
      say(`weights that sum to 100%, not ${Number((sum * 100).toFixed(6))}%`)
    }
  })

/** A route with its name and its share of the blend, 0 to 1. */
export type RouteSettings = z.infer<typeof modelsSchema>[number]
