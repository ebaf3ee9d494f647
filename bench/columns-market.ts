import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../src/core/mod.ts'

/** Columns of a bar market, and the files in which the C twin reads them. */
export interface ColumnsMarket {
  readonly closes: Float64Array
  readonly imbalance: Float64Array
  readonly files: { readonly closes: string; readonly imbalance: string }
}

/** A seeded walk with a reverting part, in whole quanta, and an imbalance without any meaning. */
export function makeColumnsMarket(rows: number, folder: string): ColumnsMarket {
  const random = createRandom(12345)
  const closes = new Float64Array(rows)
  const imbalance = new Float64Array(rows)
  let level = 3_000_000
  let deviation = 0
  for (let row = 0; row < rows; row++) {
    const shock = random.next() + random.next() + random.next() + random.next() - 2
    level *= 1 + shock * 0.00034
    deviation = deviation * 0.97 + (random.next() + random.next() + random.next() - 1.5) * 800
    closes[row] = Math.round(level + deviation)
    imbalance[row] = 2 * random.next() - 1
  }
  const files = { closes: join(folder, 'closes.bin'), imbalance: join(folder, 'imbalance.bin') }
  writeFileSync(files.closes, new Uint8Array(closes.buffer))
  writeFileSync(files.imbalance, new Uint8Array(imbalance.buffer))
  return { closes, imbalance, files }
}
