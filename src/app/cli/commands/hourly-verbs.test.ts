import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { hourlyCommand } from './hourly-verbs.ts'

test('a first day without a saved model is refused, not passed over', async () => {
  await expect(hourlyCommand('backtest', null, { from: '2019-01-10' })).rejects.toMatchObject({
    code: 'ORN-USAGE-010',
    exitCode: 2,
    message: '--from 2019-01-10 needs --model',
  })
})

test('a folder that nothing can be written into is refused before any work', async () => {
  const out = fileURLToPath(import.meta.url)
  await expect(hourlyCommand('backtest', null, { out })).rejects.toMatchObject({
    code: 'ORN-USAGE-009',
    exitCode: 2,
  })
})
