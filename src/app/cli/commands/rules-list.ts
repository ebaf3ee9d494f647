import {
  type ActivityFee,
  activityFeeRule,
  cryptoFeeRule,
  type DatedRule,
  type DayNumber,
  type DayTradingRule,
  dayTradingRule,
  type FeeTier,
  formatDay,
  formatDecimal,
  type MarginRule,
  MONEY_DECIMALS,
  marginRule,
  newYorkDay,
  type PriceIncrements,
  priceIncrementRule,
  primeRateRule,
  rulingOn,
  type ShortSaleRule,
  secFeeRule,
  settlementDay,
  settlementRule,
  shortSaleRule,
  usEquityClosure,
} from '../../../core/mod.ts'
import { dayFlag } from '../day-flag.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `ornstein rules`. */
export interface RulesFlags {
  readonly at?: string
  readonly json?: boolean
}

/** A rule on a day, as the envelope shows it. */
interface Shown {
  readonly name: string
  readonly known: boolean
  /** First and last day, where known of the value, else of the whole table. */
  readonly from: string
  readonly until: string
  readonly value: unknown
  readonly text: string
  readonly source: string | null
}

/** Lists what holds on a day, each rule with since when and where it is written. */
export function rulesCommand({ at }: RulesFlags, now = Date.now() * 1000): CommandResult {
  const day = at === undefined ? newYorkDay(now) : dayFlag('--at', at)
  const rules = [
    show(day, secFeeRule, secText, (rate) => ({ perMillion: rate / 100 })),
    show(day, activityFeeRule, activityText, ({ perShare, capPerTrade }) => ({
      perShare: Number(perShare) / 10 ** MONEY_DECIMALS,
      capPerTrade: Number(capPerTrade) / 10 ** MONEY_DECIMALS,
    })),
    show(
      day,
      settlementRule,
      (days) => {
        const settles = settlesOn(day)
        return settles === null ? `T+${days}` : `T+${days}: a trade of this day on ${settles}`
      },
      (days) => ({ days, settles: settlesOn(day) }),
    ),
    show(day, dayTradingRule, dayTradingText),
    show(day, marginRule, marginText),
    show(day, primeRateRule, primeText, (rate) => ({ rate: rate / 1e9 })),
    show(day, shortSaleRule, shortSaleText),
    show(day, priceIncrementRule, incrementText),
    show(day, cryptoFeeRule, tiersText, (tiers) =>
      tiers.map(({ volumeMin, makerE9, takerE9 }) => ({
        volumeMin,
        makerBp: makerE9 / 1e5,
        takerBp: takerE9 / 1e5,
      })),
    ),
  ]
  const unknown = rules.filter(({ known }) => !known)
  return {
    data: { day: formatDay(day), rules },
    text: [`Rules of ${formatDay(day)} (New York)`, ...rules.flatMap(linesOf)].join('\n'),
    warnings: unknown.map(
      ({ name, from, until }) => `${name}: not known on this day, only from ${from} to ${until}`,
    ),
  }
}

/** When a trade of a day settles; null where nothing is traded on it. */
const settlesOn = (day: DayNumber): string | null =>
  usEquityClosure(day) === null ? formatDay(settlementDay(day)) : null

function show<Value>(
  day: DayNumber,
  rule: DatedRule<Value>,
  text: (value: Value) => string,
  plain: (value: Value) => unknown = (value) => value,
): Shown {
  const ruling = rulingOn(rule, day)
  const span = { from: formatDay(ruling.from), until: formatDay(ruling.until) }
  if (ruling.kind === 'unknown') {
    const told = `not known; known from ${span.from} to ${span.until}`
    return { name: rule.name, known: false, ...span, value: null, text: told, source: null }
  }
  const { value, source } = ruling
  return {
    ...{ name: rule.name, known: true, ...span },
    ...{ value: plain(value), text: text(value), source },
  }
}

const linesOf = ({ name, known, from, text, source }: Shown): readonly string[] =>
  known ? ['', `${name}: ${text}`, `  since ${from}: ${source}`] : ['', `${name}: ${text}`]

const percent = (share: number): string => `${share * 100} %`

const secText = (rate: number): string =>
  `$${formatDecimal(rate, 2)} a million of a sale's value, rounded up to the cent`

function activityText({ perShare, capPerTrade }: ActivityFee): string {
  const cap = formatDecimal(capPerTrade / 10n ** BigInt(MONEY_DECIMALS - 2), 2)
  const share = formatDecimal(perShare / 10n ** BigInt(MONEY_DECIMALS - 6), 6)
  return `$${share} a share sold, rounded up to the cent, at most $${cap} a trade`
}

function dayTradingText(rule: DayTradingRule): string {
  if (rule.kind === 'intradayMargin') {
    return 'intraday margin standard; no count of day trades and no minimum equity'
  }
  const { dayTrades, sessions, shareOfTradesMax, equityMin, intradayMultiple } = rule
  return (
    `pattern day trader from ${dayTrades} day trades in ${sessions} sessions on ` +
    `(more than ${percent(shareOfTradesMax)} of all trades): $${equityMin} of equity needed, ` +
    `${intradayMultiple}:1 intraday`
  )
}

const marginText = ({ initial, maintenanceLong, maintenanceShort }: MarginRule): string =>
  `${1 / initial}:1 overnight (${percent(initial)} initial); maintenance ` +
  `${percent(maintenanceLong)} of longs, ${percent(maintenanceShort)} of shorts`

const primeText = (rate: number): string =>
  `${rate / 1e7} % a year: interest on borrowed money where no rate is configured`

const shortSaleText = (rule: ShortSaleRule): string =>
  rule.kind === 'none'
    ? 'none'
    : `after a decline of ${rule.declineE2} % from the last close only above the best bid, ` +
      'for the rest of the day and the next session'

const incrementText = ({ threshold, above, below }: PriceIncrements): string =>
  `$${above} from $${threshold.toFixed(2)} on, $${below} below`

const tiersText = (tiers: readonly FeeTier[]): string =>
  tiers
    .map(({ volumeMin, makerE9, takerE9 }) => {
      const from = volumeMin === 0 ? '' : ` from $${volumeMin} on`
      return `${makerE9 / 1e5}/${takerE9 / 1e5} bp${from}`
    })
    .join(', ')
