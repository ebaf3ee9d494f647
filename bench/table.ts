import type { Result } from './harness.ts'
import type { MachineFacts } from './machine.ts'

const HEAD = ['benchmark', 'value', 'unit', 'ratio', 'target', 'met', 'note'] as const

/** The results as text columns, and the machine below. */
export function renderTable(results: readonly Result[], machine: MachineFacts): string {
  const rows = results.map((result) => [
    result.name,
    result.value === null ? '-' : String(result.value),
    result.unit,
    result.ratio === null ? '-' : String(result.ratio),
    result.target ?? '-',
    result.met === null ? '-' : result.met ? 'yes' : 'NO',
    result.note,
  ])
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  const memory = (machine.memoryBytes / 2 ** 30).toFixed(0)
  const facts =
    `${machine.cpu}, ${machine.threads} threads, ${memory} GiB, ${machine.platform}, ` +
    `Node ${machine.node}, ${machine.gcc === null ? 'no gcc' : `gcc ${machine.gcc}`}, ` +
    `load ${machine.loadAverage.toFixed(1)}`
  return `${[line(HEAD), ...rows.map(line), '', facts].join('\n')}\n`
}
