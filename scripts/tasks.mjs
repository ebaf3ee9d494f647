// The project's tasks, run under its own Node 26 (see bootstrap.mjs).
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const [task, ...args] = process.argv.slice(2)

/** Runs a command to its end; returns its exit code. @param {string} file @param {string[]} list */
function run(file, list, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, list, { stdio: 'inherit', cwd: root, ...options })
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.on(signal, () => {
        if (signal === 'SIGTERM') child.kill(signal)
      })
    }
    child.on('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 130))
  })
}

/** @param {string} name */
const tool = (name) => join(bin, process.platform === 'win32' ? `${name}.cmd` : name)

/** A tool that may live in the dashboard's own folder: it needs another compiler. @param {string} name */
function webTool(name) {
  const own = join(root, 'web', 'node_modules', '.bin', name)
  return existsSync(own) ? own : tool(name)
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name === 'node_modules' || entry.name === 'dist') return []
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

/** The dashboard's build is renewed when a source of it changed. */
async function buildWeb() {
  const web = join(root, 'web')
  if (!existsSync(join(web, 'vite.config.ts'))) return 0
  const sources = [...filesBelow(web), ...filesBelow(join(root, 'src', 'core'))].filter(
    (file) => statSync(file).isFile() && !file.endsWith('.test.ts'),
  )
  const hash = createHash('sha256')
  for (const file of sources.sort()) hash.update(relative(root, file)).update(readFileSync(file))
  const digest = hash.digest('hex')
  const stamp = join(web, 'dist', '.built')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return 0
  process.stderr.write('Building the dashboard (once)\n')
  const code = await run(tool('vite'), ['build', '--logLevel', 'error'], {
    cwd: web,
    stdio: ['ignore', 2, 2],
  })
  if (code === 0) writeFileSync(stamp, digest)
  return code
}

const cli = join(root, 'src', 'app', 'cli', 'main.ts')

const tasks = {
  async start() {
    const built = await buildWeb()
    if (built !== 0) return built
    return run(process.execPath, [cli, 'start', ...args])
  },
  async test() {
    const built = await buildWeb()
    if (built !== 0) return built
    return run(tool('vitest'), ['run', ...args])
  },
  async check() {
    const steps = [
      ['types', tool('tsc'), ['-b']],
      ['format and lint', tool('biome'), ['check', '--error-on-warnings', '.']],
      ['dashboard types', webTool('svelte-check'), ['--workspace', 'web', '--fail-on-warnings']],
      ['tidy', tool('vitest'), ['run', 'test/tidy', '--reporter=dot']],
      ['dead code', tool('knip'), []],
    ]
    for (const [name, file, list] of steps) {
      process.stderr.write(`check: ${name}\n`)
      const code = await run(file, list)
      if (code !== 0) {
        process.stderr.write(`check: ${name} failed\n`)
        return code
      }
    }
    return 0
  },
  async build() {
    const web = await buildWeb()
    if (web !== 0) return web
    const projects = ['core', 'models', 'strategies', 'adapters', 'app'].map((p) => `src/${p}`)
    const types = await run(tool('tsc'), ['-b', ...projects])
    return types !== 0 ? types : run(process.execPath, [join(root, 'scripts', 'package.mjs')])
  },
  bench: () => run(process.execPath, [join(root, 'bench', 'main.ts'), ...args]),
  cli: () => run(process.execPath, [cli, ...args], { cwd: process.cwd() }),
  fix: () => run(tool('biome'), ['check', '--write', '.']),
}

const chosen = tasks[task]
if (chosen === undefined) {
  process.stderr.write(`Unknown task "${task}". Known: ${Object.keys(tasks).join(', ')}\n`)
  process.exit(2)
}
process.exit(await chosen())
