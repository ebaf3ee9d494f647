import { assert, type Instrument, type SeedBar, type TimeUs } from '../../../core/mod.ts'
import type { VenueAdapter, VenueSink } from '../port.ts'
import type { EngineShare } from './engine-share.ts'
import type { ApprovedOrder, EngineBooks, EngineView, ShareOptions } from './options.ts'

/** What a view asks of the account behind it. */
export interface ViewOwner {
  readonly adapter: VenueAdapter
  load(share: ShareOptions): Promise<readonly Instrument[]>
  bars(instrument: Instrument, intervalUs: TimeUs, count: number): Promise<readonly SeedBar[]>
  open(share: ShareOptions, books: EngineBooks): void
  start(engine: string, sink: VenueSink): Promise<void>
  shareOf(engine: string): EngineShare
  /** True when another engine trades one of its instruments. */
  isShared(share: ShareOptions): boolean
  /** True when the venue itself may hold the order to what it says of reducing. */
  mayReduceOnly(order: ApprovedOrder): boolean
  queryAccount(engine: string, since: TimeUs): void
  stop(engine: string): Promise<void>
}

/** The account as one engine sees it, in its own instrument ids. */
export function createView(owner: ViewOwner, options: ShareOptions): EngineView {
  const { adapter } = owner
  const { engine } = options
  const idOf = (own: number): number => owner.shareOf(engine).ids[own]!
  return {
    engine,
    venue: adapter.venue,
    get capabilities() {
      const reduceOnly = adapter.capabilities.reduceOnly && !owner.isShared(options)
      return { ...adapter.capabilities, reduceOnly }
    },
    loadInstruments: () => owner.load(options),
    loadBars: (instrument, intervalUs, count) => owner.bars(instrument, intervalUs, count),
    open: (books) => owner.open(options, books),
    start: (sink) => owner.start(engine, sink),
    submit(given) {
      const order = { ...given, instrument: idOf(given.instrument) }
      const reduceOnly = order.reduceOnly && owner.mayReduceOnly(order)
      owner.shareOf(engine).sent(order.clientOrderId)
      adapter.submit({ ...order, reduceOnly, isExit: order.reduceOnly })
    },
    replace(given, replaced) {
      const order = { ...given, instrument: idOf(given.instrument) }
      const reduceOnly = order.reduceOnly && owner.mayReduceOnly(order)
      assert(adapter.replace !== undefined, 'the venue replaces orders')
      owner.shareOf(engine).sent(order.clientOrderId)
      owner.shareOf(engine).sent(replaced.clientOrderId)
      adapter.replace(
        { ...order, reduceOnly, isExit: order.reduceOnly },
        { ...replaced, instrument: order.instrument },
      )
    },
    cancel(given) {
      owner.shareOf(engine).sent(given.clientOrderId)
      adapter.cancel({ ...given, instrument: idOf(given.instrument) })
    },
    queryOrder: (clientOrderId) => adapter.queryOrder(clientOrderId),
    queryAccount: (since) => owner.queryAccount(engine, since),
    stop: () => owner.stop(engine),
  }
}
