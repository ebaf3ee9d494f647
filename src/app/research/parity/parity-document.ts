import { formatDecimal, formatTrimmed, MONEY_DECIMALS, type Money } from '../../../core/mod.ts'
import { formatDuration } from '../../data/text-table.ts'
import { type Booked, netOf, sumOf } from './books.ts'
import { type FillParity, type Parity, type PartName, partNames } from './parity.ts'

/** Decimal text of money with all its digits. */
export const moneyText = (value: Money): string => formatDecimal(value, MONEY_DECIMALS)

/** Decimal text of money without trailing zeros. */
export const short = (value: Money): string => formatTrimmed(value, MONEY_DECIMALS)

/** What is asked of a comparison beside the comparison. */
export interface ParityWish {
  /** Greatest gap that passes, in either direction; null for any. */
  readonly maxGap: Money | null
  /** Whether every fill is listed. */
  readonly fills: boolean
}

/** True when the gap is within what is asked for. */
export const isWithin = ({ gap }: Parity, { maxGap }: ParityWish): boolean =>
  maxGap === null || (gap < 0n ? -gap : gap) <= maxGap

/** A comparison as the data of the command line's envelope: money as decimal texts. */
export function parityDocument(parity: Parity, wish: ParityWish) {
  const { session, gap, parts, latency, configured, divergence } = parity
  const { genesis } = session
  const sum = sumOf(Object.values(parts))
  return {
    session: genesis.sessionId,
    mode: genesis.mode,
    currency: genesis.instruments[0]?.quoteCurrency ?? null,
    backtest: bookedTexts(parity.backtest),
    live: bookedTexts(parity.live),
    modelled: bookedTexts(parity.modelled),
    gap: moneyText(gap),
    parts: partNames.map((part) => ({
      part,
      amount: moneyText(parts[part]),
      measured: part === 'unexplained' || parity.notMeasurable[part] === undefined,
      note: noteOf(parity, part),
    })),
    sum: moneyText(sum),
    sums: sum === gap,
    maxGap: wish.maxGap === null ? null : moneyText(wish.maxGap),
    withinMaxGap: isWithin(parity, wish),
    instruments: parity.instruments.map((one) => ({
      instrument: one.instrument,
      backtest: bookedTexts(one.backtest),
      live: bookedTexts(one.session),
      gap: moneyText(one.gap),
      parts: Object.fromEntries(partNames.map((part) => [part, moneyText(one.parts[part])])),
    })),
    latency: {
      configuredEntryUs: configured.entryUs,
      configuredResponseUs: configured.responseUs,
      medianEntryUs: latency?.medianEntryUs ?? null,
      medianResponseUs: latency?.responseUs ?? null,
      commands: latency?.commands ?? null,
      measured: latency?.measured ?? null,
    },
    logic: {
      reproducible: parity.isReproducible,
      operatorCommands: parity.operatorCommands,
      firstDifference: divergence,
      firstCommand: parity.command,
    },
    fillsOnSameOrders: moneyText(parity.sameOrders),
    ...(wish.fills ? { fills: parity.fills.map((fill) => fillTexts(parity, fill)) } : {}),
  }
}

const bookedTexts = (booked: Booked) => ({
  price: moneyText(booked.price),
  fees: moneyText(booked.fees),
  funding: moneyText(booked.funding),
  net: moneyText(netOf(booked)),
})

/** What a part is made of, in one line. */
export function noteOf(parity: Parity, part: PartName): string {
  const { notMeasurable, latency, configured, isReproducible, divergence } = parity
  const { live, modelled } = parity
  const reason = notMeasurable[part]
  if (reason !== undefined && part !== 'unexplained') return `not measurable: ${reason}`
  switch (part) {
    case 'data':
      return seenByTheSession(parity)
    case 'logic': {
      const operator =
        parity.operatorCommands === 0 ? '' : `; ${parity.operatorCommands} operator commands`
      if (divergence === null) return `every decision is the same on the same input${operator}`
      const how = isReproducible ? '' : '; the code that wrote the journal is not this one'
      const { command } = parity
      const order = command === null ? 'no order differs' : `first order at entry ${command.seq}`
      return `first difference at entry ${divergence.seq}, ${order}${how}${operator}`
    }
    case 'latency': {
      if (latency === null) return 'no order reached a venue'
      const pair = (entry: number, response: number) =>
        `${formatDuration(entry)} there, ${formatDuration(response)} back`
      return (
        `median ${pair(latency.medianEntryUs, latency.responseUs)}; ` +
        `configured ${pair(configured.entryUs, configured.responseUs)}`
      )
    }
    case 'fills':
      return (
        `${parity.fills.length} fills; ${short(parity.sameOrders)} on the same orders, ` +
        `${short(parity.parts.fills - parity.sameOrders)} by what was decided after them`
      )
    case 'fees':
      return (
        `booked: fees ${short(live.fees)}, funding ${short(live.funding)}; ` +
        `by the backtest: ${short(modelled.fees)} and ${short(modelled.funding)}`
      )
    case 'unexplained':
      return unexplained(parity)
  }
}

function seenByTheSession({ session }: Parity): string {
  let bars = 0
  let interruptions = 0
  let standstills = 0
  for (const item of session.items) {
    if (item.kind !== 'event') continue
    const { event } = item
    if (event.kind === 'barsSeeded') bars += event.bars.length
    else if (event.kind === 'streamStatus' && event.status !== 'connected') interruptions++
    else if (event.kind === 'fellBehind' && event.lagUs > 0) standstills++
  }
  return (
    `${bars} bars of history, ${interruptions} interruptions, ${standstills} standstills; ` +
    'its own start, heartbeats and end'
  )
}

function unexplained({ notMeasurable }: Parity): string {
  const missing = partNames.filter((name) => name !== 'unexplained' && notMeasurable[name])
  const parts = missing.length === 0 ? [] : [`what could not be told apart: ${missing.join(', ')}`]
  const own = notMeasurable.unexplained
  return [...parts, ...(own === undefined ? [] : [own])].join('; ') || 'nothing'
}

/** A fill of the session and of the simulation of the same order. */
function fillTexts({ session }: Parity, fill: FillParity) {
  const { execution, simulated } = fill
  const { priceDecimals, quantityDecimals } = session.genesis.instruments[execution.instrument]!
  return {
    time: new Date(execution.venueTime / 1000).toISOString(),
    instrument: fill.symbol,
    order: execution.clientOrderId,
    side: execution.side,
    quantity: formatTrimmed(execution.quantity, quantityDecimals),
    price: execution.price / 10 ** priceDecimals,
    liquidity: execution.liquidity,
    closedPnl: moneyText(fill.closedPnl),
    fee: moneyText(execution.fee),
    modelFee: moneyText(fill.modelFee),
    simulatedQuantity: simulated === null ? null : formatTrimmed(simulated.lots, quantityDecimals),
    simulatedValue: simulated === null ? null : moneyText(simulated.value),
  }
}
