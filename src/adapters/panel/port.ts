import type { KnownTable, TableKind, TimeUs } from '../../core/mod.ts'

/**
 * A source of one table of a panel: a file, or a vendor. Every source hands over rows with their
 * four times; none decides what may be used when. Errors are InputError ORN-DATA and ORN-PANEL for
 * what a user can mend, AdapterError VENDOR for a vendor that does not answer.
 */
export interface PanelSource {
  /** What errors and reports call it. */
  readonly name: string
  readonly kind: TableKind
  /** How old its newest row may be when it is used, us; null where it may be of any age. */
  readonly oldestUs: TimeUs | null
  load(request: PanelRequest): Promise<LoadedTable>
}

/** What is wanted of a source. */
export interface PanelRequest {
  /** Rows known strictly before. There is no beginning: slow data stay valid for long. */
  readonly until: TimeUs
  /** Only rows of these symbols; null for all. */
  readonly symbols: ReadonlySet<string> | null
}

/** A table, and what the numbers of its sectors stand for. */
export interface LoadedTable {
  readonly table: KnownTable
  readonly sectorNames: readonly string[]
}
