import { createRandom, type Random, type TimeUs } from '../../../core/mod.ts'
import type { AdapterEnvironment, Socket, TimerHandle } from '../port.ts'
import { textOf } from './failure.ts'

/** What the owner of a connection is told. */
interface ConnectionHandlers {
  opened(): void
  /** `time` is when it came, microseconds. */
  message(data: Uint8Array, time: TimeUs): void
  /** Called once for each connection that was opened or tried, with why it ended. */
  lost(reason: string): void
}

/** How a connection is kept up. */
export interface ConnectionOptions {
  readonly environment: AdapterEnvironment
  readonly url: string
  /** Text that the venue answers. */
  readonly ping: string
  readonly pingMs: number
  /** Silence, pongs included, after which a socket counts as dead. */
  readonly silenceMs: number
  /** Of the jitter. */
  readonly seed: number
  readonly handlers: ConnectionHandlers
}

/** First wait before reopening, doubled at each failure up to the last, each times 0.5 to 1. */
const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 30_000
/** The venue allows 30 new sockets a minute to an address. */
const OPENS_PER_MINUTE = 20
const MINUTE_US = 60_000_000
const OPEN_TIMEOUT_MS = 10_000

/** A socket that is kept up: watched, pinged and reopened for ever, at a bounded rate. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #environment: AdapterEnvironment
  readonly #random: Random
  readonly #opens: number[] = []
  #socket: Socket | null = null
  /** Counts sockets: callbacks of earlier ones are ignored. */
  #generation = 0
  #isOpen = false
  #isClosed = true
  #failures = 0
  #lastFrameTime = 0
  #timer: TimerHandle | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#environment = options.environment
    this.#random = createRandom(options.seed)
  }

  /** Opens the first socket, and another one whenever one ends. */
  open(): void {
    this.#isClosed = false
    this.#openSocket()
  }

  /** Sends when the socket is open; false when it is not. */
  send(text: string): boolean {
    if (!this.#isOpen || this.#socket === null) return false
    this.#socket.send(text)
    return true
  }

  /** Ends the present socket as if it had failed; another one follows. */
  drop(reason: string): void {
    this.#end(this.#generation, reason)
  }

  /** Tells that the connection proved useful: the next wait starts small again. */
  settle(): void {
    this.#failures = 0
  }

  /** Ends it for good. */
  close(): void {
    this.#isClosed = true
    this.#release()
  }

  #openSocket(): void {
    const { url, handlers } = this.#options
    const mine = ++this.#generation
    const isMine = (): boolean => mine === this.#generation
    this.#opens.push(this.#environment.now())
    this.#setTimer(() => this.#end(mine, `not open after ${OPEN_TIMEOUT_MS} ms`), OPEN_TIMEOUT_MS)
    try {
      const socket = this.#environment.openSocket(url, {
        opened: () => {
          if (!isMine()) return
          this.#isOpen = true
          this.#lastFrameTime = this.#environment.now()
          this.#watch()
          handlers.opened()
        },
        message: (data) => {
          if (!isMine()) return
          this.#lastFrameTime = this.#environment.now()
          handlers.message(data, this.#lastFrameTime)
        },
        closed: (code, reason) =>
          this.#end(mine, `closed by the venue (${code}${reason === '' ? '' : ` ${reason}`})`),
        failed: (error) => this.#end(mine, textOf(error)),
      })
      if (isMine()) this.#socket = socket
      else socket.close()
    } catch (error) {
      this.#end(mine, textOf(error))
    }
  }

  #watch(): void {
    const { ping, pingMs, silenceMs } = this.#options
    this.#setTimer(
      () => {
        const silentMs = (this.#environment.now() - this.#lastFrameTime) / 1000
        if (silentMs >= silenceMs) return this.drop(`nothing received for ${silentMs} ms`)
        this.#socket?.send(ping)
        this.#watch()
      },
      Math.min(pingMs, silenceMs / 2),
    )
  }

  #end(mine: number, reason: string): void {
    if (mine !== this.#generation || this.#isClosed) return
    this.#release()
    this.#failures++
    this.#setTimer(() => this.#openSocket(), this.#waitMs())
    this.#options.handlers.lost(reason)
  }

  /** Lets go of the socket and of whatever was to happen to it. */
  #release(): void {
    this.#generation++
    this.#isOpen = false
    this.#clearTimer()
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #waitMs(): number {
    const now = this.#environment.now()
    while (this.#opens.length > 0 && now - this.#opens[0]! > MINUTE_US) this.#opens.shift()
    const doublings = Math.min(this.#failures - 1, 10)
    const exponential = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** doublings)
    const waitMs = exponential * (0.5 + 0.5 * this.#random.next())
    if (this.#opens.length < OPENS_PER_MINUTE) return Math.ceil(waitMs)
    return Math.ceil(Math.max(waitMs, (this.#opens[0]! + MINUTE_US - now) / 1000))
  }

  #setTimer(callback: () => void, delayMs: number): void {
    this.#clearTimer()
    this.#timer = this.#environment.setTimer(() => {
      this.#timer = null
      callback()
    }, delayMs)
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#environment.clearTimer(this.#timer)
    this.#timer = null
  }
}
