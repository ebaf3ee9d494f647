import { expect } from 'vitest'
import type { Card } from './play.ts'

/** Instruments, history, and the end of a session. */
export const loading: readonly Card[] = [
  {
    id: 'V17',
    title: 'an unknown symbol is an AdapterError that names it',
    async play({ stage }) {
      const loading = stage.settle(stage.adapter.loadInstruments(['NO-SUCH-THING']))
      await expect(loading).rejects.toMatchObject({
        name: 'AdapterError',
        message: expect.stringContaining('NO-SUCH-THING'),
      })
    },
  },
  {
    id: 'V24',
    title: 'history consists of finished bars and the one that forms, oldest first, none twice',
    async play({ stage, instrument }) {
      const minute = 60_000_000
      const bars = await stage.settle(stage.adapter.loadBars(instrument, minute, 20))
      expect(bars.length).toBeLessThanOrEqual(21)
      bars.forEach((bar, i) => {
        expect(bar.closeTime - bar.openTime).toBe(minute)
        expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close, bar.low))
        expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close))
        if (i > 0) expect(bar.openTime).toBeGreaterThan(bars[i - 1]!.openTime)
      })
    },
  },
  {
    id: 'V23',
    title: 'after stopping nothing more is delivered, and what was open is told as unknown',
    async play({ stage, submit }) {
      stage.faults.loseReplies(true)
      const order = submit()
      await stage.run(5)
      await stage.settle(stage.adapter.stop())
      expect(stage.sink.evidence(order.clientOrderId)).toContain('unknown')
      const before = stage.sink.events.length + stage.sink.books.length
      await stage.run(1_500)
      expect(stage.sink.events.length + stage.sink.books.length).toBe(before)
    },
  },
]
