import { z } from 'zod'

const named = (text: string) => z.string().regex(/^[a-z0-9][a-z0-9-]*$/, text)

const file = z.strictObject({
  file: z.string().meta({
    description: 'a configuration of one engine, beside this file',
    examples: ['taker.yaml'],
  }),
})

/** A file with several engines; what an engine itself says is checked as any configuration is. */
export const fleetSchema = z.strictObject({
  name: named('lower-case letters, digits and dashes').meta({
    description: 'lower-case letters, digits and dashes',
    examples: ['together'],
  }),
  engines: z
    .record(
      named('a name of lower-case letters, digits and dashes'),
      z.union([file, z.record(z.string(), z.unknown())]),
    )
    .refine((engines) => Object.keys(engines).length > 0, { error: 'at least one engine' })
    .meta({
      description: 'name and configuration of each engine: written here, or `file:` and its path',
      examples: [{ taker: { file: 'taker.yaml' } }],
    }),
  onFailure: z
    .enum(['isolate', 'stopAll'])
    .default('isolate')
    .describe(
      'an engine that fails cancels its orders and stops; the others go on, or stop as well',
    ),
})

/** A validated file with several engines, their own parts not yet. */
export type Fleet = z.output<typeof fleetSchema>
