import { z } from 'zod'
import { TABLE_FIELDS, type TableKind, type TimeUs } from '../../core/mod.ts'
import { AdapterError } from '../errors.ts'
import type { AdapterEnvironment, HttpResponse } from '../venues/port.ts'
import type { LoadedTable, PanelRequest, PanelSource } from './port.ts'
import { type Sheet, textSheet } from './sheet.ts'
import { TIME_COLUMNS, tableOfRows } from './sheet-table.ts'

/** A vendor's table over HTTP. */
export interface VendorOptions {
  readonly environment: Pick<AdapterEnvironment, 'fetch'>
  /** Where it answers. A query of its own is sent, and never named: it may hold a key. */
  readonly url: string
  readonly kind: TableKind
  /** Headers of every request, a key among them: no message names them. */
  readonly headers?: Readonly<Record<string, string>>
  /** How old its newest row may be, us; of any age by default. */
  readonly oldestUs?: TimeUs
  /** After which a request is given up, ms (10 s). */
  readonly timeoutMs?: number
}

/** Most pages of one answer: a vendor that never ends is a fault. */
const PAGES_MAX = 10_000

const pageSchema = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  /** Where the next page begins; null or left out on the last. */
  next: z.string().nullish(),
})
type Page = z.infer<typeof pageSchema>

/**
 * A table that a vendor hands out in pages: `GET url?until=<ISO time>&cursor=<next>` answers
 * `{ "rows": [{ "symbol": ..., "event_time": ..., ... }], "next": ... }` with the columns of
 * {@link tableOfRows}. Throws AdapterError VENDOR_UNREACHABLE, VENDOR_REFUSED, VENDOR_UNREADABLE.
 */
export function vendorTable(options: VendorOptions): PanelSource {
  return {
    name: nameOf(options),
    kind: options.kind,
    oldestUs: options.oldestUs ?? null,
    async load(request: PanelRequest): Promise<LoadedTable> {
      const rows: Page['rows'] = []
      const seen = new Set<string>()
      let cursor: string | null = null
      do {
        const page: Page = await readPage(options, request, cursor)
        rows.push(...page.rows)
        cursor = page.next ?? null
        if (cursor !== null && (seen.has(cursor) || seen.size >= PAGES_MAX)) {
          throw unreadable(options, `its pages do not end: ${cursor.slice(0, 60)} comes again`)
        }
        if (cursor !== null) seen.add(cursor)
      } while (cursor !== null)
      return tableOfRows(sheetOf(options, rows), options.kind, request)
    },
  }
}

function sheetOf(options: VendorOptions, rows: Page['rows']): Sheet {
  const name = nameOf(options)
  // An answer without rows names no columns: nothing has happened yet.
  const columns =
    rows.length === 0
      ? ['symbol', ...Object.keys(TIME_COLUMNS), ...TABLE_FIELDS[options.kind]]
      : [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = rows.map((row) =>
    columns.map((column) => {
      const value = row[column]
      return value === null || value === undefined ? '' : String(value)
    }),
  )
  return textSheet(
    name,
    columns,
    cells,
    Int32Array.from(rows, (_, k) => k + 1),
  )
}

/** What errors and reports call a vendor: its address without a query. */
function nameOf({ url }: VendorOptions): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const unreadable = (options: VendorOptions, why: string): AdapterError =>
  new AdapterError('VENDOR_UNREADABLE', `${nameOf(options)}: ${why}`, 'fatal')

async function readPage(
  options: VendorOptions,
  request: PanelRequest,
  cursor: string | null,
): Promise<Page> {
  const url = new URL(options.url)
  url.searchParams.set('until', new Date(request.until / 1000).toISOString())
  if (cursor !== null) url.searchParams.set('cursor', cursor)
  const text = await answer(options, url)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw unreadable(options, `the answer is not JSON: ${text.slice(0, 60)}`)
  }
  const page = pageSchema.safeParse(body)
  if (page.success) return page.data
  const issue = page.error.issues[0]
  throw unreadable(
    options,
    `the answer has not the shape { rows, next }: ${issue?.path.join('.')} ${issue?.message}`,
  )
}

async function answer(options: VendorOptions, url: URL): Promise<string> {
  const { environment, headers, timeoutMs = 10_000 } = options
  let response: HttpResponse
  try {
    response = await environment.fetch(url.href, {
      method: 'GET',
      headers: { accept: 'application/json', ...headers },
      body: null,
      timeoutMs,
    })
  } catch (cause) {
    const why = (cause as Error).message
    throw new AdapterError('VENDOR_UNREACHABLE', `${nameOf(options)}: ${why}`, 'retry', cause)
  }
  const { status, body } = response
  if (status === 200) return body
  throw new AdapterError(
    'VENDOR_REFUSED',
    `${nameOf(options)} answered ${status}: ${body.slice(0, 120)}`,
    status === 429 || status >= 500 ? 'retry' : 'fatal',
  )
}
