import type { BrowserContext, Page } from 'playwright-core'
import {
  createDashboardServer,
  type DashboardServer,
} from '../../src/app/server/dashboard-server.ts'
import { type AccountSumsView, fleetView } from '../../src/app/server/fleet-view.ts'
import { DIST, openContext } from './browser.ts'
import { START, watch } from './dashboard-stage.ts'
import { DemoSession } from './demo-session.ts'

const TOKEN = 'browser-test-token-0123456789abcdef'

/** Two engines on one account, and a page that looks at them. */
export interface FleetStage {
  readonly server: DashboardServer
  readonly context: BrowserContext
  readonly page: Page
  /** Console errors, page errors, blocked or foreign requests: to be empty. */
  readonly problems: readonly string[]
  /** What the overview says from now on. */
  readonly says: { equal: boolean; failure: string | null }
  /** Commands that reached an engine: its name and the command. */
  readonly commands: readonly string[]
  readonly close: () => Promise<void>
}

const accountOf = (equal: boolean): AccountSumsView => ({
  ...{ name: 'demo', venue: 'demo', place: '0x63278f53… at the simulated Hyperliquid', equal },
  positions: [
    {
      ...{ instrument: 'BTC', engines: { taker: '0.5', maker: '-0.2' }, account: '0.3' },
      ...{ unowned: equal ? '0' : '0.1', unexplained: '0' },
    },
    {
      ...{ instrument: 'ETH', engines: { taker: null, maker: '1.25' }, account: '1.25' },
      ...{ unowned: '0', unexplained: '0' },
    },
  ],
  money: [
    {
      ...{ currency: 'USDC', engines: { taker: '9990.12345678', maker: '10001.00000001' } },
      ...{ unallocated: '0.00000000', account: '19991.12345679' },
      ...{ difference: '0.00000000', unexplained: '0.00000000' },
    },
  ],
})

/** Sets a stage; `close` takes it down. */
export async function createFleetStage(options: {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
}): Promise<FleetStage> {
  const { width = 1440, height = 900, colorScheme = 'dark' } = options
  const sessions = ['taker', 'maker'].map((name, i) => {
    const session = new DemoSession({
      ...{ mode: 'rehearse', seed: 11 + i, startTime: START, historyBars: 240, isRealTime: true },
    })
    session.run(7_500)
    return { name, session }
  })
  const says = { equal: true, failure: null as string | null }
  const commands: string[] = []
  const server = await createDashboardServer({
    ...{ port: 0, host: '127.0.0.1', token: TOKEN, staticDir: DIST },
    fleet: {
      engines: new Map(
        sessions.map(({ name, session }) => [
          name,
          {
            projection: session.projection,
            now: () => session.time,
            operator: (command, actor, reason) => {
              commands.push(`${name} ${command.kind}`)
              return session.operator(command, actor, reason)
            },
          },
        ]),
      ),
      overview: (health) =>
        fleetView(
          {
            ...{ name: 'together', mode: 'rehearse', version: '0.1.0' },
            accounts: [accountOf(says.equal)],
            nowUs: sessions[0]!.session.time,
          },
          sessions.map(({ name, session }) => ({
            ...{ name, account: 'demo', venue: 'demo', projection: session.projection },
            now: () => session.time,
            failure: name === 'maker' ? says.failure : null,
          })),
          health,
        ),
    },
  })
  const timer = setInterval(() => {
    for (const { session } of sessions) session.run(1)
  }, 1000)
  const context = await openContext({
    ...{ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' },
  })
  const page = await context.newPage()
  const problems = watch(page, server)
  await page.goto(server.url)
  return {
    ...{ server, context, page, problems, says, commands },
    async close() {
      clearInterval(timer)
      await context.close()
      await server.close()
    },
  }
}
