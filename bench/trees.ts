import { openTreeKernels } from '../src/adapters/mod.ts'
import { trainTrees } from '../src/models/mod.ts'
import { type Benchmark, median, type Result, significant } from './harness.ts'
import { makeTreeData, type TreeData, type TreeJob } from './trees-data.ts'
import {
  openPeers,
  type PeerFiles,
  type PeerName,
  type PeerSeconds,
  type Peers,
  runPeer,
  writeColumns,
} from './trees-peers.ts'
import { treeQuality } from './trees-quality.ts'

const ROWS = 500_000
const FEATURES = 50
const ROUNDS = 3
const RATIO_MAX = 1.5
const PEERS: readonly PeerName[] = ['xgboost', 'lightgbm']

const JOB: TreeJob = {
  loss: 'squared',
  features: FEATURES,
  trees: 100,
  leavesMax: 63,
  rowsMin: 20,
  binsMax: 255,
  learningRate: 0.1,
  l2: 1,
  threads: 1,
  seed: 1,
  groupSize: null,
}

/**
 * Boosted trees against XGBoost and LightGBM, which are installed from Python's index where there
 * is a Python: seconds of a training on one thread and on two, then the quality on rows not trained
 * on.
 */
export const trees: Benchmark = {
  name: 'trees',
  summary:
    'boosted trees: training 500k x 50 x 100 trees and quality, against XGBoost and LightGBM',
  async run({ folder, shrink }) {
    const peers = openPeers(folder)
    const data = makeTreeData(Math.floor(ROWS / shrink), FEATURES, 1)
    const files: PeerFiles = {
      columns: writeColumns(folder, 'columns.bin', data.columns),
      target: writeColumns(folder, 'target.bin', [data.target]),
      testColumns: null,
    }
    const results: Result[] = []
    for (const threads of [1, 2]) {
      const setting = { peers, data, files, job: { ...JOB, threads } }
      results.push(...(await speed(setting, shrink === 1 ? ROUNDS : 1)))
    }
    return [...results, ...(await treeQuality(peers, folder, shrink))]
  },
}

interface Setting {
  readonly peers: Peers
  readonly data: TreeData
  readonly files: PeerFiles
  readonly job: TreeJob
}

/**
 * Lets all take turns. On one thread the processor's seconds count, which neighbours on the machine
 * do not add to; on several those of the clock, since waiting for each other is part of the matter.
 */
async function speed(setting: Setting, rounds: number): Promise<readonly Result[]> {
  const { peers, job } = setting
  const own: PeerSeconds[] = []
  const others = new Map<PeerName, PeerSeconds[]>(PEERS.map((peer) => [peer, []]))
  for (let round = 0; round < rounds; round++) {
    if (peers.kind === 'ready') {
      for (const peer of PEERS) {
        others.get(peer)!.push(runPeer(peers, peer, job, setting.files).seconds)
      }
    }
    own.push(await trainOnce(setting))
  }
  const clock = job.threads === 1 ? 1 : 0
  const whole = ({ bins, trees: grown }: PeerSeconds) => bins[clock] + grown[clock]
  const growing = ({ trees: grown }: PeerSeconds) => grown[clock]
  const line = (what: string, pick: (seconds: PeerSeconds) => number): Result => {
    const seconds = median(own.map(pick))
    const [xgboost, lightgbm] = PEERS.map((peer) => others.get(peer)!.map(pick))
    const ratio =
      xgboost!.length === 0 ? null : median(xgboost!.map((other, i) => pick(own[i]!) / other))
    const seen = (values: readonly number[]) => `${significant(median(values))} s`
    return {
      name: `trees ${what}, ${job.threads === 1 ? 'one thread' : `${job.threads} threads`}`,
      value: significant(seconds),
      unit: 's',
      ratio: ratio === null ? null : significant(ratio),
      target: `<= ${RATIO_MAX} x XGBoost`,
      met: ratio === null ? null : ratio <= RATIO_MAX,
      note:
        peers.kind === 'missing'
          ? peers.reason
          : `${clock === 1 ? 'processor' : 'wall'} time; XGBoost ${seen(xgboost!)}, LightGBM ${seen(lightgbm!)}`,
    }
  }
  return [line('with their bins', whole), line('alone', growing)]
}

async function trainOnce({ data, job }: Setting): Promise<PeerSeconds> {
  const { loss, trees: count, leavesMax, rowsMin, binsMax, learningRate, l2 } = job
  const kernels = await openTreeKernels(job.threads)
  const clocks = () => {
    const { user, system } = process.cpuUsage()
    return [performance.now() / 1000, (user + system) / 1e6] as const
  }
  const start = clocks()
  let first = start
  trainTrees({
    ...data,
    kernels,
    seed: job.seed,
    parameters: { loss, trees: count, leavesMax, rowsMin, binsMax, learningRate, l2 },
    onProgress: (progress) => {
      if (progress.trees === 1) first = clocks()
    },
  })
  const end = clocks()
  await kernels.close()
  // The first tree comes right behind the bins: it is taken to be one like the others.
  const spent = (clock: 0 | 1) => {
    const grown = ((end[clock] - first[clock]) * count) / (count - 1)
    return { grown, bins: end[clock] - start[clock] - grown }
  }
  const [wall, processor] = [spent(0), spent(1)]
  return { bins: [wall.bins, processor.bins], trees: [wall.grown, processor.grown] }
}
