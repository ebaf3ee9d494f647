import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

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

/** A browser of its own profile, without anything it would fetch by itself. */
export async function openBrowser(options: {
  readonly width: number
  readonly height: number
  readonly colorScheme: 'light' | 'dark'
  readonly reducedMotion?: 'reduce'
  readonly timezoneId?: string
}): Promise<{ readonly context: BrowserContext; readonly close: () => Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'ornstein-browser-'))
  const { width, height, ...rest } = options
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: true,
    viewport: { width, height },
    ...rest,
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
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** Takes a picture under test-output/. */
export async function picture(page: Page, name: string, isFull = false): Promise<void> {
  mkdirSync(OUTPUT, { recursive: true })
  await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage: isFull })
}
