import { z } from 'zod'
import { orOff, partialShare, positiveShare } from './quantities.ts'

const whole = (unit: string) => z.number().int().meta({ unit })
const ratio = () => z.number().meta({ unit: 'ratio' })

/** How networks are built and trained. */
const networkSchema = z.strictObject({
  attention: z
    .enum(['inducing', 'pooling', 'full'])
    .default('inducing')
    .describe('how route network sees the hour: by learned points, by the mean, or name by name'),
  width: whole('units').min(4).max(1024).default(64).describe('of each hidden layer'),
  setWidth: whole('units').min(4).max(256).default(16).describe('of what is known of the others'),
  points: whole('points').min(1).max(64).default(8).describe('learned points, for inducing'),
  batchHours: whole('hours').min(1).max(512).default(8).describe('hours of a training step'),
  learningRate: ratio().positive().max(1).default(0.001).describe('length of a step'),
  weightDecay: ratio()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('share of weights that a step takes off, times its length'),
  epochsMax: whole('epochs').min(1).max(1000).default(20).describe('most times through the hours'),
  patience: whole('epochs')
    .min(1)
    .max(1000)
    .default(4)
    .describe('epochs without a smaller loss on the validation bars after which training ends'),
  returnWeight: ratio().min(0).default(1).describe('of returns in the loss'),
  downsideWeight: ratio().min(0).default(1).describe('of downside events in the loss'),
})

/** One route: what forecasts, and how it is trained. */
export const modelSchema = z.strictObject({
  route: z
    .enum(['trees', 'network', 'mlp', 'linear', 'momentum', 'random'])
    .default('trees')
    .describe(
      'what forecasts: boosted trees, a network that sees all names of the hour, one that sees ' +
        'each name alone, ridge and logistic regression, or a baseline',
    ),
  seed: whole('seed').min(0).default(42).describe('of sampling and of first parameters'),
  network: networkSchema.prefault({}).describe('of routes network and mlp'),
  trees: whole('trees').min(1).max(5000).default(200).describe('most trees of a model'),
  learningRate: ratio().positive().max(1).default(0.05).describe('factor on what each tree adds'),
  leavesMax: whole('leaves').min(2).max(1024).default(31).describe('most leaves of a tree'),
  rowsMin: whole('rows').min(1).default(200).describe('fewest rows of a leaf'),
  l1: ratio().min(0).default(0.5).describe('penalty on the size of leaves'),
  l2: ratio().min(0).default(0.5).describe('penalty on the squared size of leaves'),
  rowsMax: whole('rows')
    .min(1000)
    .default(600_000)
    .describe('most rows of a training, evenly spread over names and time'),
  validationShare: partialShare()
    .optional()
    .describe(
      'last part of the training bars, kept for choices while training; purged; ' +
        '15% of networks, else nothing, where it is not given',
    ),
  patience: orOff(whole('trees').min(1).max(5000))
    .prefault('off')
    .describe('trees without a smaller loss on those bars after which growing stops'),
})

type Settled<Model> = Omit<Model, 'validationShare'> & { readonly validationShare: number }

/** Settings of one route. */
export type ModelSettings = Settled<z.infer<typeof modelSchema>>

const NETWORK_VALIDATION_SHARE = 0.15

/** A route's settings with the validation share that its kind has where none is given. */
export function settled<Model extends z.infer<typeof modelSchema>>(model: Model): Settled<Model> {
  const isNetwork = model.route === 'network' || model.route === 'mlp'
  const usual = isNetwork ? NETWORK_VALIDATION_SHARE : 0
  return { ...model, validationShare: model.validationShare ?? usual }
}

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
export type RouteSettings = Settled<z.infer<typeof modelsSchema>[number]>
