// Finishes `npm run build`: what the compiler made becomes a publishable package, and is tried.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageExamples } from './package-examples.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const isWindows = process.platform === 'win32'
/** @param {string} name */
const tool = (name) => join(root, 'node_modules', '.bin', isWindows ? `${name}.cmd` : name)

rmSync(join(dist, '.test'), { recursive: true, force: true })
const { configJsonSchema } = await import(
  pathToFileURL(join(dist, 'app', 'config', 'json-schema.js')).href
)
mkdirSync(join(root, 'schema'), { recursive: true })
const schema = `${JSON.stringify(configJsonSchema(), null, 2)}\n`
writeFileSync(join(root, 'schema', 'config.schema.json'), schema)

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
for (const [entry, target] of Object.entries(manifest.exports)) {
  if (typeof target === 'string') continue
  for (const file of Object.values(target)) {
    if (existsSync(join(root, file))) continue
    process.stderr.write(`The package's entry ${entry} names ${file}, which was not built\n`)
    process.exit(1)
  }
  await import(pathToFileURL(join(root, target.default)).href)
}

// Below node_modules, as it will be installed: there it is tried, and its dependencies are found.
const staging = join(dist, '.package', 'node_modules', manifest.name)
rmSync(join(dist, '.package'), { recursive: true, force: true })
for (const name of [...manifest.files, 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
  if (name === 'examples') continue
  cpSync(join(root, name), join(staging, name), { recursive: true })
}
const examples = join(dist, '.examples')
rmSync(examples, { recursive: true, force: true })
packageExamples({ root, folder: examples, name: manifest.name, tool })
renameSync(examples, join(staging, 'examples'))
tryPackage()
const packed = JSON.parse(
  execFileSync(isWindows ? 'npm.cmd' : 'npm', ['pack', '--json', '--ignore-scripts'], {
    cwd: staging,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed)
renameSync(join(staging, filename), join(dist, filename))
rmSync(join(dist, '.package'), { recursive: true, force: true })
const count = readdirSync(dist, { recursive: true }).filter((f) => String(f).endsWith('.js')).length
process.stdout.write(`Built ${count} modules; package dist/${filename}\n`)

/** Runs a command and an example of the package, in a folder of their own. */
function tryPackage() {
  const cwd = join(dist, '.package')
  /** @param {string[]} args */
  const run = (...args) =>
    execFileSync(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  const configuration = join(staging, 'examples', '02-backtest', 'backtest.yaml')
  run(join(staging, 'bin', 'ornstein.mjs'), 'config', 'validate', configuration)
  run(join(staging, 'examples', '02-backtest', 'main.mjs'))
}
