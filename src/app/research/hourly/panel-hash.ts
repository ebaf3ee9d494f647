import { createHash } from 'node:crypto'
import type { HourPanel } from '../../../core/mod.ts'

/** SHA-256 over what a panel holds, so that trials on the same data are counted together. */
export function panelHash({ provenance: _, ...panel }: HourPanel): string {
  const hash = createHash('sha256')
  const add = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) {
        hash.update(`${key}:`)
        add(each)
      }
    } else hash.update(`${String(value)};`)
  }
  add(panel)
  return hash.digest('hex')
}
