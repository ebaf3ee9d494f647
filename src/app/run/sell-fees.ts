import { InputError } from '../../adapters/mod.ts'
import {
  activityFeeRule,
  type DatedRule,
  formatDay,
  formatDecimal,
  type Instrument,
  MONEY_DECIMALS,
  newYorkDay,
  rulingOn,
  SELL_FEE_DAYS,
  secFeeRule,
  type TimeUs,
} from '../../core/mod.ts'
import type { Config } from '../config/schema.ts'

/** True when sales of this universe pay the fees of their date. */
export const hasSellFees = (
  { fills }: Pick<Config, 'fills'>,
  instruments: readonly Pick<Instrument, 'kind'>[],
): boolean => fills.sellFees !== 'off' && instruments.some(({ kind }) => kind === 'equity')

interface Span {
  readonly firstTime: TimeUs
  readonly lastTime: TimeUs
}

/** Refuses equities of days whose fees are not known. Throws InputError (3). */
export function requireKnownSellFees(
  config: Config,
  instruments: readonly Instrument[],
  { firstTime, lastTime }: Span,
): void {
  if (!hasSellFees(config, instruments)) return
  const { from, until } = SELL_FEE_DAYS
  if (newYorkDay(firstTime) >= from && newYorkDay(lastTime) <= until) return
  throw new InputError({
    code: 'ORN-CONF-019',
    exitCode: 3,
    message: 'The fees on sales of equities are not known for all days of the data',
    details: [
      `data: ${formatDay(newYorkDay(firstTime))} to ${formatDay(newYorkDay(lastTime))}`,
      `fees known: ${formatDay(from)} to ${formatDay(until)}`,
    ],
    fix: 'fills.sellFees: off leaves them out of the whole run',
  })
}

/** Which fees on sales applied, for a report: sentences, none where no equity is traded. */
export function sellFeeNotes(
  config: Config,
  instruments: readonly Instrument[],
  span: Span,
): readonly string[] {
  if (!instruments.some(({ kind }) => kind === 'equity')) return []
  if (!hasSellFees(config, instruments)) {
    return ['Sales of equities pay no regulatory fees (fills.sellFees off).']
  }
  const sec = rowsWithin(secFeeRule, span, (rate) => `$${formatDecimal(rate, 2)} a million`)
  const activity = rowsWithin(activityFeeRule, span, ({ perShare, capPerTrade }) => {
    const cap = formatDecimal(capPerTrade / 10n ** BigInt(MONEY_DECIMALS - 2), 2)
    return `$${formatDecimal(perShare / 100n, 6)} a share, at most $${cap} a trade`
  })
  return [
    `Sales of equities pay the SEC fee of their date: ${sec}.`,
    `Sales of equities pay the FINRA trading activity fee of their date: ${activity}.`,
    'Both are rounded up to the cent for every fill: no less than what a broker charges.',
  ]
}

/** The rows of a rule that a span meets, each with the day it holds from. */
function rowsWithin<Value>(
  rule: DatedRule<Value>,
  { firstTime, lastTime }: Span,
  text: (value: Value) => string,
): string {
  const last = newYorkDay(lastTime)
  const texts: string[] = []
  for (let day = newYorkDay(firstTime); day <= last; ) {
    const ruling = rulingOn(rule, day)
    if (ruling.kind === 'unknown') break
    texts.push(`${text(ruling.value)} from ${formatDay(day)}`)
    day = ruling.until + 1
  }
  return texts.join(', ')
}
