import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderReport } from '../../src/app/research/report/render-report.ts'
import { sampleRun } from '../../src/core/mod.ts'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const skipped = !existsSync(executablePath) && process.env['CI'] === undefined
const inBrowser = (name: string, body: () => Promise<void>): void => {
  test.skipIf(skipped)(skipped ? `${name} (skipped: no Chromium, set CHROMIUM_PATH)` : name, body)
}

let browser: Browser
let folder = ''
let address = ''

beforeAll(async () => {
  if (skipped) return
  folder = mkdtempSync(join(tmpdir(), 'report-browser-'))
  const record = sampleRun({ seed: 3, bars: 420, barUs: 5e6, entryZ: 1.25 })
  writeFileSync(join(folder, 'report.html'), renderReport(record))
  address = pathToFileURL(join(folder, 'report.html')).href
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})
afterAll(async () => {
  if (skipped) return
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A page without network that collects every request and fault. */
async function open(options: {
  javaScriptEnabled?: boolean
  colorScheme?: 'light' | 'dark'
  width?: number
  timezoneId?: string
}): Promise<{ page: Page; requests: string[]; faults: string[] }> {
  const context = await browser.newContext({
    offline: true,
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    colorScheme: options.colorScheme ?? 'light',
    viewport: { width: options.width ?? 1200, height: 900 },
    timezoneId: options.timezoneId ?? 'UTC',
  })
  const page = await context.newPage()
  const requests: string[] = []
  const faults: string[] = []
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) requests.push(request.url())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(address)
  return { page, requests, faults }
}

inBrowser('reads in full with scripts off and the network blocked', async () => {
  const { page, requests } = await open({ javaScriptEnabled: false })
  const text = await page.locator('body').innerText()
  for (const part of [
    'BACKTEST',
    'Read this first',
    'Conventions',
    'Monthly returns',
    'Round trips by exit reason',
    'From gross to net',
    'Why it traded, and why not',
    'Reproduce',
  ]) {
    expect(text).toContain(part)
  }
  expect(await page.locator('svg[role=img] > title').count()).toBeGreaterThanOrEqual(5)
  expect(await page.locator('#trades table').first().isVisible()).toBe(true)
  expect(await page.locator('button').first().isVisible()).toBe(false)
  expect(requests).toEqual([])
})

inBrowser('asks for nothing and has no fault with scripts on', async () => {
  const { page, requests, faults } = await open({})
  await page.waitForTimeout(50)
  expect(requests).toEqual([])
  expect(faults).toEqual([])
  expect(await page.locator('button').first().isVisible()).toBe(true)
})

inBrowser('links the crosshair over all charts of one time', async () => {
  const { page, faults } = await open({})
  await page.locator('#svg-equity').hover({ position: { x: 600, y: 60 } })
  expect(await page.locator('#equity .readout').innerText()).toMatch(
    /UTC.*equity 9\u202f\d{3}\.\d\d/,
  )
  expect(await page.locator('#trades .readout').first().innerText()).toMatch(/SAMPLE.*z \u2212?\d/)
  expect(faults).toEqual([])
})

inBrowser('sorts the round trips by a column, numbers as numbers', async () => {
  const { page } = await open({})
  const column = page.locator('.tall thead th', { hasText: 'Net bps' })
  await column.locator('button').click()
  const values = await page.locator('.tall tbody tr > :nth-child(9)').allInnerTexts()
  const numbers = values.map((text) => Number(text.replace('\u2212', '-').replaceAll('\u202f', '')))
  expect(numbers.length).toBeGreaterThan(5)
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
  expect(await column.getAttribute('aria-sort')).toBe('descending')
})

inBrowser('follows the system theme and can be switched', async () => {
  const { page } = await open({ colorScheme: 'dark' })
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(await ground()).toBe('rgb(14, 17, 22)')
  await page.locator('button[data-do=theme]').click()
  expect(await ground()).toBe('rgb(255, 255, 255)')
  await page.locator('button[data-do=theme]').click()
  expect(await ground()).toBe('rgb(14, 17, 22)')
})

inBrowser('fits a phone without sideways scrolling', async () => {
  const { page } = await open({ width: 390 })
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBeLessThanOrEqual(0)
  // Whole charts and all months are seen; wider tables scroll, and show that they do.
  const cut = await page
    .locator('.plot, .months:not(.hours)')
    .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).length)
  expect(cut).toBe(0)
  const hint = page.locator('.scroll').last()
  expect(await hint.evaluate((each) => getComputedStyle(each).backgroundImage)).toContain(
    'gradient',
  )
})

inBrowser('downloads the trades as CSV', async () => {
  const { page } = await open({})
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('button[data-do=trips]').click(),
  ])
  expect(download.suggestedFilename()).toBe('trades.csv')
})

inBrowser('downloads its data under the name of its own page', async () => {
  const { page } = await open({})
  const name = /([^/]+)\.html$/.exec(page.url())![1]!
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('button[data-do=json]').click(),
  ])
  expect(download.suggestedFilename()).toBe(`${name}.json`)
})

const axisOf = (page: Page, chart: string): Promise<string[]> =>
  page.locator(`${chart} .times text`).allTextContents()

inBrowser('shows equity on a log scale, also with scripts off', async () => {
  for (const javaScriptEnabled of [false, true]) {
    const { page } = await open({ javaScriptEnabled })
    const linear = page.locator('#svg-equity .linear')
    const log = page.locator('#svg-equity .log')
    expect([await linear.isVisible(), await log.isVisible()]).toEqual([true, false])
    await page.locator('.log-switch').check()
    expect([await linear.isVisible(), await log.isVisible()]).toEqual([false, true])
  }
})

inBrowser('zooms every chart of time by a drag, and back', async () => {
  const { page, faults } = await open({})
  const before = await axisOf(page, '#svg-price-0')
  const markup = await page.locator('#svg-equity .ys').first().innerHTML()
  await page.locator('#svg-equity').scrollIntoViewIfNeeded()
  const box = (await page.locator('#svg-equity').boundingBox())!
  await page.mouse.move(box.x + 400, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + 600, box.y + 110, { steps: 4 })
  await page.mouse.up()
  const zoomed = await axisOf(page, '#svg-price-0')
  expect(zoomed).not.toEqual(before)
  expect(await axisOf(page, '#svg-exposure')).toEqual(await axisOf(page, '#svg-equity'))
  const marks = await page.locator('#svg-price-0 .mark').first().getAttribute('transform')
  await page.locator('#equity .reset').click()
  expect(await axisOf(page, '#svg-price-0')).toEqual(before)
  expect(await page.locator('#svg-equity .ys').first().innerHTML()).toBe(markup)
  expect(await page.locator('#svg-price-0 .mark').first().getAttribute('transform')).not.toBe(marks)
  expect(await page.locator('#equity .reset').isVisible()).toBe(false)
  expect(faults).toEqual([])
})

inBrowser('is worked by keyboard, and says where the crosshair is', async () => {
  const { page, faults } = await open({})
  await page.locator('#equity .plot').focus()
  const before = await axisOf(page, '#svg-equity')
  await page.keyboard.press('ArrowRight')
  const first = await page.locator('[aria-live]').textContent()
  await page.keyboard.press('ArrowRight')
  const second = await page.locator('[aria-live]').textContent()
  expect(first).toMatch(/UTC {3}equity/)
  expect(second! > first!).toBe(true)
  await page.keyboard.press('+')
  await page.keyboard.press(']')
  expect(await axisOf(page, '#svg-equity')).not.toEqual(before)
  await page.keyboard.press('0')
  expect(await axisOf(page, '#svg-equity')).toEqual(before)
  expect(faults).toEqual([])
})

inBrowser('switches times to the zone of the reader and back; tooltips stay UTC', async () => {
  const { page } = await open({ timezoneId: 'Asia/Kolkata' })
  const cell = page.locator('.tall tbody tr').first().locator('time')
  const utc = (await cell.textContent())!
  const axis = await axisOf(page, '#svg-equity')
  await page.locator('button[data-do=zone]').click()
  const local = (await cell.textContent())!
  const shift = (Date.parse(`${local}Z`) - Date.parse(`${utc}Z`)) / 60_000
  expect(shift).toBe(330)
  expect(await page.locator('.tall thead').innerText()).toContain('Entry (Asia/')
  expect(await axisOf(page, '#svg-equity')).not.toEqual(axis)
  expect(await page.locator('#svg-price-0 .mark title').first().textContent()).toContain(' UTC')
  await page.keyboard.press('z')
  expect(await cell.textContent()).toBe(utc)
  expect(await axisOf(page, '#svg-equity')).toEqual(axis)
})

inBrowser('draws the axes that the file came with', async () => {
  const { page } = await open({})
  const axes = () => page.locator('.times, .ys').evaluateAll((all) => all.map((g) => g.innerHTML))
  const before = await axes()
  await page.keyboard.press('z')
  expect(await axes()).toEqual(before)
})

inBrowser('prints its first part on one page of A4, nothing cut off at the side', async () => {
  // A4 without the margins of the page style, CSS pixels.
  const { page } = await open({ width: 688 })
  await page.emulateMedia({ media: 'print' })
  const front = (await page.locator('.front').boundingBox())!
  expect(front.y + front.height).toBeLessThan(1017)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(700)
})

inBrowser('prints light and without tools, whatever the screen shows', async () => {
  const { page } = await open({ colorScheme: 'dark' })
  await page.emulateMedia({ media: 'print' })
  const ground = await page.evaluate(() => getComputedStyle(document.body).color)
  expect(ground).toBe('rgb(28, 33, 40)')
  for (const hidden of ['.tools', '.switches', '.keys', 'nav']) {
    expect(await page.locator(hidden).first().isVisible()).toBe(false)
  }
})
