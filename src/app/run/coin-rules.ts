import type { RecordingInfo } from '../../adapters/mod.ts'
import {
  formatDay,
  type Instrument,
  MONEY_UNIT,
  notionalFloat,
  type RunFill,
} from '../../core/mod.ts'
import { coinTier } from '../config/coins-schema.ts'
import type { Config } from '../config/schema.ts'

/** Smallest order at Alpaca, dollars; it binds sales too. */
const MINIMUM_NOTIONAL = 10n * MONEY_UNIT
const DAYS = 30
const DAY_US = 86_400_000_000

/** A coin as the venue of `fills.coins` trades it; everything else as it is. */
export function withCoinRules({ fills }: Config, instrument: Instrument): Instrument {
  const { coins } = fills
  const isElsewhere = instrument.kind === 'spot' && instrument.feeIn === undefined
  if (coins === undefined || !isElsewhere) return instrument
  const { makerE9, takerE9 } = coinTier(coins)!
  return {
    ...instrument,
    minimumNotional: MINIMUM_NOTIONAL,
    fees: { makerE9, takerE9 },
    feeIn: 'received',
    hasDust: true,
    canReplace: true,
    hasPostOnly: false,
    longOnly: true,
    maximumLeverage: 1,
  }
}

const bp = (rateE9: number): string => `${rateE9 / 100_000} bp`

/** Which rules of coins applied, for a report: sentences, none where none did. */
export function coinNotes(
  { fills: { coins } }: Config,
  instruments: readonly Instrument[],
  run: { readonly info: RecordingInfo; readonly fills: readonly RunFill[] },
): readonly string[] {
  if (coins === undefined || !instruments.some(({ kind }) => kind === 'spot')) return []
  const tier = coinTier(coins)!
  const traded = run.fills.reduce(
    (sum, fill) => sum + notionalFloat(instruments[fill.instrument]!, fill.price, fill.quantity),
    0,
  )
  const { firstTime, lastTime } = run.info
  const days = Math.max(1, (lastTime - firstTime) / DAY_US)
  const monthly = Math.round((traded / days) * Math.min(days, DAYS))
  const earned = coinTier({ ...coins, volume: monthly })!
  const [first, last] = [firstTime, lastTime].map((time) => formatDay(Math.floor(time / DAY_US)))
  return [
    `Coins trade by Alpaca’s rules: maker ${bp(tier.makerE9)}, taker ${bp(tier.takerE9)} (the ` +
      `tier of ${coins.feesOn} for $${coins.volume} in ${DAYS} days), the fee of a buy taken of the ` +
      'coins, orders of $10 or more.',
    `The data are of ${first} to ${last}, from another venue in another quote currency: prices, ` +
      'spreads and liquidity at Alpaca were others.',
    `The run traded $${monthly} in ${DAYS} days or less: an account that does pays ` +
      `${bp(earned.makerE9)} and ${bp(earned.takerE9)} there.`,
  ]
}
