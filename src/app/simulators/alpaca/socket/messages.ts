import { type Asset, amountOf, dollarsOf } from '../listing.ts'
import { type Bar, vwapOf } from '../market/bars.ts'
import type { Levels, PublicQuote, PublicTrade } from '../state/notices.ts'
import { WireTime } from '../wire/codec.ts'

type Message = Record<string, unknown>

const round = (value: number): number => Number(value.toPrecision(12))

/** A level of a book: a size of 0 takes it away. */
export const wireLevel = (asset: Asset, quanta: number, lots: number) => ({
  p: dollarsOf(asset, quanta),
  s: amountOf(asset, lots),
})

/** A bar without its symbol; `t` is its open. */
export function wireBar(asset: Asset, bar: Bar): Message {
  return {
    t: new WireTime(bar.openTime),
    o: dollarsOf(asset, bar.open),
    h: dollarsOf(asset, bar.high),
    l: dollarsOf(asset, bar.low),
    c: dollarsOf(asset, bar.close),
    v: amountOf(asset, bar.volume),
    n: bar.trades,
    vw: round(dollarsOf(asset, vwapOf(bar))),
  }
}

/** A trade without its symbol. */
export function wireTrade(asset: Asset, trade: PublicTrade): Message {
  const t = new WireTime(trade.time)
  const p = dollarsOf(asset, trade.price)
  const s = amountOf(asset, trade.lots)
  if (asset.class === 'crypto')
    return { t, p, s, tks: trade.aggressor === 'buy' ? 'B' : 'S', i: trade.id }
  return { t, x: 'V', p, s, c: trade.conditions, i: trade.id, z: asset.tape }
}

/** Best prices without their symbol. */
export function wireQuote(asset: Asset, quote: PublicQuote): Message {
  const t = new WireTime(quote.time)
  const prices = {
    bp: dollarsOf(asset, quote.bid),
    bs: amountOf(asset, quote.bidLots),
    ap: dollarsOf(asset, quote.ask),
    as: amountOf(asset, quote.askLots),
  }
  if (asset.class === 'crypto') return { t, ...prices }
  return {
    t,
    ax: 'V',
    ap: prices.ap,
    as: prices.as,
    bx: 'V',
    bp: prices.bp,
    bs: prices.bs,
    c: ['R'],
    z: asset.tape,
  }
}

/** A halt or its end. */
export function wireStatus(asset: Asset, time: number, halted: boolean): Message {
  return {
    sc: halted ? 'H' : 'T',
    sm: halted ? 'Trading Halt' : 'Trading Resumption',
    rc: halted ? 'T12' : '',
    rm: halted ? 'Trading Halted; For information requested by NASDAQ' : '',
    t: new WireTime(time),
    z: asset.tape,
  }
}

/** Both sides of a book, best first. */
export const wireBook = (asset: Asset, bids: Levels, asks: Levels) => ({
  b: levelsOf(asset, bids),
  a: levelsOf(asset, asks),
})

function levelsOf(asset: Asset, levels: Levels) {
  const found: ReturnType<typeof wireLevel>[] = []
  for (let i = 0; i < levels.length; i += 2) {
    found.push(wireLevel(asset, levels[i]!, levels[i + 1]!))
  }
  return found
}
