import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const main = join(root, 'src', 'app', 'cli', 'main.ts')
const run = promisify(execFile)

const pages = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

/** A command as a page shows it: where, the verb, its flags. */
interface Shown {
  readonly file: string
  readonly verb: string
  readonly flags: readonly string[]
}

/** Code of a page: blocks and spans. */
function codeOf(text: string): string {
  const blocks = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].map((match) => match[1]!)
  const indented = text.split('\n').filter((line) => /^ {4}\S/.test(line))
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)]
  return [...blocks, ...indented, ...spans.map((match) => match[1]!)].join('\n')
}

function shownIn(file: string): Shown[] {
  const shown: Shown[] = []
  const add = (verb: string, rest: string) => {
    shown.push({ file, verb, flags: [...rest.matchAll(/--[a-z][\w-]*/g)].map(([flag]) => flag) })
  }
  for (const line of codeOf(read(file)).split('\n')) {
    const start = /^(?:\$ )?npm start(?: -- (.*))?$/.exec(line)
    if (start !== null) add('start', start[1] ?? '')
    const command =
      /(?:^|\s)ornstein ((?:data|config|journal|keystore|control|screen|fund|venue|pairs|hourly) [a-z][a-z0-9]*(?:-[a-z0-9]+)*|[a-z][a-z-]+)\b(.*)$/.exec(
        line,
      )
    if (command !== null) add(command[1]!, command[2]!)
  }
  return shown
}

describe('the commands that pages show', () => {
  const shown = pages.flatMap(shownIn)
  const verbs = [...new Set(shown.map(({ verb }) => verb))]

  it('exist, with the flags they are shown with', async () => {
    expect(verbs.length).toBeGreaterThan(8)
    const wrong: string[] = []
    const look = async (verb: string): Promise<void> => {
      const { stdout } = await run(process.execPath, [main, ...verb.split(' '), '--help'])
      const isKnown = stdout.startsWith(`Usage: ornstein ${verb} `)
      for (const { file, flags } of shown.filter((each) => each.verb === verb)) {
        if (!isKnown) wrong.push(`${file}: ornstein ${verb}`)
        const unknown = isKnown ? flags.filter((flag) => !stdout.includes(` ${flag}`)) : []
        for (const flag of unknown) wrong.push(`${file}: ornstein ${verb} ${flag}`)
      }
    }
    const left = [...verbs]
    const worker = async (): Promise<void> => {
      for (let verb = left.pop(); verb !== undefined; verb = left.pop()) await look(verb)
    }
    await Promise.all([worker(), worker(), worker()])
    expect(wrong).toEqual([])
  }, 180_000)

  it('hand back the fields that docs/cli.md lists for sessions, and no others', () => {
    const body = /export interface SessionSummary \{\n([\s\S]*?)\n\}/.exec(
      read('src/app/run/summary.ts'),
    )![1]!
    const fields = [...body.matchAll(/^ {2}readonly (\w+):/gm)].map((match) => match[1]!)
    const table = read('docs/cli.md').split('### data of a session')[1]!.split('###')[0]!
    const cells = table.split('\n').map((line) => line.split('|')[1] ?? '')
    const listed = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]!))
    expect(fields.length).toBeGreaterThan(15)
    expect(listed.sort()).toEqual(fields.sort())
  })

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const wrong = pages.flatMap((file) =>
      [...codeOf(read(file)).matchAll(/\bnpm (?:run )?(start|test|check|build|bench|fix)\b/g)]
        .filter(([, name]) => scripts[name!] === undefined)
        .map(([text]) => `${file}: ${text}`),
    )
    expect(wrong).toEqual([])
  })
})
