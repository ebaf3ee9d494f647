import type { Recording } from '../../adapters/mod.ts'
import type { RunRecord, RunShareRule } from '../../core/mod.ts'
import type { Config } from '../config/schema.ts'
import { shareSettings } from '../config/shares.ts'
import type { usualShares } from '../config/shares-schema.ts'
import type { BacktestResult } from './backtest.ts'

type Shares = ReturnType<typeof usualShares>
type Denials = Readonly<Record<string, number | undefined>>

/** What the notes are made of. */
interface Facts {
  /** Null where all rules are off. */
  readonly own: Shares | null
  readonly denials: Denials
  readonly recording: Recording
  readonly result: BacktestResult
  readonly config: Config
}

/** The rules of shares of a run, for its record; nothing where no shares are traded. */
export function shareRuleNotes(
  config: Config,
  result: BacktestResult,
  recording: Recording,
): Pick<RunRecord, 'shareRules'> {
  const { instruments, engine } = result
  if (!instruments.some(({ kind }) => kind === 'equity')) return {}
  const { denials } = engine.world.counters
  const own = shareSettings(config, instruments)
  const facts = { own, denials, recording, result, config }
  const rules = [borrowing, ownedDates, interest, priceTest, margin, dayTrades, settlement]
  return { shareRules: rules.map((rule) => rule(facts)) }
}

const refusals = (denials: Denials, ...codes: readonly string[]) => ({
  count: codes.reduce((sum, code) => sum + (denials[code] ?? 0), 0),
  what: 'entries refused',
})

function borrowing({ own, denials, result }: Facts): RunShareRule {
  const name = 'Borrowing shares'
  const outcomes = result.engine.world.counters.outcomes
  const decided = (outcomes['not shortable'] ?? 0) + (outcomes['no locate'] ?? 0)
  if (own?.account === 'cash') {
    const text = 'A cash account sells nothing short.'
    return { name, isOn: true, text, acted: { count: decided, what: 'shorts not entered' } }
  }
  const terms = own?.borrow ?? null
  if (terms === null) {
    const text = 'Every share can be sold short and costs nothing to borrow: too kind to shorts.'
    return { name, isOn: false, text, acted: null }
  }
  const days = result.collected.funding.filter(({ cause }) => cause === 'borrow').length
  const { count } = refusals(denials, 'NOT_SHORTABLE', 'NO_LOCATE')
  const rate = `${Number((terms.rate * 100).toPrecision(6))} % a year`
  const named =
    terms.names.length === 0
      ? 'no name has terms of its own'
      : `${terms.names.length} terms of single names`
  const located = terms.locates === 'grant' ? 'always located' : 'never located'
  return {
    name,
    isOn: true,
    text:
      `Shorts pay ${rate} of their value at the last close for every calendar day (a year of 360), ` +
      `by trade date; ${named}; what is hard to borrow is ${located}. Recalls and rates that rise are not modelled.`,
    acted: { count: count + decided, what: `shorts not entered; ${days} daily charges` },
  }
}

function ownedDates({ own, recording, result }: Facts): RunShareRule {
  const name = 'Dividends and splits'
  if (recording.info.adjustment === 'adjusted') {
    const text =
      'Prices are adjusted: dividends and splits are in them, for longs and shorts, and are not booked again.'
    return { name, isOn: false, text, acted: null }
  }
  if (own?.exDates !== true) {
    const text = 'Not booked: longs get no dividend, shorts owe none, a split is a loss or a gain.'
    return { name, isOn: false, text, acted: null }
  }
  if (recording.actions === undefined) {
    const text = 'The data tell of no dividend and no split: none is booked.'
    return { name, isOn: false, text, acted: null }
  }
  const { funding, splits = [] } = result.collected
  const dividends = funding.filter(({ cause }) => cause === 'dividend').length
  return {
    name,
    isOn: true,
    text: 'Booked on the ex-date before the session, dividends in full, without tax; fractions of a split in cash.',
    acted: { count: dividends, what: `dividends; ${splits.length} splits` },
  }
}

function interest({ own, result }: Facts): RunShareRule {
  const name = 'Interest on borrowed money'
  if (own === null || own.interest === null || own.account === 'cash') {
    const text =
      own?.account === 'cash' ? 'A cash account borrows nothing.' : 'Borrowed money costs nothing.'
    return { name, isOn: false, text, acted: null }
  }
  const { rate } = own.interest
  const told =
    rate === undefined
      ? 'the prime rate of US banks on the day'
      : `${Number((rate * 100).toPrecision(6))} % a year`
  return {
    name,
    isOn: true,
    text:
      `What is borrowed at the end of a day pays ${told} for every calendar day (a year of 360), by trade date; ` +
      'what short sales brought pays for nothing. Cash earns nothing.',
    acted: { count: result.collected.interest?.length ?? 0, what: 'daily charges' },
  }
}

function priceTest({ own, denials, result, config }: Facts): RunShareRule {
  const name = 'Short sale price test (Rule 201)'
  if (own?.priceTest !== true) {
    return { name, isOn: false, text: 'Short sales are not restricted after a fall.', acted: null }
  }
  const begun = result.engine.world.shares?.priceTests ?? 0
  const bars =
    'A bar whose low is 10 % below the close of the session before restricts its day and the next session'
  const text =
    config.signal.prices === 'book'
      ? `${bars}; within a session the mid does, at each heartbeat.`
      : `${bars}. Bars have no bid: no short sale is above it then.`
  const { count } = refusals(denials, 'PRICE_TEST')
  return { name, isOn: true, text, acted: { count, what: `entries refused; begun ${begun} times` } }
}

function margin({ own, denials, result }: Facts): RunShareRule {
  const name = 'Margin (Regulation T)'
  if (own === null || !own.margin || own.account === 'cash') {
    const text = own?.account === 'cash' ? 'A cash account borrows nothing.' : 'Not asked.'
    return { name, isOn: false, text, acted: null }
  }
  const { count } = refusals(denials, 'BUYING_POWER', 'MARGIN_EQUITY')
  const calls = result.engine.world.shares?.marginCalls ?? 0
  return {
    name,
    isOn: true,
    text:
      'Half of what is opened and held overnight must be own; below the maintenance margin (25 % long, 30 % short) ' +
      'the positions that need most are left, on bars at the next open.',
    acted: { count, what: `entries refused; ${calls} margin calls` },
  }
}

function dayTrades({ own, denials, result }: Facts): RunShareRule {
  const name = 'Pattern day trader (until 2026-06-03)'
  if (own === null || own.dayTrades === null || own.account === 'cash') {
    return { name, isOn: false, text: 'Not asked.', acted: null }
  }
  const { dayTrades: made = 0, dayTradesOver: over = 0 } = result.engine.world.shares ?? {}
  const does =
    own.dayTrades === 'refuse'
      ? 'no entry where a fourth day trade in five sessions could follow'
      : 'only counted'
  const { count } = refusals(denials, 'DAY_TRADES')
  return {
    name,
    isOn: true,
    text: `Accounts below $25,000: ${does}. Exits always pass.`,
    acted: { count, what: `entries refused; ${made} day trades, ${over} too many` },
  }
}

function settlement({ own, denials }: Facts): RunShareRule {
  const name = 'Settlement'
  if (own === null || own.account === 'margin' || !own.settlement) {
    const text =
      own?.account === 'cash'
        ? 'Proceeds are spent at once.'
        : 'A margin account spends proceeds at once.'
    return { name, isOn: false, text, acted: null }
  }
  return {
    name,
    isOn: true,
    text: 'Only settled cash is spent: T+3 before 2017-09-05, T+2 before 2024-05-28, T+1 since.',
    acted: refusals(denials, 'UNSETTLED_CASH', 'BUYING_POWER'),
  }
}
