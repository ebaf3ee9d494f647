import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { closeBrowser, picture, unavailable } from '../support/browser.ts'
import { createFleetStage, type FleetStage } from '../support/fleet-stage.ts'
import { lowContrast, namelessParts, overflowing } from '../support/page-audit.ts'

let stage: FleetStage | null = null

beforeAll(() => {
  if (unavailable !== null && process.env.CI) throw new Error(unavailable)
})
afterAll(closeBrowser)
afterEach(async () => {
  await stage?.close()
  stage = null
})

async function open(options: Parameters<typeof createFleetStage>[0] = {}): Promise<FleetStage> {
  stage = await createFleetStage(options)
  await stage.page.getByRole('link', { name: 'maker' }).first().waitFor()
  return stage
}

describe.skipIf(unavailable !== null)(`all engines (${unavailable ?? 'in Chromium'})`, () => {
  const cases = [
    { name: 'dark', width: 1600, height: 1000, colorScheme: 'dark' },
    { name: 'light', width: 1440, height: 900, colorScheme: 'light' },
    { name: 'phone', width: 390, height: 844, colorScheme: 'dark' },
    { name: 'phone-light', width: 390, height: 844, colorScheme: 'light' },
  ] as const

  test.each(cases)('are readable, named and inside the page: $name', async (one) => {
    const { page, problems } = await open(one)
    await picture(page, `overview-${one.name}`, one.width < 600)
    expect(await lowContrast(page, 4.5)).toEqual([])
    expect(await namelessParts(page)).toEqual([])
    expect(await overflowing(page)).toEqual([])
    expect(problems).toEqual([])
  })

  test('show totals, each engine, and the sums of their account', async () => {
    const { page } = await open()
    const read = (path: string) =>
      page.evaluate(async (at) => (await fetch(at)).json(), path) as Promise<
        Record<string, { equity: string; currency: string }[]>
      >
    const { totals } = await read('api/v1/overview')
    const engines = await Promise.all(
      ['taker', 'maker'].map((name) => read(`api/v1/engines/${name}/state`)),
    )
    const sum = engines.reduce((total, { accounts }) => total + Number(accounts![0]!.equity), 0)
    expect(Math.abs(Number(totals![0]!.equity) - sum)).toBeLessThan(sum / 100)
    const row = page.getByRole('row', { name: /^BTC/ })
    await expect.poll(() => row.innerText()).toMatch(/BTC\s+0\.5\s+−0\.2\s+0\s+0\.3\s+0/)
    await expect.poll(() => page.getByText('✓ the engines sum').count()).toBe(1)
  })

  test('say what failed and what does not add up', async () => {
    const { page, says } = await open()
    says.failure = 'the disk is full'
    says.equal = false
    await page.getByText('maker failed and stopped').waitFor()
    await page.getByText('The engines do not sum to demo').waitFor()
    expect(await page.getByRole('row', { name: /^maker/ }).innerText()).toContain('FAILED')
    await picture(page, 'overview-trouble')
    expect(await lowContrast(page, 4.5)).toEqual([])
  })

  test('lead to the pages of each, whose commands reach it alone', async () => {
    const { page, problems, commands } = await open()
    await page.getByRole('link', { name: 'maker' }).first().click()
    await page.locator('#decision tbody tr').first().waitFor()
    expect(new URL(page.url()).searchParams.get('engine')).toBe('maker')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog')
    await sheet.locator('#sheet-reason').fill('test')
    await page.keyboard.press('Enter')
    await expect.poll(() => commands).toEqual(['maker pause'])
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'All engines' }).click()
    await page.getByRole('cell', { name: 'PAUSED' }).first().waitFor()
    expect(problems).toEqual([])
  })
})
