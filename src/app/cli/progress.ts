import type { Recording } from '../../adapters/mod.ts'

/** Progress of a run over a recording, in event time, on stderr. */
export interface Progress {
  /** Reports a position; true when the user asked to stop. */
  readonly report: (index: number, now: number) => boolean
  readonly done: () => void
}

const PAUSE_MS = { terminal: 200, pipe: 10_000 } as const

/** A bar with share, event time, rows per second and a range for the time left. */
export function createProgress(recording: Recording, quiet: boolean): Progress {
  const { batch } = recording
  const started = performance.now()
  const isTerminal = process.stderr.isTTY === true
  let last = started
  let lastIndex = 0
  let slowest = Number.POSITIVE_INFINITY
  let fastest = 0
  let stopping = false
  const onSignal = () => {
    stopping = true
  }
  process.once('SIGINT', onSignal)
  const line = (index: number, now: number): string => {
    const share = index / Math.max(1, batch.count)
    const filled = Math.round(share * 20)
    const rate = index / Math.max(1e-9, (performance.now() - started) / 1000)
    const left = batch.count - index
    const range = `${clock(left / Math.max(1, fastest))}–${clock(left / Math.max(1, slowest))}`
    const at = new Date(now / 1000).toISOString().slice(0, 16).replace('T', ' ')
    const bar = '█'.repeat(filled) + '░'.repeat(20 - filled)
    const eta = slowest === Number.POSITIVE_INFINITY ? '' : `  ETA ${range}`
    return `Simulate ${bar} ${Math.round(share * 100)} %  ${at}Z  ${Math.round(rate / 1000)}k rows/s${eta}`
  }
  return {
    report(index, now) {
      const present = performance.now()
      const pause = isTerminal ? PAUSE_MS.terminal : PAUSE_MS.pipe
      if (quiet || present - last < pause) return stopping
      const rate = ((index - lastIndex) / (present - last)) * 1000
      slowest = Math.min(slowest, rate)
      fastest = Math.max(fastest, rate)
      last = present
      lastIndex = index
      process.stderr.write(isTerminal ? `\r\x1b[2K${line(index, now)}` : `${line(index, now)}\n`)
      return stopping
    },
    done() {
      process.removeListener('SIGINT', onSignal)
      if (isTerminal && !quiet) process.stderr.write('\r\x1b[2K')
    },
  }
}

function clock(seconds: number): string {
  const whole = Math.min(359_999, Math.ceil(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
