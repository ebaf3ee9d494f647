import { z } from 'zod'
import type { Routing } from '../../strategies/mod.ts'
import { duration, orOff } from './quantities.ts'

const routeOf = (
  to: string,
  defaults: {
    readonly takeFrom: 'off' | 3
    readonly exit: 'passive' | 'aggressive'
    readonly makerLifetime: string
    readonly makerRepricesMax: number
  },
) =>
  z
    .strictObject({
      entry: z
        .enum(['passive', 'aggressive'])
        .default('passive')
        .describe('rest and wait, or take what is there'),
      takeFrom: orOff(z.number().meta({ unit: 'standard deviations' }).positive())
        .prefault(defaults.takeFrom)
        .describe('absolute z at or above which an entry takes what is there all the same'),
      exit: z
        .enum(['passive', 'aggressive'])
        .default(defaults.exit)
        .describe('the same for exits on the signal; stops are always aggressive'),
      makerLifetime: duration()
        .prefault(defaults.makerLifetime)
        .describe('then a resting entry gives up and a resting exit is finished aggressively'),
      makerRepricesMax: z
        .number()
        .int()
        .meta({ unit: 'moves' })
        .min(0)
        .default(defaults.makerRepricesMax)
        .describe('after so many moves, the same'),
    })
    .prefault({})
    .describe(to)

/** Execution by class of instrument and strength of the signal. */
export const routingSchema = z
  .strictObject({
    native: routeOf('instruments that the venue itself lists', {
      takeFrom: 'off',
      exit: 'passive',
      makerLifetime: '30s',
      makerRepricesMax: 5,
    }),
    builder: routeOf("instruments of builders' dexs", {
      takeFrom: 3,
      exit: 'aggressive',
      makerLifetime: '120s',
      makerRepricesMax: 15,
    }),
  })
  .describe(
    'Takes the place of `strategy.entry`, `strategy.exit` and the limits of resting orders here',
  )

/** Routes by class of instrument, where the configuration has them. */
export function routingOf({
  execution,
}: {
  readonly execution: { readonly routing?: z.output<typeof routingSchema> | undefined }
}): { readonly routing?: Routing } {
  const { routing } = execution
  if (routing === undefined) return {}
  const plan = (of: (typeof routing)['native']): Routing['native'] => ({
    entry: of.entry,
    takeFrom: of.takeFrom,
    exit: of.exit,
    resting: { lifetimeUs: of.makerLifetime, repricesMax: of.makerRepricesMax },
  })
  return { routing: { native: plan(routing.native), builder: plan(routing.builder) } }
}
