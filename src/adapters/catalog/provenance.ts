import { knownPublication } from './known-publications.ts'
import type { LicenceClass } from './recording.ts'
import type { SourceFile } from './source-file.ts'

/** Where a file comes from and what may be done with it. */
export interface Provenance {
  readonly source: string
  readonly licenceClass: LicenceClass
}

/**
 * What the caller states; otherwise what the content's hash is known as; otherwise class C (none
 * stated: internal use, never in a published result).
 */
export function provenanceOf(
  file: SourceFile,
  stated: { readonly source?: string; readonly licenceClass?: LicenceClass },
): Provenance {
  const known = knownPublication(file.sha256)
  return {
    source: stated.source ?? known?.source ?? `file ${file.name}, origin not stated`,
    licenceClass: stated.licenceClass ?? known?.licenceClass ?? 'C',
  }
}
