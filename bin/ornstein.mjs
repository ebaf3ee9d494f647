#!/usr/bin/env node
// The published package runs its compiled JavaScript; a clone runs the sources. Both under the
// pinned Node that was installed with the package, whatever Node started this file.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wantedMajor = 26

/** Path of the pinned Node for this machine, or null. */
function pinnedNode() {
  const require = createRequire(import.meta.url)
  const names = [
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ]
  for (const name of names) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`))
      const file = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (existsSync(file)) return file
    } catch {
      // Not installed for this platform.
    }
  }
  return null
}

if (existsSync(join(root, 'src', 'app', 'cli', 'main.ts'))) {
  process.argv.splice(2, 0, 'cli')
  await import('../scripts/bootstrap.mjs')
} else if (Number(process.versions.node.split('.')[0]) >= wantedMajor) {
  await import('../dist/app/cli/main.js')
} else {
  const node = pinnedNode()
  if (node === null) {
    process.stderr.write(`Ornstein needs Node ${wantedMajor}; this is ${process.versions.node}.\n`)
    process.exit(1)
  }
  const main = join(root, 'dist', 'app', 'cli', 'main.js')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130))
}
