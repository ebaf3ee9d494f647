import {
  type Engine,
  formatDecimal,
  formatTrimmed,
  isClosed,
  MONEY_DECIMALS,
  type Mode,
  type Money,
} from '../../core/mod.ts'

/** A position that is not flat. Decimals as text. */
interface HeldPosition {
  readonly instrument: string
  readonly quantity: string
  readonly averageEntryPrice: string | null
}

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
  readonly positions: readonly HeldPosition[]
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
  /** What instruments in shadow would have done: none of it was sent. Null when there are none. */
  readonly shadow: {
    readonly instruments: readonly string[]
    readonly positions: readonly HeldPosition[]
    readonly realisedPnl: string
    readonly unrealisedPnl: string
    readonly fees: string
  } | null
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
  const { positions, unrealised } = held(engine, ledger)
  const stopped: Record<string, string> = {}
  for (const { id, symbol } of config.instruments) {
    const reason = world.stops[id]
    if (reason !== null && reason !== undefined) stopped[symbol] = reason
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
    shadow: summariseShadow(engine),
  }
}

/** What a ledger holds, with its value at the last marks. */
function held(
  { world }: Engine,
  ledger: Engine['world']['ledger'],
): { readonly positions: readonly HeldPosition[]; readonly unrealised: Money } {
  let unrealised = 0n
  const positions: HeldPosition[] = []
  for (const { id, symbol, quantityDecimals, priceDecimals } of world.config.instruments) {
    const { quantity } = ledger.position(id)
    if (quantity === 0) continue
    const mark = world.halfMarks[id]!
    if (mark >= 0) unrealised += ledger.unrealised(id, mark)
    const entry = ledger.averageEntryPrice(id)
    positions.push({
      instrument: symbol,
      quantity: formatTrimmed(quantity, quantityDecimals),
      averageEntryPrice: entry === null ? null : (entry / 10 ** priceDecimals).toString(),
    })
  }
  return { positions, unrealised }
}

function summariseShadow(engine: Engine): SessionSummary['shadow'] {
  const { config, shadowLedger } = engine.world
  const { shadow = [], instruments } = config
  if (shadow.length === 0) return null
  const { positions, unrealised } = held(engine, shadowLedger)
  const { realised, fees } = shadowLedger.totals()
  return {
    instruments: instruments.flatMap(({ id, symbol }) => (shadow.includes(id) ? [symbol] : [])),
    positions,
    realisedPnl: text(realised),
    unrealisedPnl: text(unrealised),
    fees: text(fees),
  }
}

const money = (value: string): string => Number(value).toFixed(2)

function shadowLine(shadow: NonNullable<SessionSummary['shadow']>): string {
  const { instruments, positions, realisedPnl, unrealisedPnl, fees } = shadow
  const holding = positions.map((p) => `${p.instrument} ${p.quantity}`)
  return (
    `In shadow ${instruments.join(', ')}: would have realised ${money(realisedPnl)}, ` +
    `unrealised ${money(unrealisedPnl)}, fees ${money(fees)}, ` +
    `positions ${holding.length === 0 ? 'none' : holding.join(', ')}`
  )
}

/** The summary as lines for people. */
export function renderSummary(summary: SessionSummary): string {
  const denials = Object.entries(summary.denials).map(([code, n]) => `${code} ${n}`)
  const positions = summary.positions.map((p) => `${p.instrument} ${p.quantity}`)
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
    ...(summary.shadow === null ? [] : [shadowLine(summary.shadow)]),
    ...(denials.length === 0 ? [] : [`Denied ${denials.join(', ')}`]),
    ...(summary.journal === null
      ? []
      : [`Journal ${summary.journal.path} (${summary.journal.entries} entries)`]),
  ].join('\n')
}
