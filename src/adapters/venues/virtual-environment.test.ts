import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { createVirtualEnvironment, type VirtualRoute } from './virtual-environment.ts'

const echo: VirtualRoute = {
  http: ({ body, now }) => ({ status: 200, contentType: 'text/plain', body: `${body}@${now}` }),
  socket: ({ send }) => ({ message: (text) => send(`echo ${text}`), close: () => undefined }),
}
const ask = (timeoutMs = 1_000) =>
  ({ method: 'POST', headers: { 'X-Name': 'v' }, body: 'hello', timeoutMs }) as const

describe('virtual time', () => {
  it('fires timers by time, then in the order they were set, and shows their time', async () => {
    const environment = createVirtualEnvironment({ startTime: 0, route: echo })
    const fired: string[] = []
    const note = (name: string) => () => fired.push(`${name} ${environment.now()}`)
    environment.setTimer(note('b'), 2)
    environment.setTimer(note('a'), 1)
    environment.setTimer(note('c'), 2)
    const canceled = environment.setTimer(note('never'), 1)
    environment.clearTimer(canceled)
    environment.clearTimer(canceled)
    environment.at(-5, note('past'))
    await environment.runUntil(2_000)
    expect(fired).toEqual(['past 0', 'a 1000', 'b 2000', 'c 2000'])
    expect(environment.now()).toBe(2_000)
    expect(environment.pending).toBe(0)
  })

  it('lets all promises settle between two timers', async () => {
    const environment = createVirtualEnvironment({ startTime: 0, route: echo })
    const order: string[] = []
    environment.setTimer(() => {
      let chain = Promise.resolve()
      for (let i = 0; i < 100; i++) chain = chain.then(() => undefined)
      void chain.then(() => order.push('promises'))
    }, 1)
    environment.setTimer(() => order.push('timer'), 1)
    await environment.run(1)
    expect(order).toEqual(['promises', 'timer'])
  })

  it('stops where a condition holds', async () => {
    const environment = createVirtualEnvironment({ startTime: 0, route: echo })
    let ticks = 0
    const tick = (): void => {
      ticks++
      environment.setTimer(tick, 10)
    }
    tick()
    expect(await environment.runUntilTrue(() => ticks === 4, 1_000)).toBe(true)
    expect(environment.now()).toBe(30_000)
    expect(await environment.runUntilTrue(() => ticks === 400, 50)).toBe(false)
    expect(environment.now()).toBe(80_000)
  })

  it('hands on what a callback throws', async () => {
    const environment = createVirtualEnvironment({ startTime: 0, route: echo })
    environment.setTimer(() => {
      throw new Error('from a callback')
    }, 1)
    await expect(environment.run(2)).rejects.toThrow('from a callback')
    await environment.run(1)
  })
})

describe('HTTP in memory', () => {
  it('takes the latencies of both ways', async () => {
    const environment = createVirtualEnvironment({
      startTime: 0,
      route: echo,
      latency: { requestUs: 30_000, replyUs: 20_000 },
    })
    let answered = ''
    void environment.fetch('http://venue.test/info', ask()).then((reply) => {
      answered = `${reply.body} seen ${environment.now()}`
    })
    await environment.run(100)
    expect(answered).toBe('hello@30000 seen 50000')
    expect(environment.pending).toBe(0)
  })

  it('gives up after the timeout although the venue has carried it out', async () => {
    const environment = createVirtualEnvironment({
      startTime: 0,
      route: echo,
      latency: { replyUs: 5_000_000 },
    })
    let failed = ''
    environment.fetch('http://venue.test/info', ask()).catch((error: Error) => {
      failed = `${error.message} at ${environment.now()}`
    })
    await environment.run(10_000)
    expect(failed).toBe('no reply after 1000 ms at 1000000')
  })

  it('fails when the venue throws', async () => {
    const route: VirtualRoute = {
      ...echo,
      http: () => {
        throw new Error('socket hang up')
      },
    }
    const environment = createVirtualEnvironment({ startTime: 0, route })
    let failed = ''
    environment.fetch('http://venue.test/x', ask()).catch((error: Error) => {
      failed = error.message
    })
    await environment.run(1)
    expect(failed).toBe('socket hang up')
  })
})

describe('sockets in memory', () => {
  it('keep the order of frames whatever their delays', async () => {
    const random = createRandom(3)
    const environment = createVirtualEnvironment({
      startTime: 0,
      route: echo,
      latency: {
        socketOutUs: () => random.integer(50_000),
        socketInUs: () => random.integer(50_000),
      },
    })
    const seen: string[] = []
    const socket = environment.openSocket('ws://venue.test', {
      opened: () => {
        for (let i = 0; i < 20; i++) socket.send(String(i))
      },
      message: (data) => seen.push(new TextDecoder().decode(data)),
      closed: () => undefined,
      failed: () => undefined,
    })
    await environment.run(1_000)
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => `echo ${i}`))
  })

  it('tell both ends when the other one closes, and refuse when there is nobody', async () => {
    const told: string[] = []
    let close: ((code: number, reason: string) => void) | null = null
    let isOpen = true
    const route: VirtualRoute = {
      ...echo,
      socket({ closed }) {
        close = closed
        return isOpen ? { message: () => undefined, close: () => told.push('venue: closed') } : null
      },
    }
    const environment = createVirtualEnvironment({ startTime: 0, route })
    const handlers = {
      opened: () => told.push('client: opened'),
      message: () => undefined,
      closed: (code: number) => told.push(`client: closed ${code}`),
      failed: (error: Error) => told.push(`client: ${error.message}`),
    }
    environment.openSocket('ws://venue.test', handlers)
    await environment.run(1)
    close!(1006, '')
    const second = environment.openSocket('ws://venue.test', handlers)
    await environment.run(1)
    second.close()
    await environment.run(1)
    isOpen = false
    environment.openSocket('ws://venue.test', handlers)
    await environment.run(1)
    expect(told).toEqual([
      'client: opened',
      'client: closed 1006',
      'client: opened',
      'venue: closed',
      'client: connection refused',
    ])
  })
})
