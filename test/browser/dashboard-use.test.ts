import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DecisionView, StateView } from '../../src/app/server/views.ts'
import { price, quantity } from '../../src/core/mod.ts'
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
  await stage.page.locator('#decision .sentence').waitFor()
  return stage
}

describe.skipIf(unavailable !== null)(
  `using the dashboard (${unavailable ?? 'in Chromium'})`,
  () => {
    test('the key leaves the address and the mode is in ribbon, title and icon', async () => {
      const { page } = await open()
      expect(page.url()).not.toContain('token')
      expect(await page.locator('.ribbon .mode').innerText()).toBe('REHEARSE')
      expect(await page.title()).toMatch(/^REHEARSE/)
      expect(await page.getAttribute('link[rel=icon]', 'href')).toContain('data:image/svg+xml')
      const first = await page.evaluate(() => document.querySelector('#app > *')?.className ?? '')
      expect(first).toContain('ribbon')
    })

    test('shows the sentence and the equity that the API gives', async () => {
      const { page, server } = await open()
      const read = (resource: string) =>
        page.evaluate(
          async (path) => (await fetch(path)).json(),
          `${server.address}/api/v1/${resource}`,
        )
      await expect
        .poll(async () => {
          const decisions = (await read('decisions')) as DecisionView[]
          return decisions[0]!.sentence === (await page.locator('#decision .sentence').innerText())
        })
        .toBe(true)
      await expect
        .poll(async () => {
          const state = (await read('state')) as StateView
          const shown = (await page.locator('.equity button').innerText()).split(/\s/)[0]!
          return (
            Math.abs(Number(shown.replaceAll(',', '')) - Number(state.accounts[0]!.equity)) < 0.006
          )
        })
        .toBe(true)
    })

    test('flatten goes through intent, reason and result with the keyboard alone', async () => {
      const { page, session } = await open()
      await page.getByRole('button', { name: 'Flatten' }).focus()
      await page.keyboard.press('Enter')
      const sheet = page.getByRole('dialog')
      await sheet.getByText('Intent').waitFor()
      expect(await sheet.innerText()).toContain('pauses entries')
      await picture(page, 'sheet-1-intent')
      await page.keyboard.press('Enter')
      const send = sheet.getByRole('button', { name: 'Flatten everything' })
      expect(await send.isDisabled()).toBe(true)
      await page.keyboard.type('end of the test')
      await picture(page, 'sheet-2-reason')
      await page.keyboard.press('Enter')
      await sheet.getByText('journaled as entry').waitFor()
      session.run(90)
      await sheet.getByText('0 positions').waitFor()
      await picture(page, 'sheet-3-result')
      await page.keyboard.press('Enter')
      expect(await sheet.count()).toBe(0)
      await page.getByText('No position.').waitFor()
      await page.getByText('flatten by dashboard: end of the test').waitFor()
      expect(await page.locator('.ribbon .engine').innerText()).toContain('PAUSED')
    })

    test('a position that differs from the venue is taken over from its own line', async () => {
      const { page, session } = await open({
        prepare: (_page, before) => {
          before.moveByHand(1, 25)
          before.run(150)
        },
      })
      await page.getByText('trading is stopped, the journal explains').waitFor()
      await page.getByRole('button', { name: 'Take over' }).click()
      const sheet = page.getByRole('dialog')
      expect(await sheet.innerText()).toContain('the venue holds')
      await page.keyboard.press('Enter')
      await page.keyboard.type('traded by hand')
      await picture(page, 'sheet-take-over')
      await page.keyboard.press('Enter')
      await sheet.getByText('journaled as entry').waitFor()
      session.run(90)
      await page.keyboard.press('Enter')
      await expect.poll(() => page.getByText('trading is stopped').count()).toBe(0)
    })

    test('live asks for the account by name', async () => {
      const { page } = await open({ mode: 'live' })
      expect(await page.locator('.ribbon').getAttribute('class')).toContain('solid')
      await page.getByRole('button', { name: 'Flatten' }).click()
      await page.keyboard.press('Enter')
      const sheet = page.getByRole('dialog')
      await sheet.locator('#sheet-reason').fill('scheduled news')
      const send = sheet.getByRole('button', { name: 'Flatten everything' })
      expect(await send.isDisabled()).toBe(true)
      await sheet.locator('#sheet-word').fill('demo at hyperliquid')
      expect(await send.isDisabled()).toBe(false)
      await picture(page, 'sheet-live')
      await send.click()
      await sheet.getByText('journaled as entry').waitFor()
    })

    test('instrument, zone and chart as table follow the keys and the address', async () => {
      const { page, server } = await open({ timezoneId: 'America/New_York' })
      await page.keyboard.press(']')
      await page.waitForURL(/instrument=ETH/)
      await page.locator('#chart h2', { hasText: 'ETH' }).waitFor()
      await page.keyboard.press('z')
      await page.waitForURL(/zone=local/)
      expect(await page.locator('#fills h2').innerText()).toMatch(/EST|GMT-5/)
      await page.keyboard.press('v')
      await page.waitForURL(/chart=table/)
      await page.locator('#chart tbody tr').first().waitFor()
      await picture(page, 'chart-as-table')
      const copy = await page.context().newPage()
      await copy.goto(`${server.address}/?instrument=SOL&chart=table`)
      await copy.locator('#chart h2', { hasText: 'SOL' }).waitFor()
      await copy.locator('#chart tbody tr').first().waitFor()
    })

    test('the chart is drawn again after another instrument, a table and a chart', async () => {
      const { page } = await open()
      const drawn = () =>
        page.evaluate(() =>
          [...document.querySelectorAll<HTMLCanvasElement>('#chart canvas')].some((canvas) => {
            const { data } = canvas
              .getContext('2d')!
              .getImageData(0, 0, canvas.width, canvas.height)
            return new Set(new Uint32Array(data.buffer)).size > 2
          }),
        )
      await expect.poll(drawn).toBe(true)
      for (const name of ['ETH', 'SOL']) {
        await page.keyboard.press(']')
        await page.locator('#chart h2', { hasText: name }).waitFor()
        await expect.poll(drawn).toBe(true)
      }
      for (const key of ['v', 'v']) await page.keyboard.press(key)
      await expect.poll(drawn).toBe(true)
    })

    test('an order opens with its whole life', async () => {
      const { page } = await open()
      await page.locator('#fills tbody button').first().click()
      const drawer = page.getByRole('dialog')
      await drawer.getByText('submitted').waitFor()
      expect(await drawer.innerText()).toContain('client order id')
      await picture(page, 'order-life')
      await page.keyboard.press('Escape')
      expect(await drawer.count()).toBe(0)
    })

    test('a table sorts, filters and hides columns', async () => {
      const { page } = await open()
      const symbols = () => page.locator('#fills tbody td:nth-child(2)').allInnerTexts()
      await page.locator('#fills th button', { hasText: 'Symbol' }).click()
      expect((await symbols())[0]).toBe('BTC')
      expect(await page.locator('#fills th[aria-sort=ascending]').count()).toBe(1)
      await page.locator('#fills summary').click()
      await page.locator('#fills label', { hasText: 'Filters' }).click()
      await page.keyboard.press('Escape')
      await page.getByLabel('Filter Symbol').fill('sol')
      expect(new Set(await symbols())).toEqual(new Set(['SOL']))
    })

    test('a command that does nothing now says why when it is pressed', async () => {
      const { page } = await open()
      await page.getByRole('button', { name: 'Resume' }).press('Enter')
      await page.getByText('Resume: not paused.').waitFor()
      expect(await page.getByRole('dialog').count()).toBe(0)
    })

    test('a list of thousands keeps only the rows in sight in the page', async () => {
      const { page, session } = await open()
      for (let i = 0; i < 1500; i++) {
        const { time } = session
        const execution = {
          executionId: `many-${i}`,
          clientOrderId: null,
          venueOrderId: '1',
          instrument: i % 3,
          side: i % 2 === 0 ? 'buy' : 'sell',
          price: price(1000 + i),
          quantity: quantity(10),
          liquidity: 'taker',
          fee: 0n,
          venueTime: time,
        } as const
        const event = { kind: 'executed', receivedTime: time, venueTime: time, execution } as const
        session.projection.onEvent(event, 2_000_000 + i)
      }
      await page.locator('#fills h2', { hasText: /Fills 1[5-9]\d\d/ }).waitFor()
      expect(await page.locator('#fills tbody tr').count()).toBeLessThan(120)
      await page.locator('#fills .scroller').evaluate((scroller) => {
        scroller.scrollTop = scroller.scrollHeight
      })
      await page.locator('#fills tbody td', { hasText: '09:0' }).first().waitFor()
      expect(await page.locator('#fills tbody tr').count()).toBeLessThan(120)
    })

    test('every action is reached with Tab and shows where the focus is', async () => {
      const { page } = await open()
      const seen = new Set<string>()
      for (let i = 0; i < 70; i++) {
        await page.keyboard.press('Tab')
        const at = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement
          const style = getComputedStyle(element)
          const isVisible = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
          return { text: element.innerText?.trim().split('\n')[0] ?? '', isVisible }
        })
        expect(at.isVisible, at.text).toBe(true)
        seen.add(at.text)
        if (at.text === 'TradingView Lightweight Charts™') break
      }
      for (const text of ['Pause', 'Flatten', 'ETH', '4 h', 'View as table', 'View ▾']) {
        expect(
          [...seen].some((one) => one.startsWith(text)),
          text,
        ).toBe(true)
      }
    })
  },
)
