import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleRun } from '../../../core/mod.ts'
import { renderReport } from './render-report.ts'

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
}): Promise<{ page: Page; requests: string[]; faults: string[] }> {
  const context = await browser.newContext({
    offline: true,
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    colorScheme: options.colorScheme ?? 'light',
    viewport: { width: options.width ?? 1200, height: 900 },
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
  await page.locator('#equity svg').hover({ position: { x: 600, y: 60 } })
  expect(await page.locator('#equity .readout').innerText()).toMatch(/UTC.*equity 9\d{3}\.\d\d/)
  expect(await page.locator('#trades .readout').first().innerText()).toMatch(/SAMPLE.*z -?\d/)
  expect(faults).toEqual([])
})

inBrowser('sorts the round trips by a column, numbers as numbers', async () => {
  const { page } = await open({})
  const column = page.locator('table.sortable thead th', { hasText: 'Net bps' })
  await column.click()
  const values = await page.locator('table.sortable tbody tr > :nth-child(9)').allInnerTexts()
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
})

inBrowser('downloads the trades as CSV', async () => {
  const { page } = await open({})
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('button[data-do=trips]').click(),
  ])
  expect(download.suggestedFilename()).toBe('trades.csv')
})
