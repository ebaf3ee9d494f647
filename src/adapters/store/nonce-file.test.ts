import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openNonceFile } from './nonce-file.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ornstein-nonce-'))
  path = join(folder, 'session', 'nonce')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Opens, uses the nonces, and is gone without closing, as a killed process is. */
const use = (...nonces: readonly number[]): void => {
  const file = openNonceFile(path)
  for (const nonce of nonces) file.save(nonce)
}

describe('the nonce file', () => {
  it('begins with 0 and goes up only', () => {
    const file = openNonceFile(path)
    expect(file.last()).toBe(0)
    file.save(1_700_000_000_000)
    expect(file.last()).toBe(1_700_000_000_000)
    expect(() => file.save(1_700_000_000_000)).toThrow('1700000000000 after 1700000000000')
    file.close()
  })

  it('never gives a killed process’s nonces back, and wastes a second at most', () => {
    for (const used of [[1_000_000], [2_000_000, 2_000_001, 2_000_950], [3_000_000, 3_002_000]]) {
      use(...used)
      const next = openNonceFile(path)
      expect(next.last()).toBeGreaterThanOrEqual(used.at(-1)!)
      expect(next.last()).toBeLessThanOrEqual(used.at(-1)! + 1_000)
      next.close()
    }
  })

  it('writes once for a burst', () => {
    const file = openNonceFile(path)
    file.save(5_000_000)
    const written = readFileSync(path, 'latin1')
    for (let i = 1; i <= 1_000; i++) file.save(5_000_000 + i)
    expect(readFileSync(path, 'latin1')).toBe(written)
    file.save(5_001_001)
    expect(readFileSync(path, 'latin1')).not.toBe(written)
    file.close()
  })

  it('reads the older slot when the newer one was torn', () => {
    use(1_000_000, 2_000_000)
    const text = readFileSync(path, 'latin1')
    const torn = text.replace('2001000', '20')
    expect(torn).not.toBe(text)
    writeFileSync(path, torn)
    expect(openNonceFile(path).last()).toBe(1_001_000)
  })

  it('keeps the newest nonce when the first write after a restart is torn', () => {
    use(1_000_000, 2_000_000, 3_000_000)
    const before = readFileSync(path, 'latin1')
    use(4_000_000)
    const after = readFileSync(path, 'latin1')
    const at = [...after].findIndex((digit, i) => digit !== before[i])
    writeFileSync(path, `${after.slice(0, at)}x${after.slice(at + 1)}`)
    expect(openNonceFile(path).last()).toBe(3_001_000)
  })

  it('keeps the only nonce of a short session when the next one tears its write', () => {
    use(1_000_000)
    const before = readFileSync(path, 'latin1')
    use(2_000_000)
    expect(readFileSync(path, 'latin1').startsWith(before)).toBe(true)
  })

  it('is refused when both slots are damaged, not taken for an empty one', () => {
    use(1_000_000, 2_000_000)
    writeFileSync(path, readFileSync(path, 'latin1').replaceAll('001000', '00x000'))
    expect(() => openNonceFile(path)).toThrow('neither of its two nonces can be read')
    writeFileSync(path, '0000')
    expect(openNonceFile(path).last()).toBe(0)
  })
})
