/** Where a socket's frames go. */
export interface Sink {
  send(data: string | Uint8Array): void
  closed(code: number): void
  /** Bytes that wait for the client. */
  waiting(): number
}

/** A client's socket as the venue knows it. */
export interface Connection {
  message(data: Uint8Array): void
  /** The client has gone. */
  close(): void
  /** Ends the socket without a close frame. */
  drop(): void
}

/** Close code of a socket that ends without a close frame. */
export const ABNORMAL_CLOSURE = 1006
/** Close code of a socket that the venue ends. */
export const NORMAL_CLOSURE = 1000
/** A client for which more bytes wait is too slow. */
export const WAITING_BYTES_MAX = 8 << 20
/** A client must have proved itself within this time, us. */
export const AUTHENTICATION_US = 10_000_000
