import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { closeBrowser, picture, unavailable } from '../support/browser.ts'
import { createStage, type Stage, type StageOptions } from '../support/dashboard-stage.ts'

let stage: Stage | null = null

beforeAll(() => {
  if (unavailable !== null && process.env.CI) throw new Error(unavailable)
})

afterAll(closeBrowser)

afterEach(async () => {
  await stage?.close()
  stage = null
})

async function open(options: StageOptions = {}): Promise<Stage> {
  stage = await createStage({ width: 1440, height: 900, ...options })
  await stage.page.locator('.ribbon .engine').waitFor()
  return stage
}

describe.skipIf(unavailable !== null)(
  `states of the dashboard (${unavailable ?? 'in Chromium'})`,
  () => {
    test('a silent feed turns its panels stale, and reducing risk still works', async () => {
      const { page, session } = await open()
      await page.locator('#depth .chip', { hasText: 'live' }).waitFor()
      session.breakFeed()
      session.run(9)
      await page.locator('#depth.stale').waitFor()
      await page.locator('#chart.stale').waitFor()
      await page.locator('#positions.stale').waitFor()
      await page.locator('#decision .sentence', { hasText: 'old, limit 5.0 s' }).waitFor()
      expect(await page.locator('#depth tbody tr').count()).toBe(20)
      expect(await page.locator('#depth .chip').innerText()).toContain('stale')
      for (const name of ['Pause', 'Flatten']) {
        expect(await page.getByRole('button', { name }).isEnabled(), name).toBe(true)
      }
      await picture(page, 'state-stale')
      session.mendFeed()
      session.run(1)
      await page.locator('#depth:not(.stale)').waitFor()
    })

    test('a lost connection is said once, aloud and on every panel, and mends itself', async () => {
      let isCut = false
      const { page } = await open({
        async prepare(before) {
          await before.routeWebSocket(/feed/, (socket) => {
            if (isCut) {
              socket.close({ code: 1001, reason: 'cut' })
              return
            }
            const upstream = socket.connectToServer()
            upstream.onMessage((message) => {
              if (isCut) socket.close({ code: 1001, reason: 'cut' })
              else socket.send(message)
            })
          })
        },
      })
      await page.locator('#depth .chip', { hasText: 'live' }).waitFor()
      isCut = true
      await page.locator('.notice', { hasText: 'Disconnected' }).waitFor()
      expect(await page.locator('[aria-live]').allInnerTexts()).toEqual([
        'Disconnected from the engine.',
      ])
      await page.locator('#positions.stale').waitFor()
      expect(await page.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true)
      await picture(page, 'state-disconnected')
      isCut = false
      await page.locator('.notice').waitFor({ state: 'detached' })
      await page.locator('#positions:not(.stale)').waitFor()
    })

    test('a missed message leads to a new snapshot, never to a picture with a hole', async () => {
      const asked: string[] = []
      let dropped = 0
      const { page } = await open({
        async prepare(before) {
          await before.routeWebSocket(/feed/, (socket) => {
            const upstream = socket.connectToServer()
            socket.onMessage((message) => {
              if (String(message).includes('resnapshot')) asked.push(String(message))
              upstream.send(message)
            })
            upstream.onMessage((message) => {
              const isBook = String(message).includes('"type":"delta","topic":"book:0"')
              if (isBook && dropped === 0) dropped++
              else socket.send(message)
            })
          })
        },
      })
      await expect
        .poll(() => asked, { timeout: 15_000 })
        .toEqual(['{"type":"resnapshot","topic":"book:0"}'])
      await page.locator('#depth .chip', { hasText: 'live' }).waitFor()
    })

    test('panels load as skeletons, then say why they are empty and what fills them', async () => {
      let release: () => void = () => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      stage = await createStage({
        width: 1440,
        height: 900,
        seconds: 20,
        historyBars: 14,
        async prepare(before) {
          await before.routeWebSocket(/feed/, async (socket) => {
            const upstream = socket.connectToServer()
            upstream.onMessage(async (message) => {
              await released
              socket.send(message)
            })
          })
        },
      })
      const { page } = stage
      await page.locator('#fills .skeleton').waitFor()
      await picture(page, 'state-loading')
      release()
      await page.locator('#fills .message', { hasText: 'No fill yet' }).waitFor()
      await page.locator('#positions .message', { hasText: 'No position' }).waitFor()
      await page.locator('#alerts .message', { hasText: 'Nothing needs you' }).waitFor()
      await page.locator('#decision .sentence', { hasText: 'of 60 bars' }).waitFor()
      await page.locator('#decision .chip', { hasText: 'warming 14/60' }).waitFor()
      await picture(page, 'state-empty')
    })

    test('a halt is red, said aloud, and names the number that tripped it', async () => {
      const { page, session } = await open()
      const tripped = {
        kind: 'breakerTripped',
        breaker: 'dailyLoss',
        value: 512.4,
        limit: 500,
        action: 'cancel',
      } as const
      session.projection.onEffects([tripped], 1_000_000, session.time)
      await page
        .locator('.notice.halt', { hasText: 'the day’s loss 512.40 reached the limit' })
        .waitFor()
      await page.locator('.ribbon.halted').waitFor()
      expect(await page.title()).toMatch(/^HALTED/)
      expect(await page.locator('[aria-live]').innerText()).toContain('Halted')
      await picture(page, 'state-halted')
    })

    test('a broken projection is shown as an error that says what it does not affect', async () => {
      const { page, session } = await open()
      session.projection.onEvent({ kind: 'executed', receivedTime: session.time } as never, 1)
      await page.locator('#decision .error', { hasText: 'Trading is not affected' }).waitFor()
      await picture(page, 'state-error')
    })

    test('without its key the page says where to find it', async () => {
      const { context, server } = await open()
      const other = await context.browser()?.newPage()
      const page = other ?? (await context.newPage())
      await context.clearCookies()
      const reply = await page.goto(server.address)
      expect(reply?.status()).toBe(401)
      expect(await page.locator('body').innerText()).toContain(
        'the address that the terminal printed',
      )
    })
  },
)
