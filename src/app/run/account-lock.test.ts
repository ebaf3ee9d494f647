import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { holdAccount } from './account-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'accounts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const account = `0x${'ab'.repeat(20)}`
const hold = (network: 'mainnet' | 'testnet', name = account) =>
  holdAccount({ lock: `${network}-${name}`, name }, join(folder, 'accounts'))

it('gives an account of a network to one session, and again when it was given back', () => {
  const first = hold('testnet')
  expect(() => hold('testnet')).toThrowError(
    expect.objectContaining({
      code: 'ORN-LIVE-005',
      exitCode: 6,
      details: expect.arrayContaining([`held by process ${process.pid}`]),
    }),
  )
  hold('mainnet').release()
  hold('testnet', `0x${'cd'.repeat(20)}`).release()
  first.release()
  hold('testnet').release()
})

it('refuses when no lock can be made: nobody would notice a second session', () => {
  const file = join(folder, 'no-folder')
  writeFileSync(file, '')
  const refused = () => holdAccount({ lock: 'mainnet', name: account }, file)
  expect(refused).toThrowError(expect.objectContaining({ code: 'ORN-LIVE-006', exitCode: 6 }))
})
