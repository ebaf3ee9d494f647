import {
  NETWORK_OUTPUTS,
  type NetworkArchitecture,
  type ParameterName,
  parameterBlocks,
} from './architecture.ts'
import { multiply } from './dense.ts'

/** Outputs of the members of one hour before they get their units back. */
export interface NetworkOutputs {
  /** Excess return in deviations of the training labels, less their mean. */
  readonly excess: Float64Array
  /** Log odds of a downside event as if events and the rest were equally many. */
  readonly downsideLogit: Float64Array
}

/** The forward pass of one hour. */
export type HourForward = (inputs: Float32Array, members: number) => NetworkOutputs

/**
 * A network's forward pass: regressors of the members of one hour (member-major, `inputs` each) to
 * their outputs. All sums in double precision. The order of members changes rounding alone.
 */
export function networkForward(
  architecture: NetworkArchitecture,
  parameters: Float32Array,
): HourForward {
  const weights = weightsOf(architecture, parameters)
  const { inputs, width, set, setWidth } = architecture
  return (regressors, members) => {
    const encoded = dense(regressors, weights('encode.weight'), members, inputs, width)
    rectify(encoded, weights('encode.bias'))
    const hidden = dense(encoded, weights('combine.weight'), members, width, width)
    if (set !== 'none') {
      const context = contextOf(architecture, weights, encoded, members)
      addTo(hidden, dense(context, weights('combine.setWeight'), members, setWidth, width))
    }
    rectify(hidden, weights('combine.bias'))
    const outputs = dense(hidden, weights('head.weight'), members, width, NETWORK_OUTPUTS)
    const bias = weights('head.bias')
    return {
      excess: Float64Array.from({ length: members }, (_, i) => outputs[2 * i]! + bias[0]!),
      downsideLogit: Float64Array.from(
        { length: members },
        (_, i) => outputs[2 * i + 1]! + bias[1]!,
      ),
    }
  }
}

type Weights = (name: ParameterName) => Float64Array

function weightsOf(architecture: NetworkArchitecture, parameters: Float32Array): Weights {
  const blocks = new Map(
    parameterBlocks(architecture).map(({ name, offset, length }) => [
      name,
      Float64Array.from(parameters.subarray(offset, offset + length)),
    ]),
  )
  return (name) => blocks.get(name)!
}

/** What each member knows of all. */
function contextOf(
  { set, width, setWidth, points }: NetworkArchitecture,
  weights: Weights,
  encoded: Float64Array,
  members: number,
): Float64Array {
  const project = (name: ParameterName): Float64Array =>
    dense(encoded, weights(name), members, width, setWidth)
  const values = project('value.weight')
  if (set === 'pooling') return meanForEach(values, members, setWidth)
  const keys = project('key.weight')
  const queries = project('query.weight')
  if (set === 'full') return attend(queries, keys, values, setWidth)
  const pooled = attend(weights('points'), keys, values, setWidth)
  const pointKeys = dense(pooled, weights('pointKey.weight'), points, setWidth, setWidth)
  return attend(queries, pointKeys, pooled, setWidth)
}

/** Means of values, weighted by the softmax of scaled products of queries and keys. */
function attend(
  queries: Float64Array,
  keys: Float64Array,
  values: Float64Array,
  size: number,
): Float64Array {
  const asked = queries.length / size
  const seen = keys.length / size
  const transposed = new Float64Array(keys.length)
  for (let m = 0; m < seen; m++) {
    for (let d = 0; d < size; d++) transposed[d * seen + m] = keys[m * size + d]!
  }
  const shares = dense(queries, transposed, asked, size, seen)
  const scale = 1 / Math.sqrt(size)
  for (let q = 0; q < asked; q++) softmax(shares.subarray(q * seen, (q + 1) * seen), scale)
  return dense(shares, values, asked, seen, size)
}

/** Scaled scores become shares that sum to 1. */
function softmax(scores: Float64Array, scale: number): void {
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < scores.length; i++) most = Math.max(most, scores[i]!)
  let sum = 0
  for (let i = 0; i < scores.length; i++) {
    const share = Math.exp((scores[i]! - most) * scale)
    scores[i] = share
    sum += share
  }
  for (let i = 0; i < scores.length; i++) scores[i]! /= sum
}

function meanForEach(values: Float64Array, members: number, size: number): Float64Array {
  const mean = new Float64Array(size)
  for (let i = 0; i < values.length; i++) mean[i % size]! += values[i]! / members
  return Float64Array.from({ length: values.length }, (_, i) => mean[i % size]!)
}

function dense(
  input: Float32Array | Float64Array,
  weight: Float64Array,
  rows: number,
  inner: number,
  outer: number,
): Float64Array {
  const into = new Float64Array(rows * outer)
  multiply(into, input, weight, { rows, inner, outer })
  return into
}

/** Adds the bias to every row, and cuts at 0. */
function rectify(units: Float64Array, bias: Float64Array): void {
  const width = bias.length
  for (let row = 0; row < units.length; row += width) {
    for (let j = 0; j < width; j++) units[row + j] = Math.max(0, units[row + j]! + bias[j]!)
  }
}

function addTo(sum: Float64Array, other: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += other[i]!
}
