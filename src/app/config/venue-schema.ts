import { z } from 'zod'
import { checkLeverages, leveragesSchema } from './leverage.ts'
import { distinct } from './quantities.ts'
import { secretSchema } from './secret-schema.ts'

const preseedBars = () =>
  z
    .number()
    .int()
    .meta({ unit: 'bars' })
    .min(0)
    .max(5000)
    .default(240)
    .describe('bars of history to warm up with; not used with `signal.source: mid`')

const address = (description: string, example: string) =>
  z
    .url()
    .optional()
    .meta({ description, examples: [example] })

const hyperliquid = z
  .strictObject({
    kind: z.literal('hyperliquid').optional().default('hyperliquid').describe('the venue'),
    network: z
      .enum(['mainnet', 'testnet'])
      .default('mainnet')
      .describe('paper, shadow and live: which network; live needs it written out'),
    restUrl: address('another REST address', 'http://127.0.0.1:4001'),
    socketUrl: address('another WebSocket address', 'ws://127.0.0.1:4001/ws'),
    instruments: distinct(z.string())
      .min(1)
      .default(['BTC', 'ETH'])
      .describe('symbols as the venue spells them'),
    bookStream: z
      .enum(['l2Book', 'l2BookFast', 'bbo'])
      .default('l2Book')
      .describe('20 levels every 5.4 s, 5 levels every 0.54 s, or the best prices on change'),
    account: z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/, 'an address: 0x and 40 hexadecimal digits')
      .optional()
      .meta({
        description:
          'paper and shadow: the account whose fee rates are used; live: the account that is traded; unset: that of `venue.key`',
        examples: ['0x0000000000000000000000000000000000000001'],
      }),
    key: secretSchema('key', 'HL_AGENT_KEY')
      .optional()
      .describe(
        'a private key by reference; paper and shadow look it up and learn only its address',
      ),
    preseedBars: preseedBars(),
    leverage: z
      .number()
      .int()
      .meta({ unit: 'multiples of margin' })
      .positive()
      .optional()
      .meta({
        description:
          "rehearsal and live: set for every instrument at the start, at most the instrument's own maximum; a refusal is a notice",
        examples: [3],
      }),
    leverages: leveragesSchema,
  })
  .superRefine(checkLeverages)

/** Of a venue elsewhere: keys and money of one place are of no use at another. */
const addressKeys = ['tradingUrl', 'dataUrl', 'streamUrl'] as const

const alpaca = z
  .strictObject({
    kind: z.literal('alpaca').describe('the venue'),
    account: z
      .enum(['paper', 'live'])
      .default('paper')
      .describe("whose keys they are: those of Alpaca's paper account, or of real money"),
    feed: z
      .enum(['iex', 'sip'])
      .default('iex')
      .describe('whose quotes and bars of shares: one exchange, or all of them (a paid plan)'),
    tradingUrl: address(
      'another address of orders and of the account; all three or none',
      'http://127.0.0.1:3001',
    ),
    dataUrl: address('another address of history', 'http://127.0.0.1:3001'),
    streamUrl: address('another address of market data streams', 'ws://127.0.0.1:3001'),
    instruments: distinct(z.string())
      .min(1)
      .default(['BTC/USD', 'ETH/USD'])
      .describe('pairs of coins such as `BTC/USD`, shares such as `AAPL`'),
    keyId: secretSchema('key id', 'ALPACA_API_KEY_ID')
      .optional()
      .describe(
        'the id of an API key by reference; unset: the variable `ALPACA_API_KEY_ID`, for the live account `ALPACA_API_KEY_LIVE`',
      ),
    secretKey: secretSchema('secret', 'ALPACA_API_SECRET_KEY')
      .optional()
      .describe(
        'its secret by reference; unset: the variable `ALPACA_API_SECRET_KEY`, for the live account `ALPACA_API_SECRET_LIVE`',
      ),
    preseedBars: preseedBars(),
  })
  .superRefine((section, context) => {
    const named = addressKeys.filter((key) => section[key] !== undefined)
    const missing = addressKeys.filter((key) => section[key] === undefined)
    if (named.length === 0 || missing.length === 0) return
    const message = `it beside ${named.join(' and ')}: all three or none`
    for (const key of missing) context.addIssue({ code: 'custom', path: [key], message })
  })

/** Where a session trades: one section of its own for each venue, told apart by its `kind`. */
export const venueSchema = z
  .discriminatedUnion('kind', [hyperliquid, alpaca])
  .describe('What rehearsal, drill, paper, shadow and live connect to')

/** The section of a venue. */
export type VenueSection = z.output<typeof venueSchema>
/** The section of one kind of venue. */
export type VenueSectionOf<Kind extends VenueSection['kind']> = Extract<
  VenueSection,
  { readonly kind: Kind }
>
