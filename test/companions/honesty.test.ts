import { describe, expect, it } from 'vitest'
import { backtestParts, runBacktest, verifyLookahead } from '../../src/app/mod.ts'
import { driveBacktest } from '../../src/app/run/drive-backtest.ts'
import { Engine, moneyFromNumber, SimulatedExchange } from '../../src/core/mod.ts'
import {
  plantedPair,
  plantedRequest as request,
  plantedConfig as setup,
} from '../support/planted-pair.ts'

describe('companions', () => {
  it('shows nobody the future', () => {
    for (const sizer of ['kind: z_proportional', 'kind: kelly, by: mean']) {
      const recording = plantedPair({ seed: 2, minutes: 3 * 1440, beta: 0.8 })
      const made = request(recording, setup('refit: 20m', sizer))
      const result = verifyLookahead(
        (data) => backtestParts({ ...made, recording: data }),
        recording,
        { cuts: 2, seed: 3 },
      )
      expect(result.passed).toBe(true)
      expect(result.cuts.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(1000)
    }
  })

  it('goes on from a snapshot taken at any moment as if nothing had been', () => {
    const recording = plantedPair({ seed: 1, minutes: 3 * 1440, beta: 0.8 })
    const run = (isInterrupted: boolean) => {
      const parts = backtestParts(request(recording))
      const engine = new Engine(parts.engine)
      const exchange = new SimulatedExchange(parts.exchange)
      exchange.addAccount(moneyFromNumber(parts.balance))
      const effects: string[] = []
      const phases = new Set<string>()
      let beats = 0
      driveBacktest({
        ...{ engine, exchange, batch: recording.batch, opening: parts.opening(recording) },
        heartbeatUs: parts.heartbeatUs,
        observer: {
          event() {},
          markets() {},
          heartbeat() {
            const { pairs } = engine.world.strategyState as {
              pairs: { pairs: { trade: { phase: string } }[] }
            }
            const { phase } = pairs.pairs[0]!.trade
            phases.add(phase)
            const isMidway = phase !== 'flat' && phase !== 'open'
            if (!isInterrupted || engine.hasEffects) return
            if (isMidway || beats++ % 97 === 0) engine.restore(engine.snapshot())
          },
          effects: (taken) => effects.push(...taken.map((effect) => JSON.stringify(effect, text))),
        },
      })
      return { effects, phases }
    }
    const whole = run(false)
    expect(run(true).effects).toEqual(whole.effects)
    expect(whole.phases).toContain('enteringFirst')
    expect(whole.phases).toContain('enteringSecond')
    expect(whole.phases).toContain('closing')
  })

  it('keeps every sizer below its cap', () => {
    const recording = plantedPair({ seed: 3, minutes: 2 * 1440, beta: 0.8 })
    for (const sizer of ['kind: z_proportional, cap: 2%', 'kind: kelly, cap: 2%, by: mean']) {
      const { collected } = runBacktest(request(recording, setup('', sizer)))
      const entries = collected.fills.filter(({ instrument }) => instrument > 1)
      expect(entries.length).toBeGreaterThan(5)
      for (const { price, quantity } of entries) {
        // 2 % of some 10,000; a position may have grown dearer until it was closed.
        expect((price * quantity) / 1e7).toBeLessThan(0.02 * 10_500 * 1.06)
      }
    }
  })
})

const text = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value
