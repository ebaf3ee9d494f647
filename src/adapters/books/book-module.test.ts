import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeBookKernel } from './book-module.ts'
import { sourceHash } from './books-wasm.ts'

describe('the kernel of books', () => {
  it('is compiled from the source that lies beside it', () => {
    const source = readFileSync(new URL('../../../kernels/books.ts', import.meta.url))
    expect(createHash('sha256').update(source).digest('hex')).toBe(sourceHash)
  })

  it('has room for 256 instruments and declines more', () => {
    const options = { levels: 20, capacity: 128 }
    expect(makeBookKernel(257, options)).toBeNull()
    const kernel = makeBookKernel(256, options)!
    expect(kernel.ladders.quantities).toHaveLength(512 * 4096)
    expect(kernel.ladders.quantities.every((lots) => lots === 0)).toBe(true)
  })
})
