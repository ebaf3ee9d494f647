import type { SweepMetric } from '../../../core/mod.ts'
import type { SweepMessage } from '../../research/sweep/worker.ts'

const PAUSE_MS = { terminal: 200, pipe: 10_000 } as const

/** Progress of the trials of a sweep on stderr: how many, how fast, how long, the best so far. */
export interface SweepProgress {
  readonly report: (done: number, total: number, last: SweepMessage) => void
  /** Says something on a line of its own. */
  readonly say: (text: string) => void
  readonly done: () => void
}

/** Progress lines named `what`; `isQuiet` says nothing at all. */
export function createSweepProgress(
  what: string,
  metric: SweepMetric,
  isQuiet: boolean,
): SweepProgress {
  const isTerminal = process.stderr.isTTY === true
  const started = performance.now()
  let last = started
  let best: number | null = null
  const write = (text: string) => {
    process.stderr.write(isTerminal ? `\r\x1b[2K${text}` : `${text}\n`)
  }
  return {
    report(done, total, { metrics }) {
      const value = metrics[metric] ?? null
      const better = best === null || (value !== null && (metric === 'costBps') === value < best)
      if (value !== null && better) best = value
      const now = performance.now()
      const pause = isTerminal ? PAUSE_MS.terminal : PAUSE_MS.pipe
      if (isQuiet || (now - last < pause && done < total)) return
      last = now
      const rate = done / Math.max(1e-9, (now - started) / 1000)
      const filled = Math.round((20 * done) / total)
      const bar = '█'.repeat(filled) + '░'.repeat(20 - filled)
      const speed = rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2)
      const highest = best === null ? '' : `  best ${metric} ${best.toPrecision(4)}`
      const left = clock((total - done) / rate)
      write(`${what} ${bar} ${done}/${total}  ${speed} trials/s  ETA ${left}${highest}`)
    },
    say(text) {
      if (!isQuiet) process.stderr.write(`${text}\n`)
    },
    done() {
      if (isTerminal && !isQuiet) process.stderr.write('\r\x1b[2K')
    },
  }
}

function clock(seconds: number): string {
  const whole = Math.min(359_999, Math.ceil(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
