import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Files and what each imports, types included. */
type Imports = ReadonlyMap<string, readonly string[]>

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?\bfrom '(\.[^']*\.ts)'/gm)].map((found) =>
    normalize(join(dirname(file), found[1]!)),
  )
}

function sources(): Imports {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src', 'bench'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = tracked
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => existsSync(join(root, file)))
  return new Map(files.map((file) => [file, importsOf(file)]))
}

/** Groups of files that import each other in a loop (Tarjan's strongly connected components). */
function circlesOf(imports: Imports): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (file: string): number => {
    const mine = order.size
    order.set(file, mine)
    lowest.set(file, mine)
    open.push(file)
    for (const next of imports.get(file) ?? []) {
      const reached = order.has(next)
        ? open.includes(next)
          ? order.get(next)!
          : mine
        : visit(next)
      lowest.set(file, Math.min(lowest.get(file)!, reached))
    }
    if (lowest.get(file) === mine) {
      const circle = open.splice(open.indexOf(file))
      if (circle.length > 1) circles.push(circle.sort())
    }
    return lowest.get(file)!
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file)
  return circles
}

describe('imports', () => {
  it('never lead back to where they began, not even of types', () => {
    expect(circlesOf(sources())).toEqual([])
  })

  it('is a check that can fail: a planted circle is found', () => {
    const planted = new Map([
      ['a.ts', ['b.ts']],
      ['b.ts', ['c.ts', 'd.ts']],
      ['c.ts', ['a.ts']],
      ['d.ts', []],
    ])
    expect(circlesOf(planted)).toEqual([['a.ts', 'b.ts', 'c.ts']])
  })
})
