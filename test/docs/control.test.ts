import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { settable } from '../../src/app/control/parameters.ts'
import { controlCommands } from '../../src/app/control/request.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const page = readFileSync(join(root, 'docs/control.md'), 'utf8')

/** Names in the first cells of the table whose first header is `head`. */
function firstCells(head: string): string[] {
  const table = page.split(`\n| ${head} |`)[1]!.split('\n\n')[0]!
  const cells = table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|')[1]!)
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)[^`]*`/g)].map((match) => match[1]!))
}

it('docs/control.md lists exactly the commands, the keys and the errors', () => {
  expect(firstCells('command').map((name) => name.replace('-', '_'))).toEqual([...controlCommands])
  expect(firstCells('key')).toEqual(Object.keys(settable))
  const source = readFileSync(join(root, 'src/app/control/request.ts'), 'utf8')
  const union = /export type ControlError =\n((?: {2}\| '\w+'\n)+)/.exec(source)![1]!
  const errors = [...union.matchAll(/'(\w+)'/g)].map((match) => match[1]!)
  expect(firstCells('error')).toEqual(errors)
})
