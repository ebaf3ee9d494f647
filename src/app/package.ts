import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the clone or of the published package. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  return parent === folder ? folder : findRoot(parent)
}

/** Version out of package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Commit of the clone, "+" when the tree differs from it; "package" outside a clone. */
export function commitId(): string {
  if (!existsSync(join(packageRoot, '.git'))) return 'package'
  try {
    const id = git(['rev-parse', '--short=12', 'HEAD'])
    return git(['status', '--porcelain', 'src']) === '' ? id : `${id}+`
  } catch {
    return 'unknown'
  }
}

const git = (args: string[]): string =>
  execFileSync('git', args, {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

/** SHA-256 over the sources that decide (core, models, strategies), path and content. */
export function codeHash(): string {
  const base = existsSync(join(packageRoot, 'src')) ? 'src' : 'dist'
  const hash = createHash('sha256')
  for (const folder of ['core', 'models', 'strategies']) {
    for (const file of sourcesBelow(join(packageRoot, base, folder))) {
      hash.update(relative(packageRoot, file)).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}

function sourcesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return sourcesBelow(path)
      const isSource = ['.ts', '.js'].includes(extname(entry.name))
      return isSource && !/\.(test|bench|d)\.[tj]s$/.test(entry.name) ? [path] : []
    })
    .sort()
}
