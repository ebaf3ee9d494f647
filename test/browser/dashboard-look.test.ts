import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { closeBrowser, picture, unavailable } from '../support/browser.ts'
import { createStage, type Stage, type StageOptions } from '../support/dashboard-stage.ts'
import { lowContrast, namelessParts, overflowing } from '../support/page-audit.ts'

let stage: Stage | null = null

beforeAll(() => {
  if (unavailable !== null && process.env.CI) throw new Error(unavailable)
})

afterAll(closeBrowser)

afterEach(async () => {
  await stage?.close()
  stage = null
})

async function open(options: StageOptions): Promise<Stage> {
  stage = await createStage(options)
  await stage.page.locator('#fills tbody tr').first().waitFor()
  await stage.page.locator('#decision tbody tr').first().waitFor()
  await stage.page.locator('#depth tbody tr').first().waitFor()
  await stage.page.locator('#chart canvas').first().waitFor()
  return stage
}

describe.skipIf(unavailable !== null)(
  `the dashboard's look (${unavailable ?? 'in Chromium'})`,
  () => {
    const cases = [
      { name: 'dark', width: 1600, height: 1000, colorScheme: 'dark' },
      { name: 'light', width: 1440, height: 900, colorScheme: 'light' },
      { name: 'phone', width: 390, height: 844, colorScheme: 'dark' },
      { name: 'phone-light', width: 390, height: 844, colorScheme: 'light' },
    ] as const

    test.each(cases)('is readable, named and inside the page: $name', async (one) => {
      const { page, problems } = await open(one)
      await picture(page, `dashboard-${one.name}`, one.width < 600)
      expect(await lowContrast(page, 4.5)).toEqual([])
      expect(await namelessParts(page)).toEqual([])
      expect(await overflowing(page)).toEqual([])
      expect(problems).toEqual([])
    })

    test('has palettes for other habits and other eyes', async () => {
      const { page } = await open({ width: 1440, height: 900 })
      for (const palette of ['classic', 'red-up', 'contrast', 'mono']) {
        await page.getByText('View ▾').click()
        await page.locator(`input[value=${palette}]`).check()
        await page.keyboard.press('Escape')
        expect(await page.getAttribute('html', 'data-palette')).toBe(palette)
        await picture(page, `dashboard-palette-${palette}`)
        expect(await lowContrast(page, 4.5), palette).toEqual([])
      }
    })

    test('keeps the chosen theme over a reload, whatever the system says', async () => {
      const { page } = await open({ colorScheme: 'dark' })
      await page.getByText('View ▾').click()
      await page.locator('input[name=theme][value=light]').check()
      await page.reload()
      await page.locator('#fills tbody tr').first().waitFor()
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(ground).toBe('rgb(238, 241, 244)')
    })
  },
)
