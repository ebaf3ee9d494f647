/** One more in an action would weigh as much as two actions: weight is 1 + floor(items / 40). */
const ITEMS_PER_ACTION = 39

/**
 * Gathers commands until the present turn of the event loop ends and hands them over together, the
 * most urgent first. A batch is at most as large as weighs one.
 */
export class TurnBatch<Order, Cancel> {
  readonly #how: {
    readonly isSuspect: (order: Order) => boolean
    readonly isReducing: (order: Order) => boolean
    readonly sendCancels: (cancels: readonly Cancel[]) => void
    readonly sendOrders: (orders: readonly Order[], isReducing: boolean) => void
  }
  #orders: Order[] = []
  #cancels: Cancel[] = []
  #isWaiting = false

  /** Suspects are sent one by one. */
  constructor(how: {
    readonly isSuspect: (order: Order) => boolean
    readonly isReducing: (order: Order) => boolean
    readonly sendCancels: (cancels: readonly Cancel[]) => void
    readonly sendOrders: (orders: readonly Order[], isReducing: boolean) => void
  }) {
    this.#how = how
  }

  addOrder(order: Order): void {
    this.#orders.push(order)
    this.#wait()
  }

  addCancel(cancel: Cancel): void {
    this.#cancels.push(cancel)
    this.#wait()
  }

  #wait(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    queueMicrotask(() => this.#send())
  }

  #send(): void {
    const { isSuspect, isReducing, sendCancels, sendOrders } = this.#how
    const orders = this.#orders
    const cancels = this.#cancels
    this.#orders = []
    this.#cancels = []
    this.#isWaiting = false
    for (const some of chunksOf(cancels)) sendCancels(some)
    for (const reducing of [true, false]) {
      const mine = orders.filter((order) => isReducing(order) === reducing)
      const [sound, suspects] = [false, true].map((suspect) =>
        mine.filter((order) => isSuspect(order) === suspect),
      )
      for (const some of chunksOf(sound!)) sendOrders(some, reducing)
      for (const suspect of suspects!) sendOrders([suspect], reducing)
    }
  }
}

function chunksOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const chunks: (readonly Item[])[] = []
  for (let i = 0; i < items.length; i += ITEMS_PER_ACTION) {
    chunks.push(items.slice(i, i + ITEMS_PER_ACTION))
  }
  return chunks
}
