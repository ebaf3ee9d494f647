import { afterEach, describe, expect, it } from 'vitest'
import { AdapterError } from '../../adapters/mod.ts'
import { parseConfig } from '../config/load.ts'
import type { ServedSession } from '../run/serve-session.ts'
import { toFailure } from './envelope.ts'
import { runSession, type SessionFlags, type SessionStart } from './run-session.ts'

const loaded = { ...parseConfig('name: x', 'x.yaml'), path: 'x.yaml' }

const run = (flags: SessionFlags, start: (options: SessionStart) => Promise<ServedSession>) =>
  runSession(
    {
      ...{ mode: 'rehearse', flags: { quiet: true, session: 'never-made', ...flags }, loaded },
      ...{ banner: '', resumeCommand: 'npm start --' },
    },
    start,
  )

afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    for (const listener of process.listeners(signal)) {
      if (String(listener).includes('firstSignal')) process.removeListener(signal, listener)
    }
  }
})

describe('a session of the command line', () => {
  it.each(['65536', '22222222', '-1', '80.5'])('does not begin with port %s', async (port) => {
    const begun = run({ port }, () => expect.fail('it was started'))
    await expect(begun).rejects.toMatchObject({
      ...{ code: 'ORN-USAGE-006', exitCode: 2 },
      details: ['allowed: 0 to 65535; 0 takes any free one'],
    })
  })

  it('says after a failure what it left behind and how to go on', async () => {
    const stops: string[] = []
    const summary = {
      positions: [{ instrument: 'BTC', quantity: '-0.5', averageEntryPrice: '64000' }],
      openOrders: 1,
    }
    const ended = run({}, async ({ failed }) => {
      failed(new AdapterError('VENUE_ENDED', 'the simulated venue ended', 'unknown'))
      const live = {
        engine: { world: { config: { instruments: [] } } },
        journal: { path: '' },
        summary: () => summary,
      }
      const stop = async (reason: string) => stops.push(reason)
      return { live, dashboard: null, stop } as unknown as ServedSession
    })
    const failure = await ended.then(() => expect.fail('it went well'), toFailure)
    expect(failure).toMatchObject({ code: 'VENUE_ENDED', exitCode: 5 })
    expect(failure.details).toEqual([
      'Left behind, as far as the journal knows: BTC -0.5; 1 open order',
      'Resume: npm start -- --resume --session never-made',
      'Replay: ornstein replay never-made',
    ])
    expect(stops[0]).toBe('shutdown')
  })

  it('stops what runs when its own words fail', async () => {
    const stops: string[] = []
    const ended = run({}, async () => {
      const live = {
        get engine() {
          throw new Error('a bug while announcing')
        },
        summary: () => ({ positions: [], openOrders: 0 }),
      }
      const stop = async (reason: string) => stops.push(reason)
      return { live, dashboard: null, stop } as unknown as ServedSession
    })
    await expect(ended).rejects.toThrow('a bug while announcing')
    expect(stops).toEqual(['failure'])
  })
})
