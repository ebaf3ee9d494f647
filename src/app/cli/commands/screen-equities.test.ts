import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { screenEquitiesCommand } from './screen-equities.ts'

const folder = mkdtempSync(join(tmpdir(), 'screen-equities-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rules = { minZ: 1.25, minPrice: 20, minAdv: 1_000_000 }
const bars = join(folder, 'no-bars.parquet')

describe('mistakes are said before the bars are read', () => {
  it('a file of spells that is not there', async () => {
    const membership = join(folder, 'nowhere.csv')
    await expect(screenEquitiesCommand({ ...rules, bars, membership })).rejects.toMatchObject({
      code: 'ORN-SCREEN-001',
      message: expect.stringContaining('nowhere.csv'),
    })
  })

  it('a sector that no name has', async () => {
    const membership = join(folder, 'spells.csv')
    const sectors = join(folder, 'sectors.csv')
    writeFileSync(membership, 'ticker,start_date,end_date\nXOM,2000-01-03,\n')
    writeFileSync(sectors, 'symbol,sector\nXOM,Energy\n')
    const flags = { ...rules, bars, membership, sectors, sector: 'Enrgy' }
    await expect(screenEquitiesCommand(flags)).rejects.toMatchObject({ code: 'ORN-SCREEN-005' })
  })
})
