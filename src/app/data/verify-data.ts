import { DEFAULT_CATALOG, listManifests, readManifest, recheck } from '../../adapters/mod.ts'
import { textTable } from './text-table.ts'

/** What to verify. */
interface VerifyDataOptions {
  /** Data sets; all when absent. */
  readonly ids?: readonly string[]
  /** Default `.ornstein/data`. */
  readonly catalog?: string
}

/** What was found; `ok` is false when any data set has a problem. */
interface VerifyDataReport {
  readonly catalog: string
  readonly sets: readonly { readonly id: string; readonly problems: readonly string[] }[]
  readonly ok: boolean
  readonly exitCode: 0 | 4
}

/** Hashes every file of the data sets again and repeats every check. Throws InputError. */
export async function verifyData(options: VerifyDataOptions = {}): Promise<VerifyDataReport> {
  const catalog = options.catalog ?? DEFAULT_CATALOG
  const manifests =
    options.ids === undefined || options.ids.length === 0
      ? await listManifests(catalog)
      : await Promise.all(options.ids.map((id) => readManifest(catalog, id)))
  const sets: { id: string; problems: string[] }[] = []
  for (const manifest of manifests) {
    sets.push({ id: manifest.id, problems: await recheck(catalog, manifest) })
  }
  const ok = sets.every((set) => set.problems.length === 0)
  return { catalog, sets, ok, exitCode: ok ? 0 : 4 }
}

/** The report as lines for people. */
export function renderVerify({ sets, ok }: VerifyDataReport): string {
  const rows = sets.flatMap(({ id, problems }) =>
    problems.length === 0 ? [[id, 'ok']] : problems.map((problem) => [id, problem]),
  )
  const last = ok
    ? `${sets.length} data sets verified`
    : 'Some data sets are damaged: import them again'
  return `${textTable(['data set', 'result'], rows)}\n${last}`
}
