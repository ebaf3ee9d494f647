import type { RecordingInfo } from '../../adapters/mod.ts'
import { isPricedByBars } from '../../core/mod.ts'
import type { Config } from '../config/schema.ts'

/** What a backtest of equities assumes, for a report: sentences, none where it does not arise. */
export function equityNotes(
  { strategy: { equities, direction }, signal, data }: Config,
  { adjustment }: Pick<RecordingInfo, 'adjustment'>,
): readonly string[] {
  const notes: string[] = []
  if (adjustment === 'adjusted') {
    notes.push(
      'Prices are adjusted: each price of a bar times its adjusted over its raw close, so that ' +
        'splits and dividends are no moves. Share counts and fees per share are of adjusted prices.',
    )
  }
  if (adjustment === 'raw' && data !== undefined) {
    notes.push('Prices are as traded: splits and dividends are moves, and may look like signals.')
  }
  if (equities === undefined) return notes
  if (equities.signal === 'residual') notes.push(residualNote(equities.residual))
  if (isPricedByBars(signal)) {
    notes.push(
      'Decided at the close on its z and filled at the next open: daily bars hold no quotes, so ' +
        'no gate on the imbalance is asked.',
    )
  }
  if (equities.flattenAtClose === null) notes.push('Positions are held overnight.')
  if (equities.sectors !== undefined) notes.push(sectorNote(equities.sectors))
  if (direction === 'both') {
    notes.push(
      equities.shortable === undefined
        ? 'Sold short: every name that can be borrowed.'
        : `Sold short: ${equities.shortable.length} names.`,
    )
  }
  return notes
}

type Equities = NonNullable<Config['strategy']['equities']>

/** What the score is of; `z` of other sections is that of the close. */
function residualNote(residual: Equities['residual']): string {
  const isPca = residual?.factors === 'pca'
  const factors = isPca ? 'eigenportfolios of all names' : 'the factor of their sector'
  const tested = residual?.tests === null ? 'by their speed alone' : 'that pass the tests'
  const book = residual?.neutral === null ? 'may have a beta' : 'is held without beta'
  return (
    `Decided on the s-score of returns less those of ${factors}; names ${tested} are entered and ` +
    `the book ${book}. Columns named z show the z of the close.`
  )
}

type Sectors = NonNullable<Equities['sectors']>

function sectorNote({ cap, freedBy, of }: Sectors): string {
  const own = Object.entries(of).flatMap(([name, { cap }]) =>
    cap === undefined ? [] : [`${name} ${cap}`],
  )
  if (cap === null && own.length === 0) return 'Names of a sector are not counted.'
  const some = own.length === 0 ? '' : ` (${own.join(', ')})`
  const when = freedBy === 'decision' ? 'decided' : 'filled'
  return `At most ${cap ?? 'any number of'} names a sector${some}; an exit frees its slot when it is ${when}.`
}
