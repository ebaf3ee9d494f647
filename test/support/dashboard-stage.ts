import type { BrowserContext, Page } from 'playwright-core'
import {
  createDashboardServer,
  type DashboardServer,
} from '../../src/app/server/dashboard-server.ts'
import type { Mode } from '../../src/core/mod.ts'
import { DIST, openContext } from './browser.ts'
import { DemoSession } from './demo-session.ts'

const TOKEN = 'browser-test-token-0123456789abcdef'
/** A Wednesday, 09:00:03 UTC. */
export const START = Date.UTC(2026, 0, 14, 9, 0, 3) * 1000

export interface StageOptions {
  readonly mode?: Mode
  readonly seed?: number
  /** Seconds of the session before the page is opened. */
  readonly seconds?: number
  readonly historyBars?: number
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly query?: string
  readonly timezoneId?: string
  /** Called before the page is opened. */
  readonly prepare?: (page: Page, session: DemoSession) => Promise<void> | void
}

/** A session that goes on in real time, its server, and a page that looks at it. */
export interface Stage {
  readonly session: DemoSession
  readonly server: DashboardServer
  readonly context: BrowserContext
  readonly page: Page
  /** Console errors, page errors, blocked or foreign requests: to be empty. */
  readonly problems: readonly string[]
  readonly close: () => Promise<void>
}

/** Sets a stage; `close` takes it down. */
export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const { mode = 'rehearse', seed = 11, seconds = 7500, colorScheme = 'dark' } = options
  const { historyBars = 240, width = 1600, height = 1000, query = '' } = options
  const session = new DemoSession({ mode, seed, startTime: START, historyBars, isRealTime: true })
  session.run(seconds)
  const server = await createDashboardServer({
    port: 0,
    host: '127.0.0.1',
    token: TOKEN,
    projection: session.projection,
    operator: (command, actor, reason) => session.operator(command, actor, reason),
    staticDir: DIST,
    now: () => session.time,
  })
  const timer = setInterval(() => session.run(1), 1000)
  const { timezoneId } = options
  const context = await openContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    ...(timezoneId === undefined ? {} : { timezoneId }),
  })
  const page = await context.newPage()
  const problems = watch(page, server)
  await options.prepare?.(page, session)
  await page.goto(server.url + query)
  return {
    session,
    server,
    context,
    page,
    problems,
    async close() {
      clearInterval(timer)
      await context.close()
      await server.close()
    },
  }
}

/** What goes wrong in a page, as it happens. */
export function watch(page: Page, server: DashboardServer): readonly string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(server.address) && !url.startsWith('data:')) problems.push(`asked ${url}`)
  })
  return problems
}
