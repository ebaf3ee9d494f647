// Compiles each kernel into a module that holds its bytes. `--check` compiles and compares instead.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const folder = dirname(fileURLToPath(import.meta.url))
const flags = ['-O3', '--noAssert', '--runtime', 'stub']
/** Of one size, in pages of 64 KiB. */
const ownMemory = ['--enable', 'simd,bulk-memory', '--initialMemory', '12', '--maximumMemory', '12']
/** Memory is given, of any size, and may be that of several threads. */
const givenMemory = [
  ...['--enable', 'simd,bulk-memory,threads', '--importMemory', '--sharedMemory'],
  ...['--initialMemory', '1', '--maximumMemory', '65536'],
]

/** Grows once, to what its books need. */
const growingMemory = [
  '--enable',
  'simd,bulk-memory',
  '--initialMemory',
  '8',
  '--maximumMemory',
  '512',
]

/** What is compiled, with which memory, and where the result belongs. */
const kernels = [
  {
    source: 'book-frame.ts',
    memory: ownMemory,
    target: '../src/adapters/venues/hyperliquid/book-frame-wasm.ts',
  },
  {
    source: 'books.ts',
    memory: growingMemory,
    target: '../src/adapters/books/books-wasm.ts',
  },
  { source: 'trees.ts', memory: givenMemory, target: '../src/adapters/learning/trees-wasm.ts' },
]

/** @param {{ source: string, memory: string[] }} kernel */
async function compile({ source, memory }) {
  const files = new Map()
  const { error, stderr } = await asc.main([source, ...flags, ...memory, '-o', 'kernel.wasm'], {
    readFile: (name) => {
      try {
        return readFileSync(join(folder, name), 'utf8')
      } catch {
        return null
      }
    },
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => [],
  })
  if (error) throw new Error(`${source}: ${stderr.toString()}`)
  const text = readFileSync(join(folder, source))
  return [
    `// Made from kernels/${source} by \`npm run build\` in kernels.`,
    '',
    '/** SHA-256 of the source: tells a stale kernel. */',
    `export const sourceHash = '${createHash('sha256').update(text).digest('hex')}'`,
    '',
    '/** The WebAssembly module, base64. */',
    'export const wasm =',
    `  '${Buffer.from(files.get('kernel.wasm')).toString('base64')}'`,
    '',
  ].join('\n')
}

let isStale = false
for (const kernel of kernels) {
  const made = await compile(kernel)
  const target = join(folder, kernel.target)
  if (!process.argv.includes('--check')) writeFileSync(target, made)
  else if (readFileSync(target, 'utf8') !== made) {
    process.stderr.write(`${kernel.target} is not what ${kernel.source} compiles to\n`)
    isStale = true
  }
}
process.exitCode = isStale ? 1 : 0
