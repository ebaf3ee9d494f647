import { describe, expect, test } from 'vitest'
import { createFaultPlan, noFaults } from './faults.ts'

describe('a fault plan', () => {
  test('draws at about its rates, the same for the same seed', () => {
    const draw = () => {
      const plan = createFaultPlan({ seed: 9, rates: { replyLost: 0.2, commandLost: 0.1 } })
      return Array.from({ length: 5000 }, () => plan.command(0))
    }
    const faults = draw()
    expect(draw()).toEqual(faults)
    const share = (fault: string) => faults.filter((each) => each === fault).length / 5000
    expect(share('replyLost')).toBeGreaterThan(0.17)
    expect(share('replyLost')).toBeLessThan(0.23)
    expect(share('lost')).toBeGreaterThan(0.08)
    expect(share('none')).toBeGreaterThan(0.67)
  })

  test('stops at its time', () => {
    const plan = createFaultPlan({ seed: 1, rates: { disconnected: 1 }, untilTime: 100 })
    expect(plan.frame(99, 'private')).toBe('disconnected')
    expect(plan.frame(100, 'private')).toBe('none')
  })

  test('keeps market faults and private faults apart', () => {
    const plan = createFaultPlan({ seed: 1, rates: { marketLost: 1, privateRepeated: 1 } })
    expect(plan.frame(0, 'market')).toBe('lost')
    expect(plan.frame(0, 'private')).toBe('repeated')
  })

  test('of late and stalled things gives bounded times', () => {
    const late = createFaultPlan({ seed: 1, rates: { replyLate: 1 }, lateUsMax: 10 })
    const stalled = createFaultPlan({ seed: 1, rates: { marketStalled: 1 }, stalledUsMax: 5 })
    for (let i = 0; i < 100; i++) {
      const command = late.command(0) as { lateUs: number }
      expect(command.lateUs).toBeGreaterThanOrEqual(1)
      expect(command.lateUs).toBeLessThanOrEqual(10)
      const frame = stalled.frame(0, 'market') as { stalledUs: number }
      expect(frame.stalledUs).toBeLessThanOrEqual(5)
    }
  })

  test('may be none', () => {
    expect([noFaults.command(0), noFaults.query(0), noFaults.frame(0, 'market')]).toEqual([
      'none',
      'none',
      'none',
    ])
    expect(noFaults.leavesOutSnapshot(0)).toBe(false)
  })
})
