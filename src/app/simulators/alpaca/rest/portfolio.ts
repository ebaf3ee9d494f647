import type { TimeUs } from '../../../../core/mod.ts'
import { valueAccount } from '../state/margin.ts'
import { tradingDay } from '../state/sessions.ts'
import { type Nano, numberOf } from '../wire/nano.ts'
import { DAY_US, HOUR_US, MINUTE_US, readTime } from '../wire/times.ts'
import { invalid, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

const frames: Readonly<Record<string, number>> = {
  '1Min': MINUTE_US,
  '5Min': 5 * MINUTE_US,
  '15Min': 15 * MINUTE_US,
  '1H': HOUR_US,
  '1D': DAY_US,
}
const periods: Readonly<Record<string, number>> = { D: 1, W: 7, M: 30, A: 365 }

function periodUs(text: string): number | null {
  const match = /^(\d+)([DWMA])$/.exec(text)
  return match === null ? null : Number(match[1]) * periods[match[2]!]! * DAY_US
}

const inSession = (time: TimeUs): boolean => {
  const session = tradingDay(time)
  return session !== null && time >= session.openTime && time <= session.closeTime
}

/** The last of each stretch. */
function sampled(
  points: readonly { readonly time: TimeUs; readonly equity: Nano }[],
  frameUs: number,
): { readonly time: TimeUs; readonly equity: Nano }[] {
  const kept: { time: TimeUs; equity: Nano }[] = []
  for (const { time, equity } of points) {
    const start = Math.floor(time / frameUs) * frameUs
    if (kept.at(-1)?.time === start) kept[kept.length - 1] = { time: start, equity }
    else kept.push({ time: start, equity })
  }
  return kept
}

function getHistory({ state, account, query }: RestContext): Reply {
  const period = periodUs(query.get('period') || '1M')
  if (period === null) return invalid(`invalid period: ${query.get('period')}`)
  const timeframe =
    query.get('timeframe') || (period <= DAY_US ? '1Min' : period <= 30 * DAY_US ? '15Min' : '1D')
  const frameUs = frames[timeframe]
  if (frameUs === undefined) return invalid(`invalid timeframe: ${timeframe}`)
  const bound = (name: string): TimeUs | null => {
    const text = query.get(name)
    return text === null || text === '' ? null : (readTime(text) ?? Number.NaN)
  }
  const start = bound('start') ?? bound('date_start')
  const end = bound('end') ?? bound('date_end') ?? state.time
  if (Number.isNaN(start) || Number.isNaN(end)) return invalid('invalid time format')
  const from = start ?? end - period
  const isDaily = timeframe === '1D'
  const always = isDaily || query.get('intraday_reporting') === 'continuous'
  const now = { time: state.time, equity: valueAccount(state, account).equity }
  const known = [...(isDaily ? account.dayEquity : account.minuteEquity), now].filter(
    ({ time }) => time >= from && time <= end && (always || inSession(time)),
  )
  const points = sampled(known, frameUs)
  const earlier = account.dayEquity.findLast(({ time }) => time < from)
  const base = earlier?.equity ?? account.deposited
  return ok({
    timestamp: points.map(({ time }) => Math.floor(time / 1e6)),
    equity: points.map(({ equity }) => numberOf(equity)),
    profit_loss: points.map(({ equity }) => numberOf(equity - base)),
    profit_loss_pct: points.map(({ equity }) =>
      base === 0n ? 0 : Number(equity - base) / Number(base),
    ),
    base_value: numberOf(base),
    base_value_asof: new Date(Math.floor((earlier?.time ?? account.createdAt) / 1000))
      .toISOString()
      .slice(0, 10),
    timeframe,
  })
}

/** How the account's worth went. */
export const portfolioRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v2/account/portfolio/history'), run: getHistory },
]
