import { getContext, setContext } from 'svelte'
import { Feed } from './feed.svelte.ts'
import { accountChip, bookChip, type Chip, type ChipFacts, markChip } from './freshness.ts'
import type { ControlKind, DecisionView, InstrumentView, OrderView } from './protocol.ts'
import { clockText, zoneName } from './time.ts'
import { View } from './view.svelte.ts'

const KEY = Symbol('desk')

/** What every panel shares: the feed, the view, and what follows from both. */
export class Desk {
  readonly feed = new Feed()
  readonly view = new View()
  /** The order whose life line is open. */
  openOrder = $state<string | null>(null)
  /** The command whose sheet is open. */
  openSheet = $state<ControlKind | null>(null)
  /** The instrument that the sheet is about; null when it is about all. */
  sheetInstrument = $state<number | null>(null)

  readonly instrument: InstrumentView | null = $derived.by(() => {
    const instruments = this.feed.state?.instruments ?? []
    const named = instruments.find((one) => one.symbol === this.view.symbol)
    return named ?? instruments[0] ?? null
  })
  readonly decision: DecisionView | null = $derived(
    this.feed.decisions?.find((one) => one.instrument === this.instrument?.id) ?? null,
  )
  readonly order: OrderView | null = $derived(
    this.feed.orders?.find((one) => one.clientOrderId === this.openOrder) ?? null,
  )
  readonly facts: ChipFacts = $derived({
    state: this.feed.state,
    health: this.feed.health,
    isConnected: this.feed.connection === 'live',
    isResyncing: this.feed.resyncing.size > 0,
    nowMs: this.feed.now,
    zone: this.view.zone,
  })
  readonly accountChip: Chip = $derived(accountChip(this.facts))
  /** Freshness of equity and positions, which need the marks of what is held. */
  readonly markChip: Chip = $derived(
    markChip(
      (this.feed.positions ?? [])
        .filter((position) => position.direction !== 'flat')
        .map((position) => position.instrument),
      this.facts,
    ),
  )
  readonly bookChip: Chip = $derived(
    bookChip(this.instrument?.id ?? 0, this.feed.book?.receivedTime ?? null, this.facts),
  )

  /** "12:20:34" in the page's zone. */
  clock(iso: string | null): string {
    return clockText(iso, this.view.zone)
  }

  /** "12:20:34 UTC": a time with its zone. */
  stamp(iso: string | null): string {
    return `${clockText(iso, this.view.zone)} ${zoneName(this.view.zone)}`
  }
}

/** Makes the desk of a page; called once, by App. */
export function createDesk(): Desk {
  const desk = new Desk()
  setContext(KEY, desk)
  return desk
}

/** The page's desk, inside any of its components. */
export const useDesk = (): Desk => getContext<Desk>(KEY)
