import { expect, it } from 'vitest'
import { closedNotice, newYorkText } from './market-hours.ts'

const at = (text: string): number => Date.parse(text) * 1000

it('writes an instant by the clock of New York, on either side of a change of clocks', () => {
  expect(newYorkText(at('2026-11-20T14:29:50Z'))).toBe('2026-11-20 09:29:50 New York')
  expect(newYorkText(at('2026-07-01T03:59:59Z'))).toBe('2026-06-30 23:59:59 New York')
})

it('says when shares trade again, and nothing of coins or while they trade', () => {
  const shares = [{ kind: 'equity' }] as const
  const thanksgiving = at('2026-11-26T15:00:00Z')
  expect(closedNotice(shares, thanksgiving)).toBe(
    'the market of shares is closed: none is traded until it opens, 2026-11-27 09:30:00 New York',
  )
  // The day after is over at one in the afternoon.
  expect(closedNotice(shares, at('2026-11-27T17:59:59Z'))).toBeNull()
  expect(closedNotice(shares, at('2026-11-27T18:00:00Z'))).toContain('2026-11-30 09:30:00')
  expect(closedNotice([{ kind: 'spot' }], thanksgiving)).toBeNull()
})
