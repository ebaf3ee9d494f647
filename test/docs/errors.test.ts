import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ExitCode } from '../../src/app/cli/exit-code.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const page = read('docs/errors.md')

const sources = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'web/src'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => /\.(ts|svelte)$/.test(file) && !/\.test\.ts$|\/testing\//.test(file))
  .filter((file) => existsSync(join(root, file)))

/** First cells of the tables below a heading, up to the next heading of the same or a higher level. */
function rowsUnder(heading: string): string[] {
  const level = heading.indexOf(' ')
  const start = page.indexOf(`\n${heading}\n`)
  expect(start, `${heading} is a heading`).toBeGreaterThanOrEqual(0)
  const rest = page.slice(start + heading.length + 1)
  const end = rest.search(new RegExp(`\\n#{1,${level}} `))
  return (end < 0 ? rest : rest.slice(0, end))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
    .map((line) => line.split('|')[1]!.trim())
    .filter((cell) => cell !== 'code' && cell !== 'kind')
}

/** All first groups of a pattern over all sources, each once, sorted. */
function found(pattern: RegExp, files = sources): string[] {
  const all = files.flatMap((file) => [...read(file).matchAll(pattern)].map((match) => match[1]!))
  return [...new Set(all)].sort()
}

/** Members of an exported union of texts. */
function union(file: string, name: string): string[] {
  const body = new RegExp(`export type ${name} =\\n((?:\\s+(?:\\|.*|/\\*.*)\\n)+)`).exec(
    read(file),
  )?.[1]
  return [...(body ?? '').matchAll(/\| '(\w+)'/g)].map((match) => match[1]!).sort()
}

const sorted = (codes: readonly string[]): string[] => [...codes].sort()

describe('docs/errors.md', () => {
  it('documents every code of a user mistake, and none that does not exist', () => {
    const prefixed = (prefix: string, codes: string[]) => codes.map((code) => `${prefix}${code}`)
    const codes = [
      ...found(/(ORN-[A-Z]+-\d{3})\b/g),
      ...prefixed('ORN-DATA-', found(/\bdataError\(\s*'(\d{3})'/g)),
      ...prefixed('ORN-KEYSTORE-', found(/\bkeystoreError\(\s*'(\d{3})'/g)),
      ...prefixed('ORN-JOURNAL-', found(/^ {2}\w+: \['(\d{3})', \d+\],$/gm)),
    ]
    expect(codes.length).toBeGreaterThan(60)
    expect(sorted(rowsUnder('## User mistakes'))).toEqual([...new Set(codes)].sort())
  })

  it('documents every code of an operational failure', () => {
    const firstArguments = found(/new AdapterError\(\s*([^,]+),/g)
    const codes = firstArguments.flatMap((text) => {
      const literals = [...text.matchAll(/'([^']+)'/g)].map((match) => match[1]!)
      expect(literals, `the code in "${text}" is a literal`).not.toEqual([])
      return literals
    })
    expect(sorted(rowsUnder('## Operational failures'))).toEqual([...new Set(codes)].sort())
    expect(codes.filter((code) => !/^[A-Z]+(_[A-Z]+)+$/.test(code))).toEqual([])
  })

  it('lists exactly the denial codes of the risk gate', () => {
    const codes = union('src/core/domain/effect.ts', 'DenialCode')
    expect(codes.length).toBeGreaterThan(20)
    expect(sorted(rowsUnder('## Denials'))).toEqual(codes)
  })

  it('lists exactly the reject codes, the warnings of a report and the exit codes', () => {
    const rejects = union('src/core/domain/order.ts', 'RejectCode')
    const warnings = union('src/core/analytics/run-figures.ts', 'RunWarningCode')
    expect(rejects.length).toBeGreaterThan(10)
    expect(warnings.length).toBeGreaterThan(10)
    expect(sorted(rowsUnder('## Reject codes'))).toEqual(rejects)
    expect(sorted(rowsUnder('## Warnings of a report'))).toEqual(warnings)
    const exits = Object.entries(ExitCode).map(([name, code]) => `| ${code} | ${name} |`)
    for (const row of exits) expect(page).toContain(row)
    expect(rowsUnder('## Exit codes')).toHaveLength(exits.length)
  })

  it('lists exactly the alerts of the core and the notices of the adapter', () => {
    const alerts = found(/kind: 'alert',\s+level: '\w+',\s+code: '([A-Z_]+)'/g)
    const notices = found(/\bnotice\('(\w+)'/g)
    expect(sorted(rowsUnder('## Alerts'))).toEqual(alerts)
    expect(sorted(rowsUnder('## Notices of the adapter'))).toEqual(notices)
  })

  it('is checked by patterns that can fail', () => {
    expect(rowsUnder('## Denials')).not.toContain('INVENTED')
    expect('new AdapterError(code, text)'.match(/new AdapterError\(\s*([^,]+),/)?.[1]).toBe('code')
  })
})
