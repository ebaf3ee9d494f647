import { describe, expect, it } from 'vitest'
import { distinctEvents, type EconomicKind, economicKinds } from '../calendar/economic-event.ts'
import { haltAt } from './halts.ts'
import { FAR_TIME, type MacroPolicy, macroWindows, missingSpans } from './macro.ts'

const MINUTE = 60_000_000
const usual = { beforeUs: 15 * MINUTE, afterUs: 15 * MINUTE }
const all = (window: MacroPolicy['windows']['CPI'], change: Partial<MacroPolicy['windows']> = {}) =>
  ({
    ...Object.fromEntries(economicKinds.map((kind) => [kind, window])),
    ...change,
  }) as MacroPolicy['windows']
const event = (kind: EconomicKind, minute: number) => ({ kind, time: minute * MINUTE })
const warn = (windows: MacroPolicy['windows']): MacroPolicy => ({ windows, onMissing: 'warn' })

describe('the windows of macro events', () => {
  it('reach 15 minutes either side, both ends included', () => {
    const haltWindows = macroWindows([event('CPI', 100)], {}, warn(all(usual)))
    const isHalted = (time: number): boolean =>
      haltAt({ haltedUntil: 0, announcedHalts: [] }, { haltWindows }, time) !== null
    expect(isHalted(85 * MINUTE - 1)).toBe(false)
    expect(isHalted(85 * MINUTE)).toBe(true)
    expect(isHalted(115 * MINUTE)).toBe(true)
    expect(isHalted(115 * MINUTE + 1)).toBe(false)
  })

  it('are set and switched off by kind', () => {
    const windows = all(usual, { CPI: { beforeUs: 0, afterUs: 60 * MINUTE }, JOLTS: null })
    const halts = macroWindows([event('CPI', 100), event('JOLTS', 300)], {}, warn(windows))
    expect(halts).toEqual([{ name: 'CPI', fromTime: 100 * MINUTE, untilTime: 160 * MINUTE + 1 }])
  })

  it('merge where they overlap', () => {
    const events = [event('CPI', 100), event('joblessClaims', 100), event('FOMC', 120)]
    expect(macroWindows(events, {}, warn(all(usual)))).toEqual([
      {
        name: 'CPI + Jobless Claims + FOMC',
        fromTime: 85 * MINUTE,
        untilTime: 135 * MINUTE + 1,
      },
    ])
  })
})

describe('what a calendar does not know', () => {
  const windows = all(null, { CPI: usual, FOMC: usual })

  it('is a halt or not, as the policy says', () => {
    const coverage = { CPI: { from: 100, until: 900 }, FOMC: { from: 100, until: 500 } }
    expect(macroWindows([], coverage, { windows, onMissing: 'halt' })).toEqual([
      { name: 'no economic calendar of CPI, FOMC', fromTime: 0, untilTime: 100 },
      {
        name: 'no economic calendar of CPI, FOMC',
        fromTime: 500,
        untilTime: FAR_TIME,
      },
    ])
    expect(macroWindows([], coverage, { windows, onMissing: 'warn' })).toEqual([])
  })

  it('counts only kinds that matter', () => {
    const CPI = { from: 0, until: FAR_TIME }
    expect(missingSpans({ CPI }, all(null, { CPI: usual }))).toEqual([])
    expect(missingSpans({ CPI }, windows)).toEqual([{ kinds: ['FOMC'], from: 0, until: FAR_TIME }])
    expect(missingSpans({}, all(null))).toEqual([])
  })
})

it('events of one kind and instant count once', () => {
  const events = [event('CPI', 5), event('GDP', 1), event('CPI', 5), event('GDP', 5)]
  expect(distinctEvents(events)).toEqual([event('GDP', 1), event('CPI', 5), event('GDP', 5)])
})
