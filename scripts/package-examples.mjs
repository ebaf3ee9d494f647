// The examples as the package has them: JavaScript that imports the package by its name, because Node
// runs no TypeScript inside node_modules. Copied into a project that has the package they run as well,
// whatever kind of modules it declares: their name says theirs.
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const compiler = [
  ...['--ignoreConfig', '--noResolve', '--noCheck', '--verbatimModuleSyntax'],
  ...['--module', 'nodenext', '--target', 'esnext', '--rewriteRelativeImportExtensions'],
]
const formatter = ['format', '--write', '--vcs-enabled=false', '--log-level=error']

/**
 * Writes the examples of `root` into `folder`. @param {{ root: string, folder: string,
 * name: string, tool: (name: string) => string }} how `name` is the package's
 */
export function packageExamples({ root, folder, name, tool }) {
  const source = join(root, 'examples')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  const programs = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  for (const file of files.filter((each) => each.endsWith('.yaml'))) {
    cpSync(join(source, file), join(folder, file))
  }
  const options = [...compiler, '--rootDir', source, '--outDir', folder]
  const paths = programs.map((file) => join(source, file))
  execFileSync(tool('tsc'), [...options, ...paths], { stdio: ['ignore', 2, 2] })
  for (const file of programs) {
    const compiled = join(folder, file.replace(/\.ts$/, '.js'))
    const path = compiled.replace(/\.js$/, '.mjs')
    renameSync(compiled, path)
    writeFileSync(path, withEntries(readFileSync(path, 'utf8'), name))
  }
  execFileSync(tool('biome'), [...formatter, `--config-path=${root}`, folder], {
    stdio: ['ignore', 2, 2],
  })
  for (const file of files.filter((each) => each.endsWith('.md'))) {
    writeFileSync(join(folder, file), withNames(readFileSync(join(source, file), 'utf8')))
  }
}

/** Links of a page to programs; its commands for a clone stay. @param {string} text */
const withNames = (text) =>
  text.replace(/\[([\w-]+)\.ts\]/g, '[$1.mjs]').replace(/(\]\([^)]*)\.ts\)/g, '$1.mjs)')

/** Imports of the sources' public modules become the package's entries. @param {string} text @param {string} name */
const withEntries = (text, name) =>
  text
    .replace(
      /'(?:\.\.\/)+src\/(\w+)\/mod\.js'/g,
      (_, project) => `'${project === 'core' ? name : `${name}/${project}`}'`,
    )
    .replace(/^(\/\/.*)\.ts\b/gm, '$1.mjs')
    .replace(/'(\.\.?\/[^']+)\.js'/g, "'$1.mjs'")
    // The compiler drops the blank lines between imports and functions.
    .replace(/^(\}|.*\bfrom '[^']+';)\n(?=\S)(?!import\b)/gm, '$1\n\n')
