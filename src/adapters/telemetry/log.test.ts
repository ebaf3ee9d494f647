import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../errors.ts'
import { createLog, type LogOptions } from './log.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'))
  file = join(directory, 'session', 'log.ndjson')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const key = `0x${'4c0883a69102937d'.repeat(4)}`

function lines(
  use: (logger: ReturnType<typeof createLog>['logger']) => void,
  options: Partial<LogOptions> = {},
): Record<string, unknown>[] {
  const log = createLog({ to: { file }, ...options })
  use(log.logger)
  log.close()
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain(key.slice(2))
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('a log', () => {
  it('writes one JSON object a line, with level, time and fields', () => {
    const [line] = lines((logger) => logger.info({ orders: 2 }, 'started'), {
      fields: { session: 'demo' },
    })
    expect(line).toMatchObject({ level: 'info', session: 'demo', orders: 2, msg: 'started' })
    expect(line!['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('lets no secret out: messages, arguments, bindings, nested fields, errors, causes', () => {
    const cause = Object.assign(new Error(`signing with ${key} failed`), { privateKey: key })
    const error = new Error('cannot send', { cause })
    const all = lines((logger) => {
      logger.info(`key ${key}`)
      logger.info('key %s', key)
      logger.info({ wallet: { list: [{ note: `is ${key}` }] } }, 'x')
      logger.error(error)
      logger.error({ error, err: cause }, 'failed')
      logger.child({ agentKey: key, note: key }).warn({ secret: 'abc', response: { token: 'abc' } })
    })
    expect(all).toHaveLength(6)
    expect(JSON.stringify(all)).not.toContain('abc')
    expect(all[4]).toMatchObject({ error: { message: expect.stringContaining('cannot send') } })
  })

  it('hides values it is told about later', () => {
    const log = createLog({ to: { file } })
    log.hide('correct horse')
    log.logger.info('the password is correct horse')
    log.close()
    expect(readFileSync(file, 'utf8')).toContain('the password is [redacted]')
  })

  it('obeys its level', () => {
    const all = lines(
      (logger) => {
        logger.info('no')
        logger.warn('yes')
      },
      { level: 'warn' },
    )
    expect(all.map((line) => line['msg'])).toEqual(['yes'])
  })

  it('counts lines it cannot write instead of failing', () => {
    const log = createLog({ to: { file } })
    log.close()
    log.logger.info('late')
    expect(log.lostLines).toBe(1)
  })

  it('keeps at most two files of a bounded size', () => {
    const log = createLog({ to: { file }, bytesMax: 4000 })
    for (let n = 0; n < 500; n++) log.logger.info({ n }, 'a line of some length')
    log.close()
    const text = `${readFileSync(`${file}.1`, 'utf8')}${readFileSync(file, 'utf8')}`
    const kept = text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { n: number }).n)
    expect(readdirSync(join(directory, 'session')).sort()).toEqual(['log.ndjson', 'log.ndjson.1'])
    expect(text.length).toBeLessThanOrEqual(8000)
    expect(kept).toEqual(kept.map((_, i) => 500 - kept.length + i))
    expect(log.lostLines).toBe(0)
  })

  it('says when its file cannot be opened', () => {
    writeFileSync(join(directory, 'session'), '')
    expect(() => createLog({ to: { file } })).toThrow(InputError)
  })
})
