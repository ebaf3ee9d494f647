import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { answerControl, serveControl } from './control.ts'
import { createFaultPlan } from './faults.ts'

function setUp() {
  const faults = createFaultPlan({ seed: 1, rates: {} })
  const venue = { dropSockets: () => 3 }
  const ask = (method: string, path: string, body?: unknown) =>
    answerControl(venue, faults, {
      method,
      path,
      body: body === undefined ? '' : JSON.stringify(body),
    })
  return { faults, ask }
}

describe('the control endpoint', () => {
  test('puts rates in force and says what happened', () => {
    const { faults, ask } = setUp()
    expect(ask('PUT', '/faults', { replyLost: 1 })).toEqual({
      status: 200,
      body: { rates: { replyLost: 1 } },
    })
    expect(faults.command(0)).toBe('replyLost')
    expect(ask('GET', '/faults').body).toEqual({
      rates: { replyLost: 1 },
      happened: { replyLost: 1 },
    })
  })

  test('lets a fault happen at the next occasions only', () => {
    const { faults, ask } = setUp()
    expect(ask('POST', '/faults', { fault: 'bookCrossed', count: 2 }).status).toBe(200)
    const market = () => faults.frame(0, 'market')
    expect(faults.frame(0, 'private')).toBe('none')
    expect([market(), market(), market()]).toEqual(['bookCrossed', 'bookCrossed', 'none'])
  })

  test('drops the sockets', () => {
    expect(setUp().ask('POST', '/drop')).toEqual({ status: 200, body: { dropped: 3 } })
  })

  test.for([
    ['PUT', '/faults', { replyLots: 1 }, 'did you mean replyLost?'],
    ['PUT', '/faults', { replyLost: 2 }, 'allowed: numbers from 0 to 1'],
    ['PUT', '/faults', [], 'a JSON object of rates is needed'],
    ['POST', '/faults', { fault: 'nope' }, 'nope is no fault'],
    ['POST', '/faults', { fault: 'replyLost', count: 0 }, 'at least 1'],
  ] as const)('refuses %s %s %j', ([method, path, body, words]) => {
    const reply = setUp().ask(method, path, body)
    expect(reply.status).toBe(400)
    expect((reply.body as { error: string }).error).toContain(words)
  })

  test('knows nothing else', () => {
    expect(setUp().ask('GET', '/else').status).toBe(404)
  })
})

test('over HTTP programs are answered, web pages and other hosts are not', async () => {
  const faults = createFaultPlan({ seed: 1, rates: {} })
  let drops = 0
  const server = await serveControl({ dropSockets: () => ++drops }, faults, 0)
  const own = `localhost:${server.port}`
  const drop = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { port: server.port, host: '127.0.0.1', path: '/drop', method: 'POST' }
      request({ ...options, headers: { host: own, ...headers } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode))
      })
        .on('error', reject)
        .end()
    })
  try {
    expect(await drop({})).toBe(200)
    expect(await drop({ origin: 'https://a.example' })).toBe(403)
    expect(await drop({ origin: `http://${own}` })).toBe(403)
    expect(await drop({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await drop({ host: `rebound.example:${server.port}` })).toBe(403)
    expect(drops).toBe(1)
  } finally {
    await server.close()
  }
})
