import { InputError } from '../../adapters/mod.ts'
import { formatTrimmed, type Instrument, MONEY_DECIMALS, MONEY_UNIT } from '../../core/mod.ts'
import { notionalOf } from '../../strategies/mod.ts'
import type { Config } from './schema.ts'

/**
 * Refuses entries that the venue's smallest order is above: none would ever be sent. Only values
 * that the file fixes are known before the session. Throws InputError (3).
 */
export function requireEntrySizes(
  { strategy, companions }: Config,
  instruments: readonly Pick<Instrument, 'symbol' | 'minimumNotional'>[],
): void {
  const momentum = companions?.momentum
  const isFixed = strategy.sizer === undefined || strategy.sizer.kind === 'fixed'
  if (!isFixed) return
  const details = instruments.flatMap(({ symbol, minimumNotional }) => {
    const followed = momentum?.instruments.includes(symbol) === true
    const value = followed ? momentum.notional : notionalOf(strategy, symbol)
    if (value * Number(MONEY_UNIT) >= Number(minimumNotional)) return []
    const least = formatTrimmed(Number(minimumNotional), MONEY_DECIMALS)
    return [`${symbol}: entries are worth ${value}, the smallest order is ${least}`]
  })
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-CONF-014',
    exitCode: 3,
    message: 'Entries are smaller than the venue takes; nothing was sent',
    details,
    fix: 'Raise strategy.notional, strategy.notionals or companions.momentum.notional',
  })
}
