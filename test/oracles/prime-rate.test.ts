import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { parseDay, primeRateRule, valueOn } from '../../src/core/mod.ts'
import { sharedFile, sharedNote } from '../support/shared-data.ts'

const file = sharedFile('data', 'macro', 'fred_daily_10series_2008_2018.csv.gz')

it.skipIf(file === null)(
  `the prime rate is 3 points above what banks paid each other, every day of 2009 to 2018${sharedNote(file !== null)}`,
  () => {
    const rows = gunzipSync(readFileSync(file!)).toString('utf8').split('\n')
    const paid = rows
      .map((row) => row.split(','))
      .filter(([series, date]) => series === 'DFF' && date! >= '2009-01-01')
    expect(paid.length).toBeGreaterThan(3_000)
    for (const [, date, rate] of paid) {
      const above = valueOn(primeRateRule, parseDay(date!)) / 1e7 - Number(rate)
      expect(Math.abs(above - 3), date).toBeLessThan(0.35)
    }
  },
)
