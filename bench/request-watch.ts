import type { AdapterEnvironment, VenueAdapter } from '../src/adapters/mod.ts'

/** Milliseconds from a frame's arrival to the signed request that it caused. */
export interface RequestWatch {
  readonly environment: AdapterEnvironment
  /** Sees which frame an order belongs to; wraps the adapter's own submit. */
  watch(adapter: VenueAdapter): VenueAdapter
  /** Entry of the frame's handler to the order being handed to the adapter. */
  readonly decided: readonly number[]
  /** Entry of the frame's handler to the signed request being given to fetch. */
  readonly sent: readonly number[]
  /** Orders in each request that held some. */
  readonly batches: readonly number[]
}

/**
 * Watches the ways in and out of an adapter. An order belongs to the frame in whose handler it was
 * submitted; signing goes on after that handler, so requests are told by their client order id.
 */
export function createRequestWatch(inner: AdapterEnvironment): RequestWatch {
  let entered: number | null = null
  const waiting = new Map<string, number>()
  const decided: number[] = []
  const sent: number[] = []
  const batches: number[] = []
  const noteRequest = (body: string): void => {
    const now = performance.now()
    const ids = [...body.matchAll(/"c":"0x([0-9a-f]{32})"/g)]
    if (ids.length > 0) batches.push(ids.length)
    for (const [, id] of ids) {
      const start = waiting.get(id!)
      if (start !== undefined && waiting.delete(id!)) sent.push(now - start)
    }
  }
  return {
    decided,
    sent,
    batches,
    environment: {
      ...inner,
      fetch(url, init) {
        if (url.endsWith('/exchange') && init.body !== null) noteRequest(init.body)
        return inner.fetch(url, init)
      },
      openSocket: (url, handlers) =>
        inner.openSocket(url, {
          ...handlers,
          message(data) {
            entered = performance.now()
            try {
              handlers.message(data)
            } finally {
              entered = null
            }
          },
        }),
    },
    watch(adapter) {
      const submit: VenueAdapter['submit'] = (order) => {
        if (entered !== null) {
          decided.push(performance.now() - entered)
          waiting.set(order.clientOrderId, entered)
        }
        adapter.submit(order)
      }
      return new Proxy(adapter, {
        get(target, key) {
          if (key === 'submit') return submit
          const value: unknown = Reflect.get(target, key, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}
