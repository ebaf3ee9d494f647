import { z } from 'zod'
import { orOff, share } from './quantities.ts'

/** A name whose shares are not had at the usual rate, from a day on. */
const borrowName = z.strictObject({
  symbol: z
    .string()
    .min(1)
    .meta({ description: 'the name', examples: ['GME'] }),
  from: z.iso
    .date()
    .optional()
    .meta({ description: 'first day; always when unset', examples: ['2021-01-13'] }),
  status: z
    .enum(['easy', 'hard', 'none'])
    .default('easy')
    .describe('had at once, after a locate, or not at all'),
  rate: share()
    .optional()
    .meta({
      description: 'yearly rate; that of all names when unset',
      examples: ['30%'],
    }),
})

const borrow = z.strictObject({
  rate: share()
    .prefault('50bp')
    .describe('yearly rate on the value of a short, for every calendar day, a year of 360'),
  locates: z
    .enum(['refuse', 'grant'])
    .default('refuse')
    .describe(
      'whether shares that are hard to borrow are never sold short, or located: always where the venue is simulated, live by asking it for a locate, which it charges',
    ),
  names: z
    .array(borrowName)
    .prefault([])
    .meta({
      description: 'names with terms of their own: a list, or a JSON file of one',
      examples: [[{ symbol: 'GME', from: '2021-01-13', status: 'hard', rate: '30%' }]],
    }),
})

const interest = z.strictObject({
  rate: share()
    .optional()
    .meta({
      description:
        'yearly rate on what is borrowed at the end of a day, for every calendar day, a year of 360; the prime rate of US banks on that day when unset',
      examples: ['8.25%'],
    }),
})

const sharesSettings = z.strictObject({
  account: z
    .enum(['margin', 'cash'])
    .default('margin')
    .describe('a cash account sells nothing short and spends no borrowed money'),
  borrow: orOff(borrow)
    .prefault({})
    .describe('what sold shares cost to borrow and whether they can be; off: all of them, free'),
  interest: orOff(interest)
    .prefault({})
    .describe('what borrowed money costs at a simulated venue; off: nothing; of margin accounts'),
  exDates: z
    .boolean()
    .default(true)
    .describe('dividends and splits of their ex-date, where prices are as traded'),
  priceTest: z
    .boolean()
    .default(true)
    .describe('Rule 201: after a fall of 10 % short sales above the best bid only'),
  margin: z
    .boolean()
    .default(true)
    .describe('Regulation T, maintenance margin and margin calls; of margin accounts'),
  dayTrades: orOff(z.enum(['refuse', 'flag']))
    .prefault('refuse')
    .describe(
      'the pattern-day-trader rule of until 2026-06-03: entries that could break it are refused, or trades that do are only said',
    ),
  settlement: z
    .boolean()
    .default(true)
    .describe('proceeds are spent when they have settled; of cash accounts'),
})

/** Rules of shares: which of them hold. Unset, those of a margin account. */
export const sharesSchema = orOff(sharesSettings)
  .optional()
  .describe(
    'Rules and costs of US shares, where a session has any; off: none of them; also when unset: all of a margin account',
  )

/** The rules as they are when the section is unset. */
export const usualShares = (): z.output<typeof sharesSettings> => sharesSettings.parse({})
