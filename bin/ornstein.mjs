#!/usr/bin/env node
// The published package runs its compiled JavaScript; a clone runs the sources under its own Node.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
if (existsSync(join(root, 'src', 'app', 'cli', 'main.ts'))) {
  process.argv.splice(2, 0, 'cli')
  await import('../scripts/bootstrap.mjs')
} else {
  await import('../dist/app/cli/main.js')
}
