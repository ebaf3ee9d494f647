import {
  type AccountReport,
  type AssetUnits,
  assetLot,
  BoundedSet,
  type EventOf,
  type Execution,
  type Instrument,
  Ledger,
  type LedgerSnapshot,
  type Money,
  type TimeUs,
} from '../../../core/mod.ts'
import { InputError } from '../../errors.ts'
import type { AccountMemory } from './options.ts'

const VERSION = 1
/** Bookings remembered, so that what the venue tells again is counted once. */
const SEEN_MAX = 20_000
const SPLITS_MAX = 2_000

/** A payment as it was split: parts by engine. What is left out is nobody's. */
export type Split = Readonly<Record<string, Money>>

interface Booking {
  readonly execution: Execution
  readonly isOwned: boolean
}

interface Stored {
  readonly version: number
  readonly symbols: readonly string[]
  readonly engines: readonly string[]
  readonly reportTime: TimeUs
  /** Venue time of the report that it began with. */
  readonly historyTime: TimeUs
  readonly account: LedgerSnapshot
  readonly unowned: LedgerSnapshot
  readonly seen: readonly string[]
  readonly splits: readonly (readonly [string, Readonly<Record<string, string>>])[]
}

/**
 * The account's own books: everything that moved it, netted as the venue nets it, and beside them
 * what belongs to no engine. Each booking counts once, also after a restart.
 */
export class AccountBooks {
  readonly account: Ledger
  readonly unowned: Ledger
  readonly #instruments: readonly Instrument[]
  readonly #memory: AccountMemory
  readonly #identity: Pick<Stored, 'symbols' | 'engines'>
  readonly #seen = new BoundedSet(SEEN_MAX)
  readonly #splits = new Map<string, Split>()
  /** The same as compared last, with the payments since but not with the executions. */
  readonly #base: Readonly<Record<'account' | 'unowned', Ledger>>
  #since: Booking[] = []
  #reportTime: TimeUs = 0
  #historyTime: TimeUs = 0
  #isNew = true

  /** Goes on with what was kept. Throws InputError when it is another account's or unreadable. */
  constructor(options: {
    readonly memory: AccountMemory
    readonly instruments: readonly Instrument[]
    readonly engines: readonly string[]
  }) {
    const { memory, instruments, engines } = options
    this.#instruments = instruments
    this.#memory = memory
    this.#identity = { symbols: instruments.map(({ symbol }) => symbol), engines }
    this.account = new Ledger(instruments)
    this.unowned = new Ledger(instruments)
    this.#base = { account: new Ledger(instruments), unowned: new Ledger(instruments) }
    const text = memory.load()
    if (text !== null) this.#restore(read(text, this.#identity))
  }

  /** True until the venue's account was taken over. */
  get isNew(): boolean {
    return this.#isNew
  }

  /** Venue time up to which everything was counted. */
  get reportTime(): TimeUs {
    return this.#reportTime
  }

  /** Takes the venue's account over, positions at their entry prices. */
  begin(report: EventOf<'accountReported'>): void {
    const { balances, positions, executions } = report.account
    for (const { executionId } of executions) this.#seen.add(executionId)
    for (const { currency, amount } of balances) this.account.applyTransfer(currency, amount)
    for (const { instrument: id, quantity, dust = 0n } of positions) {
      const instrument = this.#instruments[id]!
      const units = BigInt(quantity) * assetLot(instrument) + dust
      this.adopt(instrument, { account: report.account, units, time: report.venueTime })
    }
    this.#historyTime = report.venueTime
    this.#isNew = false
    this.compared(report.venueTime)
  }

  /** Puts what the venue holds in the place of what was counted, where that is something else. */
  adopt(
    instrument: Instrument,
    to: { readonly account: AccountReport; readonly units: AssetUnits; readonly time: TimeUs },
  ): void {
    const { id } = instrument
    const lot = assetLot(instrument)
    const dust = ((to.units % lot) + lot) % lot
    const quantity = Number((to.units - dust) / lot)
    const counted = this.account.position(id)
    if (counted.quantity === quantity) {
      if (counted.dust !== dust) this.account.adoptDust(id, dust)
      return
    }
    const found = to.account.positions.find((position) => position.instrument === id)
    const price = found?.averageEntryPrice ?? this.account.averageEntryPrice(id) ?? 0
    this.account.adoptPosition(id, { quantity, dust, price, time: to.time })
  }

  /** Books an execution; false when it was before. */
  execution(execution: Execution, isOwned: boolean): boolean {
    if (!this.#seen.add(execution.executionId)) return false
    const last = this.#since.at(-1)
    this.#since.push({ execution, isOwned })
    if (last === undefined || last.execution.venueTime <= execution.venueTime) {
      this.#apply({ execution, isOwned })
      return true
    }
    // What comes late is put where it belongs: realised PnL depends on the order.
    this.#since.sort((a, b) => a.execution.venueTime - b.execution.venueTime)
    this.account.restore(this.#base.account.snapshot())
    this.unowned.restore(this.#base.unowned.snapshot())
    for (const booking of this.#since) this.#apply(booking)
    return true
  }

  /** Books a split of shares, once. */
  split({ splitId, instrument, ratioE9, price }: EventOf<'sharesSplit'>): void {
    if (!this.#seen.add(`s:${splitId}`)) return
    for (const ledger of [this.account, this.#base.account]) {
      ledger.applySplit(instrument, { ratioE9, price })
    }
  }

  /** Books money that came in or went out; false when it was before. */
  transfer({ transferId, currency, amount }: EventOf<'transferred'>): boolean {
    if (!this.#seen.add(`t:${transferId}`)) return false
    for (const ledger of [this.account, this.#base.account]) ledger.applyTransfer(currency, amount)
    return true
  }

  /** How a payment was split before; null when it is new. */
  splitOf(fundingId: string): Split | null {
    return this.#splits.get(fundingId) ?? null
  }

  /** True for what happened after the account was taken over. */
  counts(venueTime: TimeUs): boolean {
    return !this.#isNew && venueTime > this.#historyTime
  }

  /** Books a new payment as it is split: kept before any engine hears of it. */
  payment(event: EventOf<'fundingPaid'>, split: Split): void {
    const { fundingId, instrument, amount, cause } = event
    const unowned = Object.values(split).reduce((rest, part) => rest - part, amount)
    for (const ledger of [this.account, this.#base.account]) {
      ledger.applyFunding(instrument, amount, cause)
    }
    for (const ledger of unowned === 0n ? [] : [this.unowned, this.#base.unowned]) {
      ledger.applyFunding(instrument, unowned, cause)
    }
    this.#splits.set(fundingId, split)
    for (const oldest of this.#splits.keys()) {
      if (this.#splits.size <= SPLITS_MAX) break
      this.#splits.delete(oldest)
    }
    this.save()
  }

  /** What was booked so far was compared: nothing comes before it any more. */
  compared(reportTime: TimeUs): void {
    this.#base.account.restore(this.account.snapshot())
    this.#base.unowned.restore(this.unowned.snapshot())
    this.#since = []
    this.#reportTime = reportTime
    this.save()
  }

  /** Keeps what was compared, and payments since; executions since are told again by the venue. */
  save(): void {
    const again = new Set(this.#since.map(({ execution }) => execution.executionId))
    const splits = [...this.#splits].map(
      ([id, split]) =>
        [
          id,
          Object.fromEntries(Object.entries(split).map(([name, part]) => [name, `${part}`])),
        ] as const,
    )
    const stored: Stored = {
      version: VERSION,
      ...this.#identity,
      reportTime: this.#reportTime,
      historyTime: this.#historyTime,
      account: this.#base.account.snapshot(),
      unowned: this.#base.unowned.snapshot(),
      seen: this.#seen.values().filter((id) => !again.has(id)),
      splits,
    }
    this.#memory.save(`${JSON.stringify(stored)}\n`)
  }

  #apply({ execution, isOwned }: Booking): void {
    this.account.applyExecution(execution)
    if (!isOwned) this.unowned.applyExecution(execution)
  }

  #restore(stored: Stored): void {
    this.account.restore(stored.account)
    this.unowned.restore(stored.unowned)
    this.#seen.restore(stored.seen)
    for (const [id, split] of stored.splits) {
      const parts = Object.entries(split).map(([name, text]) => [name, BigInt(text)] as const)
      this.#splits.set(id, Object.fromEntries(parts))
    }
    this.#base.account.restore(stored.account)
    this.#base.unowned.restore(stored.unowned)
    this.#reportTime = stored.reportTime
    this.#historyTime = stored.historyTime
    this.#isNew = false
  }
}

function read(text: string, identity: Pick<Stored, 'symbols' | 'engines'>): Stored {
  let stored: Stored
  try {
    stored = JSON.parse(text) as Stored
  } catch (cause) {
    throw unusable(['it is not JSON'], cause)
  }
  if (stored.version !== VERSION) {
    throw unusable([`version ${stored.version}, this program reads ${VERSION}`])
  }
  const details = (['symbols', 'engines'] as const).flatMap((name) =>
    stored[name].join() === identity[name].join()
      ? []
      : [`${name}: kept ${stored[name].join(', ')}; now ${identity[name].join(', ')}`],
  )
  if (details.length > 0) throw unusable(details)
  return stored
}

const unusable = (details: readonly string[], cause?: unknown): InputError =>
  new InputError({
    code: 'ORN-FLEET-001',
    exitCode: 10,
    message: 'What was kept of the shared account cannot be gone on with',
    details,
    fix: 'Resume with the engines it began with, or start a new session without --resume',
    cause,
  })
