import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const isTest = (file: string): boolean =>
  /\.(test|bench)\.ts$|\/conformance(\.ts$|\/)|\/testing\/|test-kit\.ts$|recording-sink\.ts$/.test(
    file,
  )
const sources = tracked.filter((f) => f.startsWith('src/') && f.endsWith('.ts') && !isTest(f))
const pure = sources.filter((f) => /^src\/(core|models|strategies)\//.test(f))

/** Source text without comments and string contents, so that words in prose do not count. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\$]|\\.)*`/g, '``')
}

/** Lines of `file` whose code matches, as "file:line text". */
function findings(file: string, pattern: RegExp, code = true): string[] {
  const text = read(file)
  const searched = code ? blankComments(text) : text
  return searched
    .split('\n')
    .map((line, i) => ({ line, at: `${file}:${i + 1}` }))
    .filter(({ line }) => pattern.test(line))
    .map(({ line, at }) => `${at} ${line.trim()}`)
}

const blankComments = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' '))
    .replace(/\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")

const impure =
  /\bnew Date\b|\bDate\.|\bIntl\b|\.toLocale\w*\(|Math\.random|\basync\b|\bawait\b|\bPromise\b|\bWeakRef\b|\bsetTimeout\b|\bprocess\.|\bglobalThis\b/

describe('the pure projects', () => {
  it('name no clock, no randomness, no locale, nothing asynchronous', () => {
    expect(pure.flatMap((file) => findings(file, impure))).toEqual([])
  })

  it('is a check that can fail: a planted clock is found', () => {
    expect(impure.test(codeOf('const now = Date.now()'))).toBe(true)
    expect(impure.test(codeOf('// Date.now() is banned here'))).toBe(false)
  })

  it('import nothing from node or from packages', () => {
    const foreign = /from '(?!\.)/
    const found = pure.flatMap((file) => findings(file, foreign, false))
    expect(found).toEqual([])
  })
})

describe('project borders', () => {
  const project = (file: string): string => file.split('/')[1] ?? ''
  const allowed: Record<string, readonly string[]> = {
    core: [],
    models: ['core'],
    strategies: ['core', 'models'],
    adapters: ['core', 'models'],
    app: ['core', 'models', 'strategies', 'adapters'],
  }

  it('are crossed only downwards and only through mod.ts', () => {
    const wrong: string[] = []
    for (const file of sources) {
      for (const match of read(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
        const target = normalize(join(dirname(file), match[1]!))
        if (!target.startsWith('src/')) continue
        const from = project(file)
        const to = project(target)
        if (from === to) continue
        if (!allowed[from]?.includes(to)) wrong.push(`${file} imports ${to}`)
        else if (target !== `src/${to}/mod.ts`) wrong.push(`${file} imports past mod.ts: ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('keep the layers of core in one direction', () => {
    const order: Record<string, readonly string[]> = {
      lib: [],
      domain: ['lib'],
      calendar: ['domain', 'lib'],
      book: ['domain', 'lib'],
      ledger: ['domain', 'lib'],
      indicators: ['book', 'domain', 'lib', 'calendar'],
      columns: ['indicators', 'domain', 'lib'],
      rules: ['calendar', 'domain', 'lib'],
      panel: ['rules', 'calendar', 'domain', 'lib'],
      shares: ['rules', 'calendar', 'domain', 'lib'],
      matching: ['book', 'ledger', 'rules', 'calendar', 'domain', 'lib'],
      execution: ['ledger', 'indicators', 'calendar', 'domain', 'lib'],
      portfolio: ['ledger', 'indicators', 'analytics', 'domain', 'lib'],
      analytics: ['ledger', 'indicators', 'calendar', 'domain', 'lib'],
      risk: ['execution', 'portfolio', 'ledger', 'calendar', 'domain', 'lib'],
      engine: [
        'risk',
        'shares',
        'rules',
        'execution',
        'portfolio',
        'indicators',
        'ledger',
        'book',
        'domain',
        'lib',
        'calendar',
      ],
    }
    const wrong: string[] = []
    for (const file of pure.filter((f) => f.startsWith('src/core/') && f.split('/').length > 3)) {
      const from = file.split('/')[2]!
      for (const match of read(file).matchAll(/from '(\.[^']+)'/g)) {
        const target = normalize(join(dirname(file), match[1]!))
        const to = target.split('/')[2]!
        if (to !== from && !order[from]?.includes(to)) wrong.push(`${file} imports ${to}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('leave the making of Approved to the risk gate', () => {
    const cast = /as (unknown as )?Approved\b/
    const found = sources
      .filter((file) => file !== 'src/core/risk/gate.ts')
      .flatMap((file) => findings(file, cast))
    expect(found).toEqual([])
    expect(findings('src/core/risk/gate.ts', cast).length).toBeGreaterThan(0)
  })
})

describe('shape of the sources', () => {
  it('keeps files under 400 lines and lines under 101 characters', () => {
    const long = sources.filter((file) => read(file).split('\n').length > 400)
    expect(long).toEqual([])
    // A text that cannot be broken may stick out; code and comments may not.
    const wide = sources.flatMap((file) =>
      findings(file, /^(?!\s*[-/]|create )[^'"`<>{}]{101,}$/, false),
    )
    expect(wide).toEqual([])
  })

  it('has no default exports, enums, inheritance or unfinished words', () => {
    const banned = /\bexport default\b|\benum \w+ \{|\bclass \w+ extends (?!Error)\w/
    expect(sources.flatMap((file) => findings(file, banned))).toEqual([])
    const unfinished = /\b(TODO|FIXME|XXX|HACK)\b/
    expect(tracked.filter(isText).flatMap((f) => findings(f, unfinished, false))).toEqual([])
  })

  it('documents every export of the pure projects', () => {
    const missing: string[] = []
    for (const file of pure.filter((f) => !f.endsWith('mod.ts'))) {
      const lines = read(file).split('\n')
      lines.forEach((line, i) => {
        if (!/^export (function|class|interface|type|const|abstract)/.test(line)) return
        const above = lines[i - 1] ?? ''
        const isDocumented = /\*\/\s*$/.test(above) || /^export const \w+ = \(\w+: \w+\)/.test(line)
        const isPairedType = /^export type (\w+) = \(typeof/.test(line)
        if (!isDocumented && !isPairedType) missing.push(`${file}:${i + 1}`)
      })
    }
    expect(missing).toEqual([])
  })
})

function isText(file: string): boolean {
  const named = /\.(ts|mjs|svelte|css|html|yaml|json|md)$/.test(file)
  return named && !file.endsWith('package-lock.json') && !file.startsWith('test/tidy/')
}

describe('what is committed', () => {
  it('names no machine path and no registry host', () => {
    const hosts = /registry\.npmjs|deb\.debian|pypi\.org|(^|[\s"'`(=])\/(root|work|farm)\//
    const files = tracked.filter((f) => isText(f) || f.endsWith('package-lock.json'))
    expect(files.flatMap((file) => findings(file, hosts, false))).toEqual([])
  })

  it('holds no secret', () => {
    const secret =
      /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b|\bnpm_[A-Za-z0-9]{36}\b/
    const longSecret =
      /-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\\n]{60,}|\bghp_[A-Za-z0-9]{36}\b/
    const key = /(private|secret)[_-]?key['"]?\s*[:=]\s*['"](0x)?[0-9a-f]{64}['"]/i
    const files = tracked.filter((f) => isText(f))
    // Tests of the redactor show what a key looks like; real ones are long.
    const found = files.flatMap((file) => findings(file, isTest(file) ? longSecret : secret, false))
    expect(found).toEqual([])
    expect(files.filter((f) => !isTest(f)).flatMap((f) => findings(f, key, false))).toEqual([])
  })

  it('has links in its documents that lead somewhere', () => {
    const broken: string[] = []
    for (const file of tracked.filter((f) => f.endsWith('.md'))) {
      for (const match of read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g)) {
        const target = join(root, dirname(file), match[1]!)
        if (!existsSync(target)) broken.push(`${file} -> ${match[1]}`)
      }
    }
    expect(broken).toEqual([])
  })
})
