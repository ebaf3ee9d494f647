import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { effectLevels, inputLevels, processLevels } from '../../src/app/run/log-events.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Rows of the table below a heading of docs/log-events.md: name, level, fields. */
function rowsUnder(heading: string): string[][] {
  const part = read('docs/log-events.md').split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
  const rows = part.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((line) => {
    const [, name, level, fields] = line.split('|').map((cell) => cell.trim())
    return [name!.replaceAll('`', ''), level!, fields!.replaceAll('`', '')]
  })
}

/** Fields of every member of a union in the sources, by its kind. */
function membersOf(file: string, union: string): Record<string, string> {
  const body = read(file).split(`export type ${union} =`)[1]!.split('\n\n')[0]!
  const members = body.split("readonly kind: '").slice(1)
  return Object.fromEntries(
    members.map((text) => [
      text.slice(0, text.indexOf("'")),
      [...text.matchAll(/readonly (\w+):/g)].map((match) => match[1]!).join(', '),
    ]),
  )
}

const rowsOf = (levels: Readonly<Record<string, string>>, fields: Record<string, string>) =>
  Object.entries(levels).map(([name, level]) => [name, level, fields[name]!])

it('docs/log-events.md lists the names, levels and fields of the code, and no others', () => {
  const inputs = membersOf('src/core/domain/event.ts', 'Event')
  const effects = membersOf('src/core/domain/effect.ts', 'Effect')
  expect(Object.keys(inputs).length).toBeGreaterThan(12)
  expect(rowsUnder('Inputs')).toEqual(rowsOf(inputLevels, inputs))
  const alert = ['alert', 'of the alert', effects['alert']!]
  expect(rowsUnder('Effects')).toEqual([...rowsOf(effectLevels, effects), alert])
  const own = rowsUnder('The process').map(([name, level]) => [name, level])
  expect(own).toEqual(Object.entries(processLevels))
})
