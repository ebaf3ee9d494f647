import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { compiledTreeKernels } from '../src/adapters/mod.ts'
import { scoreTrees, trainTrees } from '../src/models/mod.ts'
import { type Result, significant } from './harness.ts'
import { GROUP_SIZE, makeTreeData, type TreeJob, targetOf } from './trees-data.ts'
import { logisticLoss, missedArea, missedGain, rootMeanSquare } from './trees-metrics.ts'
import { type PeerName, type Peers, runPeer, writeColumns } from './trees-peers.ts'

const SEEDS = 6
const ROWS = 20_000
const FEATURES = 20
const MISSING_SHARE = 0.05
const TESTED: readonly PeerName[] = ['lightgbm', 'xgboost']

type Metric = (scores: Float64Array, target: Float64Array) => number

/** Each loss and what its scores are judged by: less is better. */
const TASKS: readonly (readonly [TreeJob['loss'], Readonly<Record<string, Metric>>])[] = [
  ['squared', { 'root mean squared error': rootMeanSquare }],
  ['logistic', { 'logistic loss': logisticLoss, '1 - AUC': missedArea }],
  ['ndcg', { '1 - NDCG@10': (scores, target) => missedGain(scores, target, GROUP_SIZE) }],
]

/**
 * Quality on as many rows that were not trained on, over several seeds, each with data of its own.
 * It is within noise when ours is not worse than the worse peer by more than two standard errors of
 * the difference over the seeds.
 */
export async function treeQuality(
  peers: Peers,
  folder: string,
  shrink: number,
): Promise<readonly Result[]> {
  const home = join(folder, 'quality')
  mkdirSync(home, { recursive: true })
  const seeds = Array.from({ length: shrink === 1 ? SEEDS : 2 }, (_, i) => i + 1)
  return TASKS.flatMap(([loss, metrics]) => {
    const runs = seeds.map((seed) =>
      judgeSeed({ peers, folder: home, loss, metrics, seed, shrink }),
    )
    return Object.keys(metrics).map((metric) => judge(loss, metric, runs, peers))
  })
}

/** Metric by trainer by name of the metric. */
type Run = Readonly<Record<string, Readonly<Record<string, number>>>>

interface Trial {
  readonly peers: Peers
  readonly folder: string
  readonly loss: TreeJob['loss']
  readonly metrics: Readonly<Record<string, Metric>>
  readonly seed: number
  readonly shrink: number
}

function judgeSeed({ peers, folder, loss, metrics, seed, shrink }: Trial): Run {
  const rows = Math.floor(ROWS / shrink / GROUP_SIZE) * GROUP_SIZE
  const [train, test] = [seed, seed + 1000].map((own) => {
    const data = makeTreeData(rows, FEATURES, own, MISSING_SHARE)
    return { columns: data.columns, target: targetOf(loss, data.target) }
  }) as [ReturnType<typeof makeTreeData>, ReturnType<typeof makeTreeData>]
  const groupSize = loss === 'ndcg' ? GROUP_SIZE : null
  const { binsMax, ...settings } = {
    ...{ trees: 100, leavesMax: 31, rowsMin: 20, binsMax: 255, learningRate: 0.1, l2: 1 },
  }
  const groups = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / GROUP_SIZE))
  const model = trainTrees({
    ...train,
    ...(groupSize === null ? {} : { groups }),
    kernels: compiledTreeKernels(),
    seed,
    parameters: { loss, binsMax, ...settings },
  })
  const scores: Record<string, Float64Array> = { ours: scoreTrees(model, test.columns) }
  if (peers.kind === 'ready') {
    const files = {
      columns: writeColumns(folder, 'columns.bin', train.columns),
      target: writeColumns(folder, 'target.bin', [train.target]),
      testColumns: writeColumns(folder, 'test.bin', test.columns),
    }
    const job: TreeJob = {
      ...{ loss, features: FEATURES, binsMax, threads: 1, seed, groupSize },
      ...settings,
    }
    for (const peer of TESTED) scores[peer] = runPeer(peers, peer, job, files).scores!
  }
  const judged = Object.entries(metrics).map(([name, metric]) => [
    name,
    Object.fromEntries(
      Object.entries(scores).map(([trainer, own]) => [trainer, metric(own, test.target)]),
    ),
  ])
  return Object.fromEntries(judged) as Run
}

function judge(loss: string, metric: string, runs: readonly Run[], peers: Peers): Result {
  const of = (trainer: string) => runs.map((run) => run[metric]![trainer]!)
  const ours = of('ours')
  const result = {
    name: `trees ${loss}: ${metric}`,
    value: significant(mean(ours), 5),
    unit: `mean of ${runs.length}`,
    target: 'within two standard errors of the worse peer, or better',
  }
  if (peers.kind === 'missing') return { ...result, ratio: null, met: null, note: peers.reason }
  const against = TESTED.map((peer) => {
    const other = of(peer)
    const differences = ours.map((value, i) => value - other[i]!)
    return { peer, other, difference: mean(differences), error: standardError(differences) }
  })
  const said = against.map(
    ({ peer, other, difference, error }) =>
      `${peer} ${significant(mean(other), 5)} (ours ${sign(difference)} ± ${significant(error, 2)})`,
  )
  return {
    ...result,
    ratio: significant(mean(ours) / Math.max(...against.map(({ other }) => mean(other))), 4),
    met: against.some(({ difference, error }) => difference <= 2 * error),
    note: `${said.join(', ')}; spread over seeds ± ${significant(standardError(ours), 2)}`,
  }
}

const sign = (value: number): string => `${value < 0 ? '' : '+'}${significant(value, 2)}`

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function standardError(values: readonly number[]): number {
  const center = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
