import type { InstrumentId, TimeUs } from '../domain/units.ts'
import type { RiskState } from './limits.ts'
import type { RegimeRule } from './policy.ts'

/**
 * Keeps the close of a reference instrument's bar. Only as much is kept as the return needs; a bar
 * that is not newer changes nothing. Mutates `state`.
 */
export function noteClose(
  state: RiskState,
  rule: RegimeRule | null | undefined,
  bar: { readonly instrument: InstrumentId; readonly closeTime: TimeUs; readonly close: number },
): void {
  const at = rule?.instruments.indexOf(bar.instrument) ?? -1
  if (rule === null || rule === undefined || at < 0) return
  state.regimeCloses[at] ??= []
  const closes = state.regimeCloses[at]
  if (bar.closeTime <= (closes.at(-1)?.[0] ?? -1)) return
  closes.push([bar.closeTime, bar.close])
  while (closes.length > 1 && closes[1]![0] <= bar.closeTime - rule.spanUs) closes.shift()
}

/**
 * Largest absolute return of a reference instrument over the span, a fraction; null while no
 * instrument has bars that far back.
 */
export function regimeReturn(
  { regimeCloses }: RiskState,
  rule: RegimeRule | null | undefined,
): number | null {
  if (rule === null || rule === undefined) return null
  let largest: number | null = null
  for (const closes of regimeCloses) {
    const first = closes?.[0]
    const last = closes?.at(-1)
    if (first === undefined || last === undefined) continue
    if (last[0] - first[0] < rule.spanUs || first[1] <= 0) continue
    largest = Math.max(largest ?? 0, Math.abs(last[1] / first[1] - 1))
  }
  return largest
}
