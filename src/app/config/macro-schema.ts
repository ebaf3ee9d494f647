import { z } from 'zod'
import { economicKinds } from '../../core/mod.ts'
import { distinct, duration, orOff } from './quantities.ts'
import { secretSchema } from './secret-schema.ts'

const KINDS = economicKinds.join(', ')

/** Values by kind of event; a key that is none is refused with the list. */
const byKind = <Value extends z.ZodType>(value: Value) =>
  z.partialRecord(z.enum(economicKinds), value, {
    error: (issue) => (issue.code === 'invalid_key' ? `one of the kinds ${KINDS}` : undefined),
  })

const instant = () => z.iso.datetime()

const window = z.strictObject({
  before: duration()
    .optional()
    .meta({ description: 'no new risk so long before it', examples: ['30m'] }),
  after: duration()
    .optional()
    .meta({ description: 'and so long after it, the end included', examples: ['75m'] }),
})

const span = z.strictObject({
  from: instant().meta({ description: 'from then on', examples: ['2026-01-01T05:00:00Z'] }),
  until: instant().meta({
    description: 'up to but not including then',
    examples: ['2027-01-01T05:00:00Z'],
  }),
})

/** The macro kill switch; `events` and `coverage` of files are put in when they are read. */
export const macroSchema = z.strictObject({
  calendar: z
    .union([z.literal('fmp'), distinct(z.string()).min(1)])
    .optional()
    .meta({
      description:
        'files of events, read once with the configuration, or `fmp`: Financial Modeling Prep, asked while a session runs',
      examples: [['data/us_economic_calendar_2022.csv.gz', 'data/fomc_dates.csv']],
    }),
  before: duration().prefault('15m').describe('no new risk so long before an event'),
  after: duration().prefault('15m').describe('and so long after it, the end included'),
  kinds: byKind(orOff(window))
    .default({})
    .meta({
      description: `other times for a kind of event, or \`off\`; kinds: ${KINDS}`,
      examples: [{ FOMC: { after: '75m' }, JOLTS: 'off' }],
    }),
  onMissing: z
    .enum(['halt', 'warn'])
    .default('halt')
    .describe('what a time does of which the calendar knows nothing: no new risk, or a warning'),
  events: byKind(z.array(instant()))
    .optional()
    .meta({
      description: 'events by kind, beside those of the calendar',
      examples: [{ CPI: ['2026-12-10T13:30:00Z'] }],
    }),
  coverage: byKind(span)
    .optional()
    .meta({
      description: 'what `events` cover, by kind; everything when neither it nor files are given',
      examples: [{ CPI: { from: '2026-01-01T05:00:00Z', until: '2027-01-01T05:00:00Z' } }],
    }),
  key: secretSchema('key of Financial Modeling Prep', 'FMP_API_KEY')
    .optional()
    .describe('the key of Financial Modeling Prep by reference; FMP_API_KEY when unset'),
  url: z
    .url()
    .optional()
    .meta({
      description: 'another address of Financial Modeling Prep',
      examples: ['http://127.0.0.1:4010'],
    }),
})
