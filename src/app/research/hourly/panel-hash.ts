import { createHash, type Hash } from 'node:crypto'
import type { LoadedPanel } from '../../../adapters/mod.ts'

/**
 * SHA-256 over what a panel holds and its minutes, which labels are made of too; wherever they came
 * from; lower-case hex.
 */
export function panelHash({ panel, minutes }: Pick<LoadedPanel, 'panel' | 'minutes'>): string {
  const { tables: _, provenance: __, ...held } = panel
  const hash = createHash('sha256')
  take(hash, held)
  if (minutes !== null) take(hash, minutes)
  return hash.digest('hex')
}

function take(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name}${value.byteLength}`)
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      hash.update(`${JSON.stringify(key)}:`)
      take(hash, each)
    }
    hash.update(';')
  } else hash.update(JSON.stringify(value) ?? '')
}
