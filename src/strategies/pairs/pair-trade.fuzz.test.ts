import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import {
  beginTrade,
  flatTrade,
  type LegView,
  type PairObservation,
  type PairPhase,
  type PairTrade,
  stepTrade,
} from './pair-trade.ts'

const SECOND = 1_000_000
const rules = { legTimeoutUs: 10 * SECOND, hedgeErrorMax: 0.1, lockoutUs: 60 * SECOND }

const leg = (lots: number, working: LegView['working'] = null): LegView => ({ lots, working })

type Seen = readonly [
  first: LegView,
  second: LegView,
  wish?: PairObservation['wish'],
  isLate?: boolean,
]

/** A trade that bought 100 lots of its first leg and sells 80 of the second. */
const events: Record<string, Seen> = {
  'nothing held or working': [leg(0), leg(0)],
  'first at work': [leg(0, 'entry'), leg(0)],
  'first partly filled and at work': [leg(60, 'entry'), leg(0)],
  'first at work too long': [leg(0, 'entry'), leg(0), 'none', true],
  'first partly filled and over': [leg(60), leg(0)],
  'first filled': [leg(100), leg(0)],
  'first filled, signal gone': [leg(100), leg(0), 'leave'],
  'second at work': [leg(100), leg(0, 'entry')],
  'second at work, stop': [leg(100), leg(0, 'entry'), 'stop'],
  'second at work too long': [leg(100), leg(-20, 'entry'), 'none', true],
  'second partly filled and over': [leg(100), leg(-40)],
  'second filled nearly': [leg(100), leg(-76)],
  'both filled': [leg(100), leg(-80)],
  'both filled, leave': [leg(100), leg(-80), 'leave'],
  'both filled, stop': [leg(100), leg(-80), 'stop'],
  'both filled, for long': [leg(100), leg(-80), 'none', true],
  'second being closed': [leg(100), leg(-80, 'exit')],
  'first being closed': [leg(100, 'exit'), leg(0)],
  'first lost': [leg(0), leg(-80)],
  'first turned over': [leg(-100), leg(-80)],
  'second turned over': [leg(100), leg(80)],
}

/** What becomes of a trade in each phase at each of them: the new phase, then what it asks for. */
const cells: Record<PairPhase, Record<string, string>> = {
  flat: {
    'nothing held or working': 'flat',
    'first at work': 'unwinding, abandon first',
    'first partly filled and at work': 'unwinding, abandon first',
    'first at work too long': 'unwinding, abandon first',
    'first partly filled and over': 'unwinding, exit first',
    'first filled': 'unwinding, exit first',
    'first filled, signal gone': 'unwinding, exit first',
    'second at work': 'unwinding, abandon second, exit first',
    'second at work, stop': 'unwinding, abandon second, exit first',
    'second at work too long': 'unwinding, abandon second, exit first',
    'second partly filled and over': 'unwinding, exit second, exit first',
    'second filled nearly': 'unwinding, exit second, exit first',
    'both filled': 'unwinding, exit second, exit first',
    'both filled, leave': 'unwinding, exit second, exit first',
    'both filled, stop': 'unwinding, exit second, exit first',
    'both filled, for long': 'unwinding, exit second, exit first',
    'second being closed': 'unwinding, exit first',
    'first being closed': 'unwinding',
    'first lost': 'unwinding, exit second',
    'first turned over': 'unwinding, exit second, exit first',
    'second turned over': 'unwinding, exit second, exit first',
  },
  enteringFirst: {
    'nothing held or working': 'flat',
    'first at work': 'enteringFirst',
    'first partly filled and at work': 'enteringFirst',
    'first at work too long': 'enteringFirst, abandon first',
    'first partly filled and over': 'enteringSecond, enter second 48',
    'first filled': 'enteringSecond, enter second 80',
    'first filled, signal gone': 'unwinding, exit first',
    'second at work': 'unwinding, abandon second, exit first',
    'second at work, stop': 'unwinding, abandon second, exit first',
    'second at work too long': 'unwinding, abandon second, exit first',
    'second partly filled and over': 'unwinding, exit second, exit first',
    'second filled nearly': 'unwinding, exit second, exit first',
    'both filled': 'unwinding, exit second, exit first',
    'both filled, leave': 'unwinding, exit second, exit first',
    'both filled, stop': 'unwinding, exit second, exit first',
    'both filled, for long': 'unwinding, exit second, exit first',
    'second being closed': 'unwinding, exit first',
    'first being closed': 'unwinding',
    'first lost': 'unwinding, exit second',
    'first turned over': 'unwinding, exit second, exit first',
    'second turned over': 'unwinding, exit second, exit first',
  },
  enteringSecond: {
    'nothing held or working': 'flat',
    'first at work': 'unwinding, abandon first',
    'first partly filled and at work': 'unwinding, abandon first',
    'first at work too long': 'unwinding, abandon first',
    'first partly filled and over': 'unwinding, exit first',
    'first filled': 'unwinding, exit first',
    'first filled, signal gone': 'unwinding, exit first',
    'second at work': 'enteringSecond',
    'second at work, stop': 'unwinding, abandon second, exit first',
    'second at work too long': 'unwinding, abandon second, exit first',
    'second partly filled and over': 'unwinding, exit second, exit first',
    'second filled nearly': 'open',
    'both filled': 'open',
    'both filled, leave': 'closing, exit second',
    'both filled, stop': 'unwinding, exit second, exit first',
    'both filled, for long': 'open',
    'second being closed': 'unwinding, exit first',
    'first being closed': 'unwinding',
    'first lost': 'unwinding, exit second',
    'first turned over': 'unwinding, exit second, exit first',
    'second turned over': 'unwinding, exit second, exit first',
  },
  open: {
    'nothing held or working': 'flat',
    'first at work': 'unwinding, abandon first',
    'first partly filled and at work': 'unwinding, abandon first',
    'first at work too long': 'unwinding, abandon first',
    'first partly filled and over': 'unwinding, exit first',
    'first filled': 'unwinding, exit first',
    'first filled, signal gone': 'unwinding, exit first',
    'second at work': 'unwinding, abandon second, exit first',
    'second at work, stop': 'unwinding, abandon second, exit first',
    'second at work too long': 'unwinding, abandon second, exit first',
    'second partly filled and over': 'unwinding, exit second, exit first',
    'second filled nearly': 'open',
    'both filled': 'open',
    'both filled, leave': 'closing, exit second',
    'both filled, stop': 'closing, exit second',
    'both filled, for long': 'open',
    'second being closed': 'unwinding, exit first',
    'first being closed': 'unwinding',
    'first lost': 'unwinding, exit second',
    'first turned over': 'unwinding, exit second, exit first',
    'second turned over': 'unwinding, exit second, exit first',
  },
  closing: {
    'nothing held or working': 'flat',
    'first at work': 'unwinding, abandon first',
    'first partly filled and at work': 'unwinding, abandon first',
    'first at work too long': 'unwinding, abandon first',
    'first partly filled and over': 'closing, exit first',
    'first filled': 'closing, exit first',
    'first filled, signal gone': 'closing, exit first',
    'second at work': 'unwinding, abandon second, exit first',
    'second at work, stop': 'unwinding, abandon second, exit first',
    'second at work too long': 'unwinding, abandon second, exit first',
    'second partly filled and over': 'closing, exit second',
    'second filled nearly': 'closing, exit second',
    'both filled': 'closing, exit second',
    'both filled, leave': 'closing, exit second',
    'both filled, stop': 'closing, exit second',
    'both filled, for long': 'unwinding, exit second, exit first',
    'second being closed': 'closing',
    'first being closed': 'closing',
    'first lost': 'closing, exit second',
    'first turned over': 'unwinding, exit second, exit first',
    'second turned over': 'unwinding, exit second, exit first',
  },
  unwinding: {
    'nothing held or working': 'flat',
    'first at work': 'unwinding, abandon first',
    'first partly filled and at work': 'unwinding, abandon first',
    'first at work too long': 'unwinding, abandon first',
    'first partly filled and over': 'unwinding, exit first',
    'first filled': 'unwinding, exit first',
    'first filled, signal gone': 'unwinding, exit first',
    'second at work': 'unwinding, abandon second, exit first',
    'second at work, stop': 'unwinding, abandon second, exit first',
    'second at work too long': 'unwinding, abandon second, exit first',
    'second partly filled and over': 'unwinding, exit second, exit first',
    'second filled nearly': 'unwinding, exit second, exit first',
    'both filled': 'unwinding, exit second, exit first',
    'both filled, leave': 'unwinding, exit second, exit first',
    'both filled, stop': 'unwinding, exit second, exit first',
    'both filled, for long': 'unwinding, exit second, exit first',
    'second being closed': 'unwinding, exit first',
    'first being closed': 'unwinding',
    'first lost': 'unwinding, exit second',
    'first turned over': 'unwinding, exit second, exit first',
    'second turned over': 'unwinding, exit second, exit first',
  },
}

function stepCell(phase: PairPhase, event: string): { text: string; trade: PairTrade } {
  const [first, second, wish = 'none', isLate = false] = events[event]!
  const trade = { ...flatTrade(), phase, firstLots: 100, secondLots: 80 }
  const now = isLate ? 20 * SECOND : SECOND
  const hedge = (lots: number): number => Math.round(lots * 0.8)
  const actions = stepTrade(trade, { now, first, second, wish, hedge }, rules)
  const asked = actions.map((action) =>
    action.kind === 'enterSecond' ? `enter second ${action.lots}` : `${action.kind} ${action.leg}`,
  )
  return { text: [trade.phase, ...asked].join(', '), trade }
}

describe('a trade in a pair', () => {
  for (const [phase, row] of Object.entries(cells) as [PairPhase, Record<string, string>][]) {
    it(`does in every case what it should while ${phase}`, () => {
      expect(Object.keys(row)).toEqual(Object.keys(events))
      const found = Object.keys(events).map((event) => [event, stepCell(phase, event).text])
      expect(Object.fromEntries(found)).toEqual(row)
    })
  }

  it('asks for nothing twice where nothing changed but its own asking', () => {
    for (const phase of Object.keys(cells) as PairPhase[]) {
      for (const event of Object.keys(events)) {
        const { text, trade } = stepCell(phase, event)
        if (!text.includes('exit')) continue
        const [first, second] = events[event]!
        const closing = ({ lots, working }: LegView, name: string): LegView =>
          text.includes(`exit ${name}`) ? leg(lots, 'exit') : leg(lots, working)
        const again = {
          ...{ now: SECOND, wish: 'none' as const, hedge: () => 0 },
          ...{ first: closing(first, 'first'), second: closing(second, 'second') },
        }
        const repeated = stepTrade(trade, again, rules).filter((a) => a.kind === 'exit')
        expect(repeated, `${phase}, ${event}`).toEqual([])
      }
    }
  })

  it('does not enter for a while after a stop and after an unwinding', () => {
    expect(stepCell('open', 'both filled, stop').trade.lockedUntil).toBe(61 * SECOND)
    expect(stepCell('open', 'both filled, leave').trade.lockedUntil).toBe(0)
    expect(stepCell('unwinding', 'nothing held or working').trade.lockedUntil).toBe(61 * SECOND)
  })

  it('unwinds what is too little to be hedged', () => {
    const trade = flatTrade()
    beginTrade(trade, { first: 1, second: -1 }, 0)
    const seen = { now: 1, first: leg(3), second: leg(0), wish: 'none', hedge: () => 0 } as const
    expect(stepTrade(trade, seen, rules)).toEqual([{ kind: 'exit', leg: 'first' }])
    expect(trade.reason).toBe('too little to hedge')
  })
})

/** A venue that fills what it likes of what is asked, when it likes, or nothing. */
class Venue {
  readonly lots = { first: 0, second: 0 }
  readonly work: Record<'first' | 'second', null | { kind: 'entry' | 'exit'; target: number }> = {
    first: null,
    second: null,
  }
  readonly #random: ReturnType<typeof createRandom>

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  look(name: 'first' | 'second'): LegView {
    return leg(this.lots[name] + 0, this.work[name]?.kind ?? null)
  }

  /** `isCalm`: everything is filled, nothing fails, nobody interferes. */
  live(isCalm: boolean): void {
    for (const name of ['first', 'second'] as const) {
      const work = this.work[name]
      if (work !== null && (isCalm || this.#random.next() < 0.5)) {
        const wanted = work.kind === 'exit' ? -this.lots[name] : work.target
        const share = isCalm || this.#random.next() < 0.5 ? 1 : this.#random.next()
        this.lots[name] += Math.trunc(wanted * share)
        if (work.kind === 'entry' || this.lots[name] === 0) this.work[name] = null
      } else if (!isCalm && this.#random.next() < 0.02) {
        // Somebody trades by hand, or the venue liquidates.
        this.lots[name] = this.#random.next() < 0.5 ? 0 : Math.round(this.#random.normal() * 50)
      }
    }
  }
}

describe('a trade at a venue that does what it likes', () => {
  it('is never left with a leg, and goes on from a copy as from itself', () => {
    const property = fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
      const random = createRandom(seed)
      const venue = new Venue(seed + 1)
      let trade = flatTrade()
      for (let i = 0; i < 300; i++) {
        const isCalm = i >= 200
        // A restart at any moment.
        trade = JSON.parse(JSON.stringify(trade))
        const now = i * SECOND
        const isFree = venue.look('first').working === null && venue.lots.first === 0
        const isIdle = isFree && venue.look('second').working === null && venue.lots.second === 0
        if (trade.phase === 'flat' && isIdle && !isCalm && random.next() < 0.3) {
          beginTrade(trade, { first: 1, second: -1 }, now)
          venue.work.first = { kind: 'entry', target: 100 }
        }
        const draw = random.next()
        const seen: PairObservation = {
          now,
          first: venue.look('first'),
          second: venue.look('second'),
          wish: isCalm || draw < 0.05 ? 'leave' : draw < 0.07 ? 'stop' : 'none',
          hedge: (lots) => (random.next() < 0.05 ? 0 : Math.round(lots * 0.8)),
        }
        for (const action of stepTrade(trade, seen, rules)) {
          if (action.kind === 'enterSecond') {
            expect(seen.first.lots).toBeGreaterThan(0)
            expect(seen.second).toEqual(leg(0))
            expect(action.lots).toBe(Math.round(seen.first.lots * 0.8))
            venue.work.second = { kind: 'entry', target: -action.lots }
          } else if (action.kind === 'abandon') {
            expect(seen[action.leg].working).toBe('entry')
            venue.work[action.leg] = null
          } else {
            expect(seen[action.leg].lots).not.toBe(0)
            expect(seen[action.leg].working).toBe(null)
            venue.work[action.leg] = { kind: 'exit', target: 0 }
          }
        }
        venue.live(isCalm)
      }
      const { first, second } = venue.lots
      // A sum of signed fills may end at -0.
      expect([trade.phase, first + 0, second + 0]).toEqual(['flat', 0, 0])
    })
    fc.assert(property, { numRuns: 100 })
  })
})
