import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Where pictures of the tests go. */
export const OUTPUT = join(root, 'test-output')
/** The built dashboard. */
export const DIST = join(root, 'web/dist')

const executable = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const reasons = [
  existsSync(executable) ? null : `no browser at ${executable} (set CHROMIUM_PATH)`,
  existsSync(join(DIST, 'index.html')) ? null : 'web/dist is not built (npm run build -w web)',
].filter((reason) => reason !== null)

/** Why the browser tests cannot run here; null when they can. In CI that is a failure, not a skip. */
export const unavailable: string | null = reasons.length === 0 ? null : reasons.join('; ')

let running: Promise<Browser> | null = null

/** A fresh context (its own cookies and storage) in this file's one browser. */
export async function openContext(options: BrowserContextOptions): Promise<BrowserContext> {
  running ??= chromium.launch({
    executablePath: executable,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return (await running).newContext(options)
}

/** Ends the browser; call once all tests of the file are done. */
export async function closeBrowser(): Promise<void> {
  const browser = await running
  running = null
  await browser?.close()
}

/** Takes a picture under test-output/. */
export async function picture(page: Page, name: string, isFull = false): Promise<void> {
  mkdirSync(OUTPUT, { recursive: true })
  await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage: isFull })
}
