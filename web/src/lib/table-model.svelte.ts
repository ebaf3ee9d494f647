import { forClipboard } from './format.ts'

/** One column of a table. */
export interface Column<Row> {
  readonly id: string
  readonly label: string
  /** Longer explanation, shown on hover. */
  readonly title?: string
  readonly align?: 'right'
  /** Left out when the table is narrow: 2 below 430 px, 3 below 600 px. */
  readonly rank?: 2 | 3
  /** What sorting and copies use. */
  readonly value: (row: Row) => string | number | null
  /** What is shown. */
  readonly text: (row: Row) => string
  readonly tone?: (row: Row) => string
}

/** Sorting, filters and visible columns of a table, and its copies. */
export class TableModel<Row> {
  readonly columns: readonly Column<Row>[]
  readonly name: string
  sortId = $state<string | null>(null)
  isDescending = $state(false)
  isFiltering = $state(false)
  filters = $state<Record<string, string>>({})
  hidden = $state.raw<ReadonlySet<string>>(new Set())

  constructor(name: string, columns: readonly Column<Row>[]) {
    this.name = name
    this.columns = columns
  }

  get visible(): readonly Column<Row>[] {
    return this.columns.filter((column) => !this.hidden.has(column.id))
  }

  toggleColumn(id: string): void {
    const next = new Set(this.hidden)
    if (!next.delete(id)) next.add(id)
    this.hidden = next
  }

  /** First click ascends, second descends, third returns to the given order. */
  sortBy(id: string): void {
    if (this.sortId !== id) {
      this.sortId = id
      this.isDescending = false
    } else if (!this.isDescending) this.isDescending = true
    else this.sortId = null
  }

  toggleFilters(): void {
    this.isFiltering = !this.isFiltering
    if (!this.isFiltering) this.filters = {}
  }

  /** The rows that pass the filters, in the chosen order. */
  apply(rows: readonly Row[]): readonly Row[] {
    const wanted = this.columns
      .map((column) => ({ column, text: (this.filters[column.id] ?? '').trim().toLowerCase() }))
      .filter(({ text }) => text !== '')
    const passing =
      wanted.length === 0
        ? rows
        : rows.filter((row) =>
            wanted.every(({ column, text }) => column.text(row).toLowerCase().includes(text)),
          )
    const column = this.columns.find((one) => one.id === this.sortId)
    if (column === undefined) return passing
    const way = this.isDescending ? -1 : 1
    return [...passing].sort((a, b) => way * compare(column.value(a), column.value(b)))
  }

  /** The visible columns as CSV with a header line. */
  csv(rows: readonly Row[]): string {
    const columns = this.visible
    const line = (cells: readonly (string | number | null)[]) => cells.map(cellText).join(',')
    return [
      line(columns.map((column) => column.label)),
      ...rows.map((row) => line(columns.map((column) => column.value(row)))),
    ].join('\n')
  }
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}

function cellText(value: string | number | null): string {
  const text = value === null ? '' : forClipboard(String(value))
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
