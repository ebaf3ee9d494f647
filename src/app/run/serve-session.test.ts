import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { DemoSession } from '../../../test/support/demo-session.ts'
import { sessionPaths } from '../../adapters/mod.ts'
import { parseConfig } from '../config/load.ts'
import type { LiveSession } from './live-session.ts'
import { serveSession } from './serve-session.ts'

it('stops the session in order when its dashboard finds no port', async () => {
  const last = 65_535
  // Whoever holds it: it is not free.
  const holder = createServer().listen(last, '127.0.0.1')
  await Promise.race([once(holder, 'listening'), once(holder, 'error')]).catch(() => {})
  const { projection } = new DemoSession({ mode: 'rehearse', seed: 7, startTime: 0 })
  const stops: string[] = []
  const live = { session: {}, stop: async (reason: string) => stops.push(reason) }
  const served = serveSession(live as unknown as LiveSession, {
    ...{ mode: 'rehearse', config: parseConfig('name: x', 'x.yaml').config },
    ...{ paths: sessionPaths('x', '/nonexistent'), projection, port: last },
    ...{ now: () => 0, notice: () => {} },
  })
  await expect(served).rejects.toMatchObject({
    ...{ code: 'ORN-WEB-020', exitCode: 2 },
    message: 'no free port for the dashboard from 65535 to 65535',
  })
  expect(stops).toEqual(['start failed'])
  holder.close()
})
