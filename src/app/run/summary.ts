import {
  type Engine,
  formatDecimal,
  formatTrimmed,
  isClosed,
  MONEY_DECIMALS,
  type Mode,
  type Money,
} from '../../core/mod.ts'

/** What a finished session reports: the `data` of its envelope. Decimals as text. */
export interface SessionSummary {
  readonly mode: Mode
  readonly seed: number
  readonly events: number
  readonly signals: number
  readonly orders: number
  readonly fills: number
  readonly rejects: number
  readonly denials: Readonly<Record<string, number>>
  readonly positions: readonly {
    readonly instrument: string
    readonly quantity: string
    readonly averageEntryPrice: string | null
  }[]
  readonly openOrders: number
  readonly equity: string
  readonly realisedPnl: string
  readonly unrealisedPnl: string
  readonly fees: string
  readonly funding: string
  readonly reconciled: boolean
  readonly stopped: Readonly<Record<string, string>>
  /** What the strategy threw; null when it worked to the end. */
  readonly strategyFailure: string | null
  readonly outcomes: Readonly<Record<string, number>>
  readonly journal: {
    readonly path: string
    readonly entries: number
    readonly head: string
  } | null
}

const text = (money: Money): string => formatDecimal(money, MONEY_DECIMALS)

/** Reads a session's result off the core. */
export function summarise(
  engine: Engine,
  facts: {
    readonly mode: Mode
    readonly seed: number
    readonly journal: SessionSummary['journal']
  },
): SessionSummary {
  const { world } = engine
  const { ledger, counters, config } = world
  const totals = ledger.totals()
  let unrealised = 0n
  const positions: SessionSummary['positions'][number][] = []
  const stopped: Record<string, string> = {}
  for (const instrument of config.instruments) {
    const { quantity } = ledger.position(instrument.id)
    const reason = world.stops[instrument.id]
    if (reason !== null && reason !== undefined) stopped[instrument.symbol] = reason
    if (quantity === 0) continue
    const mark = world.halfMarks[instrument.id]!
    if (mark >= 0) unrealised += ledger.unrealised(instrument.id, mark)
    const entry = ledger.averageEntryPrice(instrument.id)
    positions.push({
      instrument: instrument.symbol,
      quantity: formatTrimmed(quantity, instrument.quantityDecimals),
      averageEntryPrice:
        entry === null ? null : (entry / 10 ** instrument.priceDecimals).toString(),
    })
  }
  return {
    ...facts,
    events: counters.events,
    signals: counters.signals,
    orders: counters.orders,
    fills: counters.fills,
    rejects: counters.rejects,
    denials: counters.denials,
    positions,
    openOrders: [...world.orders.allActive()].filter((r) => !isClosed(r.state)).length,
    equity: world.equity.toFixed(MONEY_DECIMALS),
    realisedPnl: text(totals.realised),
    unrealisedPnl: text(unrealised),
    fees: text(totals.fees),
    funding: text(totals.funding),
    reconciled: world.reconcile.done && Object.keys(stopped).length === 0,
    stopped,
    strategyFailure: world.strategyFailure,
    outcomes: counters.outcomes,
  }
}

/** The summary as lines for people. */
export function renderSummary(summary: SessionSummary): string {
  const denials = Object.entries(summary.denials).map(([code, n]) => `${code} ${n}`)
  const positions = summary.positions.map((p) => `${p.instrument} ${p.quantity}`)
  const money = (value: string) => Number(value).toFixed(2)
  return [
    `${summary.mode.toUpperCase()}  ${summary.events} events  ${summary.signals} signals  ` +
      `${summary.orders} orders  ${summary.fills} fills  ${summary.rejects} rejects`,
    `Equity ${money(summary.equity)}  realised ${money(summary.realisedPnl)}  ` +
      `unrealised ${money(summary.unrealisedPnl)}  fees ${money(summary.fees)}  ` +
      `funding ${money(summary.funding)}`,
    `Positions ${positions.length === 0 ? 'none' : positions.join(', ')}  ` +
      `open orders ${summary.openOrders}  ` +
      `${summary.reconciled ? 'reconciled with the venue' : 'NOT reconciled'}`,
    ...(summary.strategyFailure === null
      ? []
      : [`Strategy failed: ${summary.strategyFailure}; nothing new was begun after that`]),
    ...(denials.length === 0 ? [] : [`Denied ${denials.join(', ')}`]),
    ...(summary.journal === null
      ? []
      : [`Journal ${summary.journal.path} (${summary.journal.entries} entries)`]),
  ].join('\n')
}
