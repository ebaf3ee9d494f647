import { join } from 'node:path'
import { expect, it } from 'vitest'
import { InputError } from '../errors.ts'
import { sessionPaths } from './paths.ts'

it('lays a session out under its name', () => {
  const directory = join('root', '.ornstein', 'sessions', 'btc-1')
  expect(sessionPaths('btc-1', 'root')).toEqual({
    directory,
    journal: join(directory, 'journal.sqlite'),
    segments: join(directory, 'segments'),
    venue: join(directory, 'venue'),
    log: join(directory, 'log.ndjson'),
  })
})

it.each([
  '',
  '.',
  '..',
  '../x',
  'a/b',
  'a\\b',
  '.hidden',
  'x'.repeat(65),
  'a b',
])('refuses the name %j, which could lead elsewhere', (name) => {
  expect(() => sessionPaths(name)).toThrow(InputError)
})
