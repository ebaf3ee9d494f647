import { DEFAULT_CATALOG, listManifests, type Manifest } from '../../adapters/mod.ts'
import { formatTime, textTable } from './text-table.ts'

/** Which catalog to list. */
interface ListDataOptions {
  /** Default `.ornstein/data`. */
  readonly catalog?: string
}

/** Every data set of a catalog, by id. */
interface ListDataReport {
  readonly catalog: string
  readonly sets: readonly Manifest[]
}

/** Lists a catalog; one that does not exist is empty. Throws InputError on a damaged manifest. */
export async function listData(options: ListDataOptions = {}): Promise<ListDataReport> {
  const catalog = options.catalog ?? DEFAULT_CATALOG
  return { catalog, sets: await listManifests(catalog) }
}

/** The report as lines for people. */
export function renderList({ catalog, sets }: ListDataReport): string {
  if (sets.length === 0) {
    return `No data sets in ${catalog}\nNext: ornstein data import PATH, or ornstein data generate`
  }
  const rows = sets.map((set) => {
    const symbols = new Set(set.tables.flatMap((t) => t.instruments.map((i) => i.instrument)))
    return [
      set.id,
      set.kind,
      set.tables.map((table) => table.shape).join('+'),
      symbols.size,
      set.tables.reduce((sum, table) => sum + table.rows, 0),
      formatTime(set.firstTime),
      formatTime(set.lastTime),
      set.source.licenceClass,
    ]
  })
  return textTable(
    ['data set', 'kind', 'tables', 'symbols', 'rows', 'first', 'last', 'licence'],
    rows,
  )
}
