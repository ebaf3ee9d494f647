import { z } from 'zod'
import { macroSchema } from './macro-schema.ts'
import { distinct, duration, orOff, positiveDuration, positiveShare } from './quantities.ts'

const DAY_US = 86_400_000_000

const money = () => z.number().meta({ unit: 'quote currency' }).positive()
const count = (unit: string) => z.number().int().meta({ unit }).positive()

const reduceOnly = z
  .strictObject({
    activate: z
      .number()
      .meta({ unit: 'multiples of the cap' })
      .min(1)
      .default(1.5)
      .describe('from here on only orders that reduce'),
    release: z
      .number()
      .meta({ unit: 'multiples of the cap' })
      .positive()
      .default(1.25)
      .describe('until it is back down here; below `activate`'),
  })
  .refine(({ activate, release }) => release < activate, { error: 'release < activate' })

const regime = z.strictObject({
  instruments: distinct(z.string())
    .min(1)
    .default(['BTC'])
    .describe('the reference instruments; any of them is enough'),
  bars: z
    .number()
    .int()
    .meta({ unit: 'bars' })
    .min(1)
    .max(100_000)
    .default(60)
    .describe('bars over which the return is taken'),
  returnMax: positiveShare().prefault('1%').describe('absolute return that pauses'),
  pause: positiveDuration()
    .prefault('3h')
    .describe('how long, from the last bar at which the return was that large'),
})

const haltTime = z.strictObject({
  name: z.string().min(1).describe('what happens then'),
  at: z.iso.datetime().describe('when, UTC'),
  before: duration().prefault('15m').describe('the halt begins so long before'),
  after: positiveDuration().prefault('15m').describe('and ends so long after'),
})

const haltTimes = z
  .array(haltTime)
  .prefault([])
  .meta({ examples: [[{ name: 'CPI', at: '2026-12-10T13:30:00Z' }]] })

const onTrip = (usual: 'exitsOnly' | 'cancel') =>
  z
    .enum(['exitsOnly', 'cancel', 'flatten'])
    .default(usual)
    .describe('deny what adds risk; cancel entries as well; close every position as well')

const rearm = (usual: 'nextDay' | 'operator') =>
  z
    .union([z.enum(['nextDay', 'operator']), positiveDuration()], {
      error: 'nextDay, operator, or a time with its unit',
    })
    .prefault(usual)
    .describe('with the next trading day, by an operator only, or after this long')

const lossPolicy = (of: string, usual: 'nextDay' | 'operator') =>
  z
    .strictObject({ onTrip: onTrip('cancel'), rearm: rearm(usual) })
    .prefault({})
    .describe(of)

const breakers = z.strictObject({
  dailyLoss: lossPolicy('of `dailyLossMax`', 'nextDay'),
  dailyDrawdown: lossPolicy('of `dailyDrawdownMax`', 'nextDay'),
  sessionLoss: lossPolicy('of `sessionLossMax`', 'operator'),
  drawdown: lossPolicy('of `drawdownMax`', 'operator'),
  regime: z
    .strictObject({ onTrip: onTrip('exitsOnly') })
    .prefault({})
    .describe('of `regime`'),
  halt: z
    .strictObject({ onTrip: onTrip('cancel') })
    .prefault({})
    .describe('of `haltTimes`'),
})

export const riskSchema = z
  .strictObject({
    orderNotionalMax: orOff(money()).prefault(2000).describe('value of one order'),
    positionNotionalMax: orOff(money())
      .prefault(5000)
      .describe('worst-case value of one instrument'),
    grossNotionalMax: orOff(money()).prefault(10_000).describe('sum of absolute worst cases'),
    netNotionalMax: orOff(money()).prefault(10_000).describe('absolute sum of signed worst cases'),
    positionsMax: orOff(count('instruments'))
      .prefault(10)
      .describe('instruments held or being entered'),
    leverageMax: orOff(z.number().meta({ unit: 'multiples of equity' }).positive())
      .prefault(3)
      .describe('gross worst case over equity'),
    ordersPerMinuteMax: orOff(count('orders a minute'))
      .prefault(30)
      .describe('orders that add risk (token bucket)'),
    dailyLossMax: orOff(money())
      .prefault(500)
      .describe('loss since the start of the trading day at which new risk stops'),
    dailyDrawdownMax: orOff(positiveShare())
      .prefault('2%')
      .describe("fall from the day's highest equity, with the same consequence"),
    sessionLossMax: orOff(money())
      .prefault('off')
      .describe('loss since the session began, restarts included, with the same consequence'),
    drawdownMax: orOff(positiveShare())
      .prefault('off')
      .describe('fall from the highest equity of the session, with the same consequence'),
    tradingDayStart: duration()
      .refine((value) => value < DAY_US, { error: 'a time of less than a day' })
      .prefault('0s')
      .describe('when a trading day of `utc` begins, after midnight UTC'),
    tradingDay: z
      .enum(['utc', 'us-equities'])
      .optional()
      .meta({
        description:
          'whose days the daily limits go by: those of UTC, or the sessions of US stock exchanges, each from midnight of New York before it; unset: as `signal.calendar` says',
        examples: ['us-equities'],
      }),
    symbolNotionalMax: z
      .record(z.string(), money())
      .default({})
      .meta({
        description:
          'beside `positionNotionalMax`, for single instruments; `dex:*` is all of a dex',
        examples: [{ BTC: 5000, 'xyz:*': 200 }],
      }),
    reduceOnly: orOff(reduceOnly)
      .prefault({})
      .describe('when held value far above a cap lets only orders pass that reduce it'),
    regime: orOff(regime)
      .prefault('off')
      .describe('a pause of new risk after a large move of a reference instrument'),
    haltTimes: haltTimes.describe(
      'times around which no new risk is taken: a list, or a JSON file of one',
    ),
    macro: macroSchema.optional().describe('no new risk around releases of US figures'),
    breakers: breakers.prefault({}).describe('what a trip does and how it lets go'),
    priceBandMax: orOff(positiveShare())
      .prefault('5%')
      .describe('distance of a limit price from the mid'),
    bookAgeMax: duration()
      .prefault('10s')
      .describe(
        'age of the book beyond which new risk is blocked; with `signal.source: bar` at least two bars',
      ),
    accountAgeMax: orOff(duration())
      .prefault('off')
      .describe('age of the last account report, with the same consequence'),
  })
  .describe('Limits of the account')
