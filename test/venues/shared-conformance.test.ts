import {
  type AccountMemory,
  createNodeEnvironment,
  createSharedAccount,
  type EngineView,
  type VenueAdapter,
} from '../../src/adapters/mod.ts'
import type { ConformanceStage } from '../../src/adapters/venues/conformance/stage.ts'
import { venueConformance } from '../../src/adapters/venues/conformance.ts'
import { type Event, Ledger, moneyFromNumber } from '../../src/core/mod.ts'
import { openInMemory } from '../support/hyperliquid-conformance.ts'
import { approve } from '../support/hyperliquid-stage.ts'

/*
 * What an engine sees of an account that it shares with another one, held to everything that the core
 * relies on in a venue. The other engine trades the same instrument, and nothing.
 */

/** Books of an engine that outlive its connection, kept from what it hears. */
class Books {
  readonly #seen = new Set<string>()
  #ledger: Ledger | null = null
  #hasBegun = false

  open(view: EngineView, sessionId: string, instruments: ConstructorParameters<typeof Ledger>[0]) {
    this.#ledger ??= new Ledger(instruments)
    const ledger = this.#ledger
    view.open({
      sessionId,
      ledger: () => ledger,
      hasBegun: () => this.#hasBegun,
      knows: (id) => this.#seen.has(id),
      isStopped: () => false,
    })
  }

  hear(event: Event): void {
    if (event.kind === 'executed' && !this.#seen.has(event.execution.executionId)) {
      this.#seen.add(event.execution.executionId)
      this.#ledger!.applyExecution(event.execution)
    }
    if (event.kind === 'fundingPaid') this.#ledger!.applyFunding(event.instrument, event.amount)
    if (event.kind !== 'accountReported' || this.#hasBegun) return
    this.#hasBegun = true
    for (const { currency, amount } of event.account.balances) {
      this.#ledger!.applyTransfer(currency, amount)
    }
  }
}

const shares = ['playing', 'idle'].map((engine) => ({
  ...{ engine, symbols: ['BTC'], balance: moneyFromNumber(100) },
}))

/** The playing engine's view, as an adapter that brings its books and the idle engine along. */
function throughHub(
  adapter: VenueAdapter,
  memory: AccountMemory,
  books: readonly [Books, Books],
): VenueAdapter {
  const account = createSharedAccount({
    ...{ adapter, shares, memory, environment: createNodeEnvironment() },
  })
  const [playing, idle] = account.views as [EngineView, EngineView]
  return Object.create(playing, {
    loadInstruments: {
      async value(symbols: readonly string[]) {
        const instruments = await playing.loadInstruments(symbols)
        // The ids of orders of the suite begin so.
        books[0].open(playing, 'c0ffee0000000000', instruments)
        books[1].open(idle, 'dddddddddddddddd', await idle.loadInstruments(symbols))
        return instruments
      },
    },
    start: {
      async value(sink: Parameters<VenueAdapter['start']>[0]) {
        const own = {
          market: sink.market.bind(sink),
          event(event: Event) {
            books[0].hear(event)
            sink.event(event)
          },
        }
        const other = { market: () => {}, event: (event: Event) => books[1].hear(event) }
        playing.queryAccount(0)
        idle.queryAccount(0)
        await Promise.all([playing.start(own), idle.start(other)])
        // The suite counts what it asks for itself.
        const events = (sink as ConformanceStage['sink']).events as Event[]
        const first = events.findIndex(({ kind }) => kind === 'accountReported')
        if (first >= 0) events.splice(first, 1)
      },
    },
    stop: {
      async value() {
        await playing.stop()
        await idle.stop()
        await account.close()
      },
    },
  }) as VenueAdapter
}

function sharedStage(stage: ConformanceStage): ConformanceStage {
  let text: string | null = null
  const memory: AccountMemory = {
    load: () => text,
    save(kept) {
      text = kept
    },
  }
  const books = [new Books(), new Books()] as const
  const made = new WeakMap<VenueAdapter, VenueAdapter>()
  return Object.create(stage, {
    adapter: {
      get() {
        const inner = stage.adapter
        const known = made.get(inner) ?? throughHub(inner, memory, books)
        made.set(inner, known)
        return known
      },
    },
  }) as ConformanceStage
}

const noReplace = 'orders are canceled and placed anew: capability replace is not declared'

venueConformance('An engine of two on one account', {
  open: async ({ beforeFunding }) => sharedStage(await openInMemory(beforeFunding)),
  approve,
  skips: {
    V13: 'an exit of one engine may open for the account: capability reduceOnly is not declared',
    V17: 'the symbols are those of the account, whatever a view is asked for',
    ...Object.fromEntries(['V28', 'V29', 'V30', 'V31'].map((id) => [id, noReplace])),
  },
})
