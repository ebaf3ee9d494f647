import { barCount, type HourGrid } from '../hour-grid.ts'
import { type GeneratedPanelSettings, SESSIONS_PER_YEAR } from './options.ts'
import { stream } from './stream.ts'

/** Which names trade and which are members; bars are those of a session's first. */
export interface IndexPlan {
  /** First bar that trades; the number of bars where there is none. */
  readonly listingBar: Int32Array
  /** First bar that does not trade any more; the number of bars where it trades to the end. */
  readonly delistingBar: Int32Array
  /** Name-major, 1 for members. */
  readonly isMember: Uint8Array
}

/** Sessions from the announcement of a change to its effect, and of a delisting to the last price. */
const NOTICE_SESSIONS = 5
/** Half of the reserve trades later than the panel's start, after this many sessions on average. */
const LISTING_SESSIONS = 400

interface Notice {
  readonly session: number
  readonly name: number
  readonly kind: 'join' | 'leave' | 'delist'
}

/** State of the plan while sessions are drawn one after another. */
interface IndexState {
  readonly trades: Uint8Array
  readonly member: Uint8Array
  /** 1 for names that an announced change concerns. */
  readonly noticed: Uint8Array
  notices: Notice[]
}

/** Draws listings, delistings and changes of membership by chance alone, session by session. */
export function drawIndex(settings: GeneratedPanelSettings, grid: HourGrid): IndexPlan {
  const { names } = settings
  const bars = barCount(grid)
  const random = stream(settings.seed, 'index', 0)
  const plan = {
    listingBar: new Int32Array(names).fill(bars),
    delistingBar: new Int32Array(names).fill(bars),
    isMember: new Uint8Array(names * bars),
  }
  const members = names - Math.floor(names * settings.reserveShare)
  const traded = members + Math.ceil((names - members) / 2)
  const state: IndexState = {
    trades: new Uint8Array(names).fill(1, 0, traded),
    member: new Uint8Array(names).fill(1, 0, members),
    noticed: new Uint8Array(names),
    notices: [],
  }
  plan.listingBar.fill(0, 0, traded)
  const chance = {
    delist: settings.delistingsPerYear / SESSIONS_PER_YEAR,
    change: settings.changesPerYear / SESSIONS_PER_YEAR,
    list: 1 / LISTING_SESSIONS,
  }
  let session = 0
  for (let start = 0; start < bars; session++) {
    let end = start + 1
    while ((grid.barOfSession[end] ?? 0) !== 0) end++
    takeEffect(plan, state, session, start)
    for (let name = 0; name < names; name++) {
      const luck = random.next()
      if (state.trades[name] === 0) {
        const isUnlisted = plan.listingBar[name] === bars && name >= traded
        if (isUnlisted && luck < chance.list) list(plan, state, name, start)
      } else if (state.noticed[name] === 0) {
        if (luck < chance.delist) announce(state, session, name, 'delist')
        else if (state.member[name] === 1 && luck < chance.delist + chance.change) {
          announce(state, session, name, 'leave')
        }
      }
      if (state.member[name] === 1) plan.isMember.fill(1, name * bars + start, name * bars + end)
    }
    replaceLeavers(state, session, random.integer(names))
    start = end
  }
  return plan
}

function list(plan: IndexPlan, state: IndexState, name: number, bar: number): void {
  plan.listingBar[name] = bar
  state.trades[name] = 1
}

function announce(state: IndexState, session: number, name: number, kind: Notice['kind']): void {
  state.noticed[name] = 1
  state.notices.push({ session: session + NOTICE_SESSIONS, name, kind })
}

/** For each member whose leaving was announced in a session, a name that trades joins, if any. */
function replaceLeavers(state: IndexState, session: number, from: number): void {
  const names = state.member.length
  const effective = session + NOTICE_SESSIONS
  const leavers = state.notices.filter(
    (n) => n.session === effective && n.kind !== 'join' && state.member[n.name] === 1,
  ).length
  let joined = 0
  for (let step = 0; step < names && joined < leavers; step++) {
    const name = (from + step) % names
    const isFree = state.trades[name] === 1 && state.member[name] === 0 && state.noticed[name] === 0
    if (!isFree) continue
    announce(state, session, name, 'join')
    joined++
  }
}

function takeEffect(plan: IndexPlan, state: IndexState, session: number, bar: number): void {
  for (const notice of state.notices) {
    if (notice.session !== session) continue
    state.noticed[notice.name] = 0
    state.member[notice.name] = notice.kind === 'join' ? 1 : 0
    if (notice.kind === 'delist') {
      state.trades[notice.name] = 0
      plan.delistingBar[notice.name] = bar
    }
  }
  state.notices = state.notices.filter((notice) => notice.session > session)
}
