import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('c/', import.meta.url))

/** A compiled C program, or why there is none. */
export type CTwin =
  | { readonly kind: 'built'; run(args: readonly (string | number)[]): readonly CLine[] }
  | { readonly kind: 'missing'; readonly reason: string }

/** Numbers of one printed line: seconds first, then checksums. */
export type CLine = readonly number[]

/** Builds bench/c/NAME.c with gcc -O3 -march=native into a folder. */
export function buildCTwin(name: string, folder: string): CTwin {
  const found = spawnSync('gcc', ['--version'], { stdio: 'ignore' })
  if (found.error !== undefined || found.status !== 0) {
    return { kind: 'missing', reason: 'gcc is not installed' }
  }
  const program = join(folder, name)
  const built = spawnSync(
    'gcc',
    ['-O3', '-march=native', '-std=gnu11', '-o', program, join(sources, `${name}.c`), '-lm'],
    { encoding: 'utf8' },
  )
  if (built.status !== 0) {
    return { kind: 'missing', reason: `gcc failed: ${built.stderr.split('\n')[0] ?? ''}` }
  }
  return {
    kind: 'built',
    run: (args) =>
      execFileSync(program, args.map(String), { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number)),
  }
}
