import { basePath, namedEngine } from './fleet.svelte.ts'
import { ListStore } from './list-store.ts'
import { mergeBars } from './merge-bars.ts'
import type {
  AlertView,
  BarsView,
  BookView,
  DecisionView,
  EquityView,
  FillView,
  HealthView,
  JournalView,
  ListOf,
  OrderView,
  PositionView,
  ServerMessage,
  StateView,
  TopicKey,
} from './protocol.ts'
import { milliseconds } from './time.ts'

/** What is known of the connection to the server. */
export type Connection = 'connecting' | 'live' | 'disconnected' | 'refused'

const GENERAL: readonly TopicKey[] = [
  'state',
  'orders',
  'fills',
  'positions',
  'equity',
  'decisions',
  'journal',
  'health',
  'alerts',
]
const HEARTBEATS_MISSED_MAX = 2
const RETRY_MS = [500, 1000, 2000, 4000, 8000]

/** Everything the server says, kept current over one socket. Topics are null until they arrived. */
export class Feed {
  connection = $state<Connection>('connecting')
  retries = $state(0)
  /** Topics that are being asked for anew because a message was missed. */
  resyncing = $state.raw<ReadonlySet<string>>(new Set())
  lastGoodTime = $state<string | null>(null)
  /** The server's present in ms, by its own clock; moves four times a second. */
  now = $state(Date.now())
  state = $state.raw<StateView | null>(null)
  orders = $state.raw<readonly OrderView[] | null>(null)
  fills = $state.raw<readonly FillView[] | null>(null)
  positions = $state.raw<readonly PositionView[] | null>(null)
  equity = $state.raw<EquityView | null>(null)
  decisions = $state.raw<readonly DecisionView[] | null>(null)
  journal = $state.raw<JournalView | null>(null)
  health = $state.raw<HealthView | null>(null)
  alerts = $state.raw<readonly AlertView[] | null>(null)
  bars = $state.raw<BarsView | null>(null)
  book = $state.raw<BookView | null>(null)

  /** Where this engine's interface is, relative to the page. */
  readonly base = basePath(namedEngine())
  readonly #orders = new ListStore<OrderView>((order) => order.clientOrderId, 1000)
  readonly #fills = new ListStore<FillView>((fill) => fill.executionId, 2000)
  readonly #alerts = new ListStore<AlertView>((alert) => String(alert.id), 500)
  readonly #sequences = new Map<string, number>()
  #instrument: number | null = null
  #socket: WebSocket | null = null
  #offsetMs = 0
  #offsets: number[] = []
  #heardMs = 0

  /** Opens the socket and keeps it open; returns what ends it. */
  start(): () => void {
    this.#open()
    const timer = setInterval(() => this.#tick(), 250)
    const onVisibility = () =>
      this.#send({ type: 'pace', pace: document.hidden ? 'hidden' : 'normal' })
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      const socket = this.#socket
      this.#socket = null
      socket?.close()
    }
  }

  /** Shows the bars and the book of another instrument. */
  select(instrument: number): void {
    if (this.#instrument === instrument) return
    const before = this.#instrument
    this.#instrument = instrument
    this.bars = null
    this.book = null
    if (before !== null) this.#send({ type: 'unsubscribe', topics: topicsOf(before) })
    this.#send({ type: 'subscribe', topics: topicsOf(instrument) })
  }

  #open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = new WebSocket(`${scheme}://${location.host}/${this.base}/feed`)
    this.#socket = socket
    socket.addEventListener('open', () => {
      this.#sequences.clear()
      const own = this.#instrument === null ? [] : topicsOf(this.#instrument)
      this.#send({ type: 'subscribe', topics: [...GENERAL, ...own] })
    })
    socket.addEventListener('message', (event) => {
      if (this.#socket === socket) this.#onMessage(JSON.parse(String(event.data)))
    })
    socket.addEventListener('close', () => {
      if (this.#socket === socket) void this.#onClose()
    })
  }

  async #onClose(): Promise<void> {
    this.connection = 'disconnected'
    const wait = RETRY_MS[Math.min(this.retries, RETRY_MS.length - 1)] ?? 8000
    this.retries++
    const reply = await fetch(`${this.base}/health`, { cache: 'no-store' }).catch(() => null)
    if (reply?.status === 401) this.connection = 'refused'
    setTimeout(() => {
      if (this.#socket !== null) this.#open()
    }, wait)
  }

  #onMessage(message: ServerMessage): void {
    this.#heardMs = Date.now()
    if (message.type === 'refused') return
    this.#noteClock(message.sentTime)
    this.connection = 'live'
    this.retries = 0
    this.lastGoodTime = message.sentTime
    if (message.type === 'heartbeat') return
    if (!this.#isNext(message.topic, message.sequence, message.type)) return
    this.#apply(message.topic, message.data)
  }

  /** False when a message of the topic is missing: then the whole topic is asked for again. */
  #isNext(topic: TopicKey, sequence: number, type: 'snapshot' | 'delta'): boolean {
    const last = this.#sequences.get(topic) ?? 0
    if (type === 'delta' && sequence !== last + 1) {
      if (!this.resyncing.has(topic)) {
        this.resyncing = new Set([...this.resyncing, topic])
        this.#send({ type: 'resnapshot', topic })
      }
      return false
    }
    this.#sequences.set(topic, sequence)
    if (this.resyncing.has(topic)) {
      this.resyncing = new Set([...this.resyncing].filter((other) => other !== topic))
    }
    return true
  }

  #apply(topic: TopicKey, data: unknown): void {
    const [name, id] = topic.split(':')
    if (id !== undefined && Number(id) !== this.#instrument) return
    switch (name) {
      case 'state':
        this.state = data as StateView
        break
      case 'positions':
        this.positions = data as readonly PositionView[]
        break
      case 'equity':
        this.equity = data as EquityView
        break
      case 'decisions':
        this.decisions = data as readonly DecisionView[]
        break
      case 'journal':
        this.journal = data as JournalView
        break
      case 'health':
        this.health = data as HealthView
        break
      case 'orders':
        this.orders = this.#orders.merge(data as ListOf<OrderView>)
        break
      case 'fills':
        this.fills = this.#fills.merge(data as ListOf<FillView>)
        break
      case 'alerts':
        this.alerts = this.#alerts.merge(data as ListOf<AlertView>)
        break
      case 'bars':
        this.bars = mergeBars(this.bars, data as BarsView)
        break
      case 'book':
        this.book = data as BookView
        break
    }
  }

  /** The smallest delay seen lately is the best guess of the difference between the clocks. */
  #noteClock(sentTime: string): void {
    this.#offsets.push(Date.now() - milliseconds(sentTime))
    if (this.#offsets.length > 40) this.#offsets.shift()
    this.#offsetMs = Math.min(...this.#offsets)
  }

  #tick(): void {
    this.now = Date.now() - this.#offsetMs
    if (this.connection !== 'live') return
    if (Date.now() - this.#heardMs > HEARTBEATS_MISSED_MAX * 1000 + 500)
      this.connection = 'disconnected'
  }

  #send(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}

const topicsOf = (instrument: number): readonly TopicKey[] => [
  `bars:${instrument}`,
  `book:${instrument}`,
]
