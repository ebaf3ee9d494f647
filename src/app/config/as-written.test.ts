import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { asWritten } from './as-written.ts'
import { loadConfig, parseConfig, parseObject } from './load.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const sections = ['signal', 'strategy', 'execution', 'risk', 'fills', 'companions'] as const

/** Files of one engine: those of several are made of such, an hourly portfolio has its own schema. */
const files = globSync('examples/**/*.yaml', { cwd: root }).filter(
  (file) =>
    !file.includes('10-hourly') && !/^engines:/m.test(readFileSync(`${root}${file}`, 'utf8')),
)

describe('settings as a configuration writes them', () => {
  it('have units, and say off', () => {
    const text = `
name: a
signal: { interval: 90s }
strategy: { revertGate: off, costGate: { hold: 1h, marginBp: 2 }, stopLoss: 150bp, timeStop: 36h }
execution: { takerSlippageMax: 10bp, retryPause: 1500ms }
fills: { entryLatency: 0ms }`
    const { config } = parseConfig(text, 'a.yaml')
    expect(asWritten(config, 'signal', 'strategy', 'execution', 'fills')).toMatchObject({
      signal: { interval: '90s' },
      strategy: {
        revertGate: 'off',
        costGate: { hold: '1h', marginBp: 2 },
        stopLoss: '1.5%',
        timeStop: '36h',
      },
      execution: { takerSlippageMax: '10bp', retryPause: '1500ms' },
      fills: { entryLatency: '0s' },
    })
  })

  it.each(files)('read back the same: %s', (file) => {
    const { config } = loadConfig(`${root}${file}`)
    const again = parseObject({ name: config.name, ...asWritten(config, ...sections) }, file)
    for (const key of sections) expect(again.config[key]).toEqual(config[key])
  })
})
