import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TreeJob } from './trees-data.ts'

/** Set to the folder of a virtual environment that has the packages: nothing is then installed. */
const READY_VARIABLE = 'ORNSTEIN_BENCH_PEERS'
const HOUR_MS = 3_600_000

/** The trees that ours are compared with. */
export type PeerName = 'lightgbm' | 'xgboost'

/** Seconds by the wall clock and of the processor. */
export interface PeerSeconds {
  readonly bins: readonly [wall: number, processor: number]
  readonly trees: readonly [wall: number, processor: number]
}

/** The peers in Python, or why they cannot be run. */
export type Peers =
  | { readonly kind: 'ready'; readonly python: string; readonly folder: string }
  | { readonly kind: 'missing'; readonly reason: string }

const file = (name: string): string => fileURLToPath(new URL(`peers/${name}`, import.meta.url))

/** Installs the pinned peers from Python's index into a virtual environment below `folder`. */
export function openPeers(folder: string): Peers {
  const ready = process.env[READY_VARIABLE]
  if (ready !== undefined) return { kind: 'ready', python: join(ready, 'bin', 'python'), folder }
  const home = join(folder, 'peers')
  const made = spawnSync('python3', ['-m', 'venv', home], { stdio: 'ignore' })
  if (made.status !== 0) return { kind: 'missing', reason: 'no python3 with venv' }
  const python = join(home, 'bin', 'python')
  process.stderr.write('installing LightGBM and XGBoost (bench/peers/requirements.txt)\n')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  const installed = spawnSync(python, [...pip, '-r', file('requirements.txt')], {
    encoding: 'utf8',
  })
  if (installed.status === 0) return { kind: 'ready', python, folder }
  const reason = installed.stderr.trim().split('\n').at(-1)
  return { kind: 'missing', reason: `the peers cannot be installed: ${reason}` }
}

/** Files of a job, below the folder of the peers. */
export interface PeerFiles {
  readonly columns: string
  readonly target: string
  readonly testColumns: string | null
}

/** Writes columns one after the other; returns the path. */
export function writeColumns(
  folder: string,
  name: string,
  columns: readonly (Float32Array | Float64Array)[],
): string {
  const path = join(folder, name)
  const parts = columns.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  writeFileSync(path, Buffer.concat(parts))
  return path
}

/** Trains a peer; gives its seconds and, of the test rows, its scores. Throws when it fails. */
export function runPeer(
  { python, folder }: Extract<Peers, { kind: 'ready' }>,
  peer: PeerName,
  job: TreeJob,
  files: PeerFiles,
): { readonly seconds: PeerSeconds; readonly scores: Float64Array | null } {
  const scores = join(folder, 'scores.bin')
  const path = join(folder, 'job.json')
  writeFileSync(path, JSON.stringify({ ...job, ...files, peer, scores }))
  const child = spawnSync(python, [file('trees.py'), path], {
    encoding: 'utf8',
    timeout: HOUR_MS,
    // Their threads otherwise spin while they wait, which on few cores delays those that work.
    env: { ...process.env, OMP_WAIT_POLICY: 'passive', OMP_NUM_THREADS: String(job.threads) },
  })
  if (child.status !== 0) throw new Error(`${peer} failed: ${child.stderr}`)
  const seconds = JSON.parse(child.stdout.trim().split('\n').at(-1)!) as PeerSeconds
  if (files.testColumns === null) return { seconds, scores: null }
  const bytes = readFileSync(scores)
  const own = new Float64Array(bytes.byteLength / 8)
  Buffer.from(own.buffer).set(bytes)
  return { seconds, scores: own }
}
