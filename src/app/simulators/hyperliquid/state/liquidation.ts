import {
  type InstrumentId,
  MONEY_UNIT,
  type Money,
  notional,
  type Quantity,
  roundPrice,
  type TimeUs,
} from '../../../../core/mod.ts'
import { wireMoney, wirePrice, wireQuantity } from '../wire/numbers.ts'
import type { Account } from './account.ts'
import { addCash, type Books, totalsOf } from './booking.ts'
import { noteLedger } from './ledger.ts'
import type { PositionValue } from './margin.ts'
import type { WireLiquidation } from './order.ts'
import type { VenueFloor } from './venue-floor.ts'

/** Positions of more than this value are first liquidated by a fifth. */
const WHOLE_VALUE: Money = 100_000n * MONEY_UNIT
const FIRST_PART = 5
/** After a part was liquidated the account has this long to recover. */
const COOLDOWN_US = 30_000_000
/** How far from the mark a liquidation's order may execute, as a fraction. */
const REACH = 0.8

/** Positions that live or die together: all cross ones of a dex, or one isolated one. */
interface Group {
  readonly key: string
  readonly dex: number
  readonly ids: readonly InstrumentId[]
  /** The coin of an isolated position; null for the cross ones. */
  readonly isolated: InstrumentId | null
}

interface Health {
  readonly equity: Money
  readonly maintenance: Money
  readonly positions: readonly PositionValue[]
}

/**
 * Liquidates accounts whose equity is below the maintenance margin: by orders to the book (a fifth
 * of large positions first, then a pause of 30 s), and where equity is below two thirds of it all
 * the same, by taking positions and margin over at the mark (the backstop).
 * Source: the venue's documentation, "Liquidations".
 */
export class Liquidator {
  readonly #state: VenueFloor
  readonly #books: Books
  #isRunning = false

  constructor(state: VenueFloor, books: Books) {
    this.#state = state
    this.#books = books
  }

  /** Looks at every account at the present marks. */
  run(): void {
    // Its own orders move marks and positions: no second look from within the first.
    if (this.#isRunning) return
    this.#isRunning = true
    for (const account of this.#state.accounts.values()) {
      if (account.positions.size === 0) continue
      for (const group of this.#groupsOf(account)) this.#check(account, group)
    }
    this.#isRunning = false
  }

  #groupsOf(account: Account): Group[] {
    const { perps } = this.#state.listing
    const cross = new Map<number, InstrumentId[]>()
    const groups: Group[] = []
    for (const id of [...account.positions.keys()].sort((a, b) => a - b)) {
      const { dex } = perps[id]!
      if (account.positions.get(id)!.margin !== null) {
        groups.push({ key: `${dex}:${id}`, dex, ids: [id], isolated: id })
      } else if (!cross.has(dex)) cross.set(dex, [id])
      else cross.get(dex)!.push(id)
    }
    for (const [dex, ids] of cross) groups.push({ key: `${dex}`, dex, ids, isolated: null })
    return groups
  }

  #check(account: Account, group: Group): void {
    const before = this.#healthOf(account, group)
    const last = account.partlyLiquidated.get(group.key) ?? null
    const isWaiting = last !== null && this.#state.time - last < COOLDOWN_US
    if (before.equity >= before.maintenance) {
      if (!isWaiting) account.partlyLiquidated.delete(group.key)
      return
    }
    if (!isWaiting) {
      this.#cancelOrders(account, group)
      this.#sendOrders(account, group, last)
    }
    const { equity, maintenance, positions } = this.#healthOf(account, group)
    const isOver = positions.length > 0 && 3n * equity < 2n * maintenance
    if (isOver) this.#seize(account, group)
    else if (positions.length === 0 && equity < 0n) this.#forgive(account, group, equity)
  }

  #healthOf(account: Account, group: Group): Health {
    const value = this.#state.valueOf(account, group.dex)
    const positions = value.positions.filter(({ instrument }) => group.ids.includes(instrument.id))
    if (group.isolated !== null) {
      const [own] = positions
      const equity = own?.initialMargin ?? 0n
      return { equity, maintenance: own?.maintenanceMargin ?? 0n, positions }
    }
    return {
      equity: value.cross.accountValue,
      maintenance: value.maintenanceMargin,
      positions: positions.filter(({ isolatedRawUsd }) => isolatedRawUsd === null),
    }
  }

  #cancelOrders(account: Account, group: Group): void {
    const { perps } = this.#state.listing
    for (const order of [...account.open.values()]) {
      const isOurs =
        group.isolated === null
          ? perps[order.instrument]!.dex === group.dex
          : order.instrument === group.isolated
      if (isOurs) this.#state.cancel(account, order, 'liquidatedCanceled')
    }
  }

  /** Largest maintenance margin first, until the rest is healthy. */
  #sendOrders(account: Account, group: Group, last: TimeUs | null): void {
    const { positions } = this.#healthOf(account, group)
    const order = [...positions].sort((a, b) =>
      a.maintenanceMargin > b.maintenanceMargin ? -1 : a.instrument.id - b.instrument.id,
    )
    for (const valued of order) {
      const { equity, maintenance } = this.#healthOf(account, group)
      if (equity >= maintenance) return
      const held = Math.abs(valued.position.lots)
      const isPart = last === null && valued.value > WHOLE_VALUE
      const lots = isPart ? Math.ceil(held / FIRST_PART) : held
      if (isPart) account.partlyLiquidated.set(group.key, this.#state.time)
      this.#sendOrder(account, valued, lots)
    }
  }

  #sendOrder(account: Account, { instrument, position }: PositionValue, lots: number): void {
    const mark = this.#state.mark(instrument.id)
    const isLong = position.lots > 0
    const bound = isLong ? mark * (1 - REACH) : mark * (1 + REACH)
    this.#state.place(account, {
      instrument,
      side: isLong ? 'sell' : 'buy',
      price: roundPrice(instrument, Math.max(1, bound), isLong ? 'up' : 'down'),
      lots: lots as Quantity,
      tif: 'LiquidationMarket',
      reduceOnly: true,
      cloid: null,
      liquidation: this.#describe(account, instrument.id, 'market'),
    })
    this.#tell(account, [{ id: instrument.id, lots }])
  }

  #describe(account: Account, id: InstrumentId, method: WireLiquidation['method']) {
    const { instrument } = this.#state.listing.perps[id]!
    const markPx = wirePrice(instrument, this.#state.mark(id))
    return { liquidatedUser: account.address, markPx, method }
  }

  /** The liquidator takes positions at their marks, and all of the margin that carried them. */
  #seize(account: Account, group: Group): void {
    this.#cancelOrders(account, group)
    const { equity, positions } = this.#healthOf(account, group)
    for (const { instrument } of positions) {
      const liquidation = this.#describe(account, instrument.id, 'backstop')
      this.#state.closeOutside(account, instrument.id, liquidation)
    }
    this.#noteSeizure(account, group, { equity, positions })
    this.#absorb(account, group, equity)
  }

  /** The book took everything and left a debt: the liquidator's loss. */
  #forgive(account: Account, group: Group, equity: Money): void {
    this.#noteSeizure(account, group, { equity, positions: [] })
    this.#absorb(account, group, equity)
  }

  #absorb(account: Account, group: Group, equity: Money): void {
    addCash(account, group.dex, -equity)
    const { collateral } = this.#state.listing.dexs[group.dex]!
    totalsOf(this.#books, collateral.index).seized += equity
    account.partlyLiquidated.delete(group.key)
  }

  #noteSeizure(
    account: Account,
    group: Group,
    seized: { readonly equity: Money; readonly positions: readonly PositionValue[] },
  ): void {
    const { positions, equity } = seized
    const total = positions.reduce((sum, { value }) => sum + value, 0n)
    noteLedger(this.#state, account, {
      type: 'liquidation',
      liquidatedNtlPos: wireMoney(total),
      accountValue: wireMoney(equity),
      leverageType: group.isolated === null ? 'Cross' : 'Isolated',
      liquidatedPositions: positions.map(({ instrument, position }) => ({
        coin: instrument.symbol,
        szi: wireQuantity(instrument, position.lots),
      })),
    })
    this.#tell(
      account,
      positions.map(({ instrument, position }) => ({ id: instrument.id, lots: position.lots })),
    )
  }

  #tell(account: Account, parts: readonly { readonly id: InstrumentId; readonly lots: number }[]) {
    const state = this.#state
    const value = parts.reduce((sum, { id, lots }) => {
      const { instrument } = state.listing.perps[id]!
      return sum + notional(instrument, state.mark(id), Math.abs(lots))
    }, 0n)
    state.tell({
      kind: 'liquidation',
      time: state.time,
      user: account.address,
      notional: wireMoney(value),
      accountValue: wireMoney(state.valueOf(account, 0).accountValue),
    })
  }
}
