// Gets from a bare clone with any Node from 20 on to the project's own Node 26 with everything
// installed, then runs the task named. Plain JavaScript: older Nodes must be able to read it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const isWindows = process.platform === 'win32'
const nodeName = isWindows ? 'node.exe' : 'node'
const oldestMajor = 20
const wantedMajor = 26

const [task, ...args] = process.argv.slice(2)

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`)
}

/** @param {string} text @returns {never} */
function fail(text) {
  say(text)
  process.exit(1)
}

/** Path of npm's own script, so that it can be run under a Node of our choice. */
function npmScript() {
  const candidates = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ]
  for (const candidate of candidates) {
    if (candidate && /npm-cli\.js$/.test(candidate) && existsSync(candidate)) return candidate
  }
  return null
}

/** @param {string} node @param {string[]} npmArguments @param {string} cwd */
function npm(node, npmArguments, cwd) {
  const script = npmScript()
  const command = script === null ? (isWindows ? 'npm.cmd' : 'npm') : node
  const full = script === null ? npmArguments : [script, ...npmArguments]
  // The chosen Node comes first on the PATH, for whatever npm itself starts.
  const path = `${dirname(node)}${isWindows ? ';' : ':'}${process.env.PATH ?? ''}`
  const result = spawnSync(command, full, {
    cwd,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: path, NODE_ENV: '' },
    shell: script === null && isWindows,
  })
  if (result.error) fail(`npm could not be started: ${result.error.message}`)
  return result.status === 0
}

/** @param {string} file */
function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** @param {string} folder */
function binary(folder) {
  return join(folder, 'node_modules', '.bin', nodeName)
}

/** @param {string} folder */
function stampFile(folder) {
  return join(folder, 'node_modules', '.ornstein-installed')
}

/** True when node_modules matches the lockfile. @param {string} folder */
function isInstalled(folder) {
  const stamp = stampFile(folder)
  if (!existsSync(stamp)) return false
  return readFileSync(stamp, 'utf8') === hashOf(join(folder, 'package-lock.json'))
}

/** Clean install of a folder by its lockfile. @param {string} node @param {string} folder */
function install(node, folder) {
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  if (!npm(node, flags, folder)) {
    fail(`Installing ${folder} failed; the messages above say why. Nothing was started.`)
  }
  mkdirSync(dirname(stampFile(folder)), { recursive: true })
  writeFileSync(stampFile(folder), hashOf(join(folder, 'package-lock.json')))
}

/** The Node under which the rest is installed: the running one when it is new enough. */
function installerNode() {
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath
  const folder = join(root, 'scripts', 'runtime')
  if (!isInstalled(folder) || !existsSync(binary(folder))) {
    say(`Node ${process.versions.node} is running; fetching Node ${wantedMajor} for this folder`)
    install(process.execPath, folder)
  }
  if (!existsSync(binary(folder))) {
    fail(`No Node ${wantedMajor} for ${process.platform}-${process.arch}: install it by hand.`)
  }
  return binary(folder)
}

if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
  fail(`Ornstein needs Node ${oldestMajor} or newer; this is ${process.versions.node}.`)
}
if (!isInstalled(root) || !existsSync(binary(root))) {
  const node = installerNode()
  say('Installing dependencies by the lockfile (once)')
  rmSync(stampFile(root), { force: true })
  install(node, root)
}
const node = existsSync(binary(root)) ? binary(root) : process.execPath
const tasks = join(root, 'scripts', 'tasks.mjs')
const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${isWindows ? ';' : ':'}${process.env.PATH ?? ''}`,
}
// Ctrl-C reaches the whole group; this process only waits for its child's own ending.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
const { spawn } = await import('node:child_process')
const child = spawn(node, [tasks, task ?? '', ...args], {
  stdio: 'inherit',
  cwd: task === 'cli' ? process.cwd() : root,
  env,
})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130))
