import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'

/** Where the figures were measured. */
export interface MachineFacts {
  readonly cpu: string
  readonly threads: number
  readonly memoryBytes: number
  readonly platform: string
  readonly node: string
  readonly v8: string
  /** Null: not installed. */
  readonly gcc: string | null
  /** Runnable processes over the last minute: above `threads` the machine was not ours. */
  readonly loadAverage: number
}

/** Asks the machine. */
export function machineFacts(): MachineFacts {
  const processors = cpus()
  return {
    cpu: processors[0]?.model ?? 'unknown',
    threads: processors.length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    gcc: gccVersion(),
    loadAverage: loadavg()[0]!,
  }
}

function gccVersion(): string | null {
  try {
    return execFileSync('gcc', ['-dumpfullversion'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}
