// Finishes `npm run build`: what the compiler made becomes a publishable package.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

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
const count = readdirSync(dist, { recursive: true }).filter((f) => String(f).endsWith('.js')).length
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const packed = JSON.parse(
  execFileSync(npm, ['pack', '--json', '--ignore-scripts', '--pack-destination', dist], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
const list = Array.isArray(packed) ? packed : Object.values(packed)
process.stdout.write(`Built ${count} modules; package dist/${list[0].filename}\n`)
