import { describe, expect, it } from 'vitest'
import type { AdapterEnvironment, HttpResponse } from '../../adapters/mod.ts'
import { watchReach } from './reach.ts'

const URL_ASKED = 'https://api.example.xyz/info'
const init = { method: 'POST', headers: {}, body: null, timeoutMs: 1 } as const

/** A world without a network, whose timers go off by hand. */
function createStage(lastsMs: number | null) {
  const timers = new Map<number, { readonly callback: () => void; readonly delayMs: number }>()
  const network = { isUp: false }
  const notices: string[] = []
  let id = 0
  const cause = new Error('getaddrinfo ENOTFOUND api.example.xyz')
  const environment = {
    now: () => 0,
    setTimer(callback: () => void, delayMs: number) {
      timers.set(++id, { callback, delayMs })
      return { id }
    },
    clearTimer: (handle: { id: number }) => timers.delete(handle.id),
    async fetch(): Promise<HttpResponse> {
      if (!network.isUp) throw new TypeError('fetch failed', { cause })
      return { status: 200, contentType: '', body: '' }
    },
  } as unknown as AdapterEnvironment
  const reach = watchReach(environment, { lastsMs, notice: (text) => notices.push(text) })
  const ask = () => reach.environment.fetch(URL_ASKED, init).catch(() => null)
  const waits = () => [...timers.values()].map(({ delayMs }) => delayMs)
  const pass = (delayMs: number) =>
    [...timers.values()].find((timer) => timer.delayMs === delayMs)?.callback()
  return { reach, network, notices, ask, waits, pass }
}

describe('a start whose venue is out of reach', () => {
  it('says so at every attempt and gives up when a minute brought no answer', async () => {
    const { reach, notices, ask, pass } = createStage(null)
    await ask()
    await ask()
    const trouble = 'cannot reach api.example.xyz: getaddrinfo ENOTFOUND api.example.xyz'
    expect(notices).toEqual([`${trouble}; trying again (1)`, `${trouble}; trying again (2)`])
    pass(60_000)
    await expect(reach.ended).rejects.toMatchObject({
      ...{ code: 'ORN-RUN-002', exitCode: 5, details: [trouble] },
      fix: expect.stringContaining('network'),
    })
  })

  it('has a new minute after every answer', async () => {
    const { network, ask, waits } = createStage(null)
    await ask()
    expect(waits()).toEqual([60_000])
    network.isUp = true
    await ask()
    expect(waits()).toEqual([])
  })

  it('never takes longer than the session was to last', async () => {
    const { reach, pass } = createStage(8_000)
    pass(8_000)
    await expect(reach.ended).rejects.toMatchObject({
      message: 'The session was not up after 8 s',
      details: [],
    })
  })

  it('is over once the session is up, whose timers go on', async () => {
    const { reach, notices, ask, waits } = createStage(8_000)
    await ask()
    reach.environment.setTimer(() => {}, 1)
    expect(await reach.settle(Promise.resolve('up'))).toBe('up')
    await ask()
    expect(waits()).toEqual([1])
    expect(notices).toHaveLength(1)
  })

  it('leaves no timer behind when it failed', async () => {
    const { reach, ask, waits } = createStage(8_000)
    await ask()
    reach.environment.setTimer(() => {}, 1)
    await expect(reach.settle(Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(waits()).toEqual([])
  })
})
