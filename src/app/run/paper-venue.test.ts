import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type AdapterEnvironment,
  hyperliquidPerpetual,
  type VenueAdapter,
  type VenueSink,
} from '../../adapters/mod.ts'
import { type Event, type EventOf, MarketWriter } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { exchangeOptions } from './backtest.ts'
import { createPaperVenue } from './paper-venue.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
/** A whole hour. */
const START = 300_000 * HOUR

interface Stage {
  /** Starts the venue over the stored state, as after a kill: nothing of the former one is used. */
  readonly start: (hears?: (event: Event) => void) => Promise<Running>
  readonly statePath: string
}

interface Running {
  readonly venue: VenueAdapter
  readonly heard: Event[]
  /** Lets time pass and shows a book of one level a side. */
  readonly book: (passed: number) => void
  readonly fund: (rateE9: number) => void
  readonly submit: (id: string, order?: object) => void
  readonly replace: (id: string, old: string, order: object) => void
  readonly told: (id: string) => readonly string[]
}

/** `ahead`: how far the venue's clock is ahead of ours, us. */
function stage(ahead = 0): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'paper-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const statePath = join(folder, 'state.json')
  const { config } = parseConfig('{ name: paper }', 'paper.yaml')
  let now = START
  const environment = {
    now: () => now,
    setTimer: () => ({}),
    clearTimer: () => {},
  } as unknown as AdapterEnvironment
  return {
    statePath,
    async start(hears = () => {}) {
      let feed: VenueSink | null = null
      const data = {
        venue: 'hyperliquid',
        capabilities: {},
        loadInstruments: async () => [
          hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 }),
        ],
        start: async (sink: VenueSink) => {
          feed = sink
        },
        stop: async () => {},
      } as unknown as VenueAdapter
      const exchange = (instruments: Parameters<typeof exchangeOptions>[1]) =>
        exchangeOptions(config, instruments)
      const venue = createPaperVenue({ data, environment, exchange, balance: 10_000, statePath })
      await venue.loadInstruments(['BTC'])
      const heard: Event[] = []
      const event = (each: Event): void => {
        hears(each)
        heard.push(each)
      }
      await venue.start({ event, market: () => {} })
      const feedRecord = (write: (writer: MarketWriter, head: object) => void): void => {
        const writer = new MarketWriter()
        write(writer, { receivedTime: now, venueTime: now + ahead, instrument: 0 })
        feed!.market(writer.batch())
      }
      return {
        venue,
        heard,
        book(passed) {
          now += passed
          feedRecord((writer, head) =>
            writer.snapshot(head as never, [640_000, 1e5], [640_010, 1e5]),
          )
        },
        fund: (rateE9) => feedRecord((writer, head) => writer.funding(head as never, rateE9)),
        submit: (id, order = {}) => venue.submit({ ...marketBuy(id), ...order } as never),
        replace: (id, old, order) =>
          venue.replace!(
            { ...marketBuy(id), ...order } as never,
            { clientOrderId: old, instrument: 0, venueOrderId: null, filledQuantity: 0 } as never,
          ),
        told: (id) =>
          heard.flatMap((each) =>
            each.kind === 'orderReported' && each.report.clientOrderId === id
              ? [each.report.evidence]
              : [],
          ),
      }
    },
  }
}

const marketBuy = (clientOrderId: string) => ({
  clientOrderId,
  intentId: clientOrderId,
  instrument: 0,
  side: 'buy',
  price: 640_100,
  quantity: 100,
  timeInForce: 'ioc',
  postOnly: false,
  reduceOnly: false,
  arrivalPrice: 640_010,
})

const executed = ({ heard }: Running) => heard.filter(({ kind }) => kind === 'executed')

function account(running: Running): EventOf<'accountReported'>['account'] {
  running.venue.queryAccount(0)
  const last = running.heard.at(-1)!
  expect(last.kind).toBe('accountReported')
  return (last as EventOf<'accountReported'>).account
}

describe('a paper venue', () => {
  it('does not call an order canceled whose fill is still on its way', async () => {
    const paper = await stage().start()
    paper.book(0)
    paper.submit('a')
    paper.book(SECOND)
    paper.venue.queryOrder('a' as never)
    expect(paper.told('a')).not.toContain('canceled')
    expect(executed(paper)).toHaveLength(0)
    paper.book(SECOND)
    expect(executed(paper)).toHaveLength(1)
    expect(paper.told('a')).not.toContain('canceled')
  })

  it('says of an order that is over how it ended, and of one it never got that', async () => {
    const paper = await stage().start()
    paper.book(0)
    paper.submit('filled')
    paper.submit('missed', { price: 639_000 })
    for (let n = 0; n < 3; n++) paper.book(SECOND)
    for (const id of ['filled', 'missed', 'never']) paper.venue.queryOrder(id as never)
    expect(paper.told('filled').at(-1)).toBe('filled')
    expect(paper.told('missed')).toEqual(['rejected', 'rejected'])
    expect(paper.told('never')).toEqual(['notFound'])
  })
})

it('an order meets no book that was seen when it was decided, whatever our clock says', async () => {
  const ahead = 2 * SECOND
  const paper = await stage(ahead).start()
  paper.book(0)
  paper.submit('a')
  paper.book(SECOND / 10)
  expect(account(paper).executions).toEqual([])
  paper.book(SECOND / 5)
  const [execution] = account(paper).executions
  expect(execution!.venueTime).toBeGreaterThanOrEqual(START + ahead + SECOND / 4)
})

describe('the account at a paper venue', () => {
  it('has the executions of its positions, also those whose reports are on their way', async () => {
    const paper = await stage().start()
    paper.book(0)
    paper.submit('a')
    paper.book(SECOND)
    expect(executed(paper)).toEqual([])
    const { executions, positions } = account(paper)
    expect(positions).toMatchObject([{ quantity: 100 }])
    expect(executions).toMatchObject([{ clientOrderId: 'a', quantity: 100 }])
  })
})

describe('a paper venue after a kill', () => {
  it('still has an order that was on its way', async () => {
    const theatre = stage()
    const before = await theatre.start()
    before.book(0)
    before.submit('a')
    const after = await theatre.start()
    after.venue.queryOrder('a' as never)
    expect(after.told('a')).toEqual([])
    for (let n = 0; n < 3; n++) after.book(SECOND)
    expect(executed(after)).toHaveLength(1)
    after.venue.queryOrder('a' as never)
    expect(after.told('a')).toEqual(['accepted', 'filled'])
    expect(account(after).positions).toMatchObject([{ quantity: 100 }])
  })

  it('replaces what was asked to be replaced before it, and says how both ended', async () => {
    const theatre = stage()
    const before = await theatre.start()
    before.book(0)
    before.submit('rests', { price: 630_000, timeInForce: 'gtc' })
    for (let n = 0; n < 3; n++) before.book(SECOND)
    before.replace('moved', 'rests', { timeInForce: 'gtc' })
    const after = await theatre.start()
    for (let n = 0; n < 3; n++) after.book(SECOND)
    expect(after.told('rests')).toEqual(['canceled'])
    expect(executed(after)).toHaveLength(1)
    for (const id of ['rests', 'moved']) after.venue.queryOrder(id as never)
    expect([after.told('rests').at(-1), after.told('moved').at(-1)]).toEqual(['canceled', 'filled'])
    expect(account(after).openOrders).toEqual([])
  })

  it('cancels what was asked to be canceled before it', async () => {
    const theatre = stage()
    const before = await theatre.start()
    before.book(0)
    before.submit('rests', { price: 630_000, timeInForce: 'gtc' })
    for (let n = 0; n < 3; n++) before.book(SECOND)
    before.venue.cancel({ clientOrderId: 'rests', instrument: 0, venueOrderId: null } as never)
    const after = await theatre.start()
    for (let n = 0; n < 3; n++) after.book(SECOND)
    expect(after.told('rests')).toEqual(['canceled'])
    expect(account(after).openOrders).toEqual([])
  })

  it('knows fills that were handed over but not heard, and how their orders ended', async () => {
    const theatre = stage()
    const deaf = await theatre.start((event) => {
      if (event.kind === 'executed') throw new Error('killed')
    })
    deaf.book(0)
    deaf.submit('a')
    deaf.book(SECOND)
    expect(() => deaf.book(SECOND)).toThrow('killed')
    const after = await theatre.start()
    after.venue.queryOrder('a' as never)
    expect(after.told('a')).toEqual(['filled'])
    const { executions, positions } = account(after)
    expect(executions).toMatchObject([{ clientOrderId: 'a', quantity: 100 }])
    expect(positions).toMatchObject([{ quantity: 100 }])
    // A second kill changes nothing.
    expect(account(await theatre.start())).toEqual(account(after))
  })

  it('tells of funding that was paid but not heard, before the balance that holds it', async () => {
    const theatre = stage()
    let lost: Event | null = null
    const deaf = await theatre.start((event) => {
      if (event.kind !== 'fundingPaid') return
      lost = event
      throw new Error('killed')
    })
    deaf.book(0)
    deaf.fund(100_000)
    deaf.submit('a')
    for (let n = 0; n < 3; n++) deaf.book(SECOND)
    const paid = account(deaf).balances[0]!.amount
    expect(() => deaf.book(HOUR)).toThrow('killed')
    expect(lost).not.toBeNull()
    const { fundingId, amount } = lost as unknown as EventOf<'fundingPaid'>
    const after = await theatre.start()
    const report = account(after)
    const told = after.heard.filter(({ kind }) => kind === 'fundingPaid')
    expect(told).toMatchObject([{ fundingId, amount }])
    expect(amount).toBeLessThan(0n)
    expect(report.balances[0]!.amount - paid).toBe(amount)
    account(after)
    expect(after.heard.filter(({ kind }) => kind === 'fundingPaid')).toHaveLength(1)
  })

  it('refuses a state that it cannot read, and changes nothing', async () => {
    const theatre = stage()
    for (const text of [
      '{ "version": 1 }',
      '{ "version": 2, "exchange": { "version": 1 } }',
      'torn {',
    ]) {
      writeFileSync(theatre.statePath, text)
      await expect(theatre.start()).rejects.toMatchObject({ code: 'ORN-SIM-004', exitCode: 10 })
      expect(readFileSync(theatre.statePath, 'utf8')).toBe(text)
    }
  })
})
