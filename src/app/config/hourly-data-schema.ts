import { z } from 'zod'
import { US_EQUITY_YEARS } from '../../core/mod.ts'
import { duration, orOff, share } from './quantities.ts'
import { secretSchema } from './secret-schema.ts'

const whole = (unit: string) => z.number().int().meta({ unit })
const ratio = () => z.number().meta({ unit: 'ratio' })

/** Fewest sessions of a year. */
const SESSIONS_LEAST = 245

/** A day whose year has known sessions; the day after the last one too. */
const day = () =>
  z.iso
    .date()
    .refine(
      (text) =>
        text >= `${US_EQUITY_YEARS.first}-01-01` && text <= `${US_EQUITY_YEARS.last + 1}-01-01`,
      `a day of ${US_EQUITY_YEARS.first} to ${US_EQUITY_YEARS.last}, whose sessions are known`,
    )

const generatedData = z
  .strictObject({
    kind: z.literal('generated'),
    seed: whole('seed').min(0).default(42).describe('the same seed, the same panel'),
    names: whole('names').min(1).max(2000).default(60).describe('names in all, members or not'),
    sessions: whole('sessions').min(30).max(5000).default(504).describe('trading days'),
    firstDay: day().default('2019-01-02').describe('day of the first session, New York'),
    edge: orOff(
      z.strictObject({
        column: z
          .enum(['eps_surprise_std', 'guidance_sentiment', 'sentiment_score'])
          .describe('the column that foretells'),
        bpPer5Bars: z
          .number()
          .meta({ unit: 'bp' })
          .describe('expected in five bars for each unit of the column'),
      }),
    )
      .prefault('off')
      .describe('a forecast that the panel really holds, of a stated size'),
    driftPerYear: ratio()
      .gt(-1)
      .default(0)
      .describe('expected return a year of every name and of the benchmark'),
  })
  .refine(
    ({ firstDay, sessions }) =>
      Number(firstDay.slice(0, 4)) + Math.ceil(sessions / SESSIONS_LEAST) <= US_EQUITY_YEARS.last,
    { path: ['sessions'], message: `so many that they end by ${US_EQUITY_YEARS.last}` },
  )

const publishedData = z.strictObject({
  kind: z.literal('published'),
  folder: z.string().min(1).describe('the folder of published data, beside this file or absolute'),
  bars: z
    .enum(['clockHours2018', 'sessions'])
    .describe('hours by the clock of 60 names, spring 2018, or sessions of 350 names'),
  trades: z
    .enum(['firstMinute', 'nextOpen'])
    .default('firstMinute')
    .describe(
      'of clock hours: what labels and fills are priced at, the first minute after an order could trade or the next open, which is optimistic',
    ),
  firstDay: day().default('2010-01-04').describe('of sessions: the first, New York'),
  endDay: day().default('2019-01-01').describe('of sessions: the day after the last'),
})

const table = z.enum([
  'bars',
  'membership',
  'sectors',
  'actions',
  'delistings',
  'shares',
  'fundamentals',
  'sentiment',
  'analyst',
  'macro',
])

const vendor = z.strictObject({
  table: table.describe('what it tells'),
  url: z.url().describe('where its pages are asked for; no key belongs here'),
  header: z.string().min(1).optional().describe('the header that its key is sent in'),
  key: secretSchema('key of the vendor', 'VENDOR_KEY')
    .optional()
    .describe('the key by reference; sent in `header`'),
})

const filesData = z.strictObject({
  kind: z.literal('files'),
  folder: z
    .string()
    .min(1)
    .describe(
      'the folder of the tables, beside this file or absolute: bars.csv, membership.csv ...',
    ),
  firstDay: day().describe('day of the first session, New York'),
  endDay: day().describe('the day after the last'),
  anchor: z
    .enum(['clockHour', 'sessionOpen', 'session'])
    .default('clockHour')
    .describe('where bars begin: full hours of the clock, each hour from the open, or sessions'),
  benchmark: orOff(z.string().min(1)).prefault('SPY').describe('symbol among the bars; never held'),
  members: z
    .enum(['membership', 'everyName'])
    .default('membership')
    .describe('the table of members, or whatever has bars, which looks ahead'),
  origin: z.enum(['real', 'generated']).default('real').describe('what reports call the data'),
  missingMax: share().prefault('25%').describe('most of a column that may be missing'),
  oldest: z
    .partialRecord(table, duration())
    .default({})
    .describe('how old the newest row of a table may be at the last decision, by table'),
  macroValid: duration()
    .optional()
    .describe('how long a value of the market may be used; for ever when unset'),
  vendors: z.array(vendor).default([]).describe('tables that are asked for over HTTP'),
})

/** Where the panel of a study comes from. */
export const dataSchema = z.discriminatedUnion('kind', [generatedData, publishedData, filesData])

/** A panel that is brought as files, and perhaps by vendors. */
export type FilesData = z.infer<typeof filesData>
