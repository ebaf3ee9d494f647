import type { TimeUs } from '../../../../core/mod.ts'
import { WireTime } from '../wire/codec.ts'
import { MINUTE_US, SECOND_US } from '../wire/times.ts'
import type { Channel } from './subscriptions.ts'

/** The one symbol of the test stream. */
export const TEST_SYMBOL = 'FAKEPACA'
/** How often it is told. */
export const TEST_EVERY_US = SECOND_US

/** A message of the test stream and what it is subscribed to by. */
export interface TestMessage {
  readonly channel: Channel
  readonly message: Record<string, unknown>
}

const CENTS = 13_418

const priceAt = (second: number): number => (CENTS + ((second * 7919) % 41) - 20) / 100

/** What the test stream tells at a second: it needs no market. */
export function testMessages(time: TimeUs): TestMessage[] {
  const second = Math.floor(time / SECOND_US)
  const p = priceAt(second)
  const S = TEST_SYMBOL
  const t = new WireTime(time)
  const bid = Number((p - 0.01).toFixed(2))
  const messages: TestMessage[] = [
    {
      channel: 'quotes',
      message: { T: 'q', S, bx: 'O', bp: bid, bs: 1, ax: 'O', ap: p, as: 3, c: ['R'], z: 'A', t },
    },
    {
      channel: 'trades',
      message: { T: 't', S, i: second % 100_000, x: 'V', p, s: 10, c: ['@'], z: 'A', t },
    },
  ]
  if (time % MINUTE_US !== 0) return messages
  const prices = Array.from({ length: 60 }, (_, i) => priceAt(second - 60 + i))
  const bar = {
    T: 'b',
    S,
    o: prices[0]!,
    h: Math.max(...prices),
    l: Math.min(...prices),
    c: prices.at(-1)!,
    v: 600,
    n: 60,
    vw: Number((prices.reduce((sum, each) => sum + each, 0) / 60).toFixed(4)),
    t: new WireTime(time - MINUTE_US),
  }
  return [...messages, { channel: 'bars', message: bar }]
}
