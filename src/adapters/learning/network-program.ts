import { assert } from '../../core/mod.ts'
import {
  HUBER_DEVIATIONS,
  NETWORK_OUTPUTS,
  type NetworkArchitecture,
  type ParameterBlock,
  type ParameterName,
  parameterBlocks,
} from '../../models/mod.ts'
import { type BatchShape, LANES, type NetworkBatch } from './network-batch.ts'

type Jax = typeof import('@jax-js/jax')
type Tensor = InstanceType<Jax['Array']>
type Weights = Record<string, Tensor>
type BatchTensors = Record<keyof NetworkBatch, Tensor>

/** Which library computes gradients, and on what. */
export const NETWORK_TRAINER = 'jax-js 0.1.25, wasm'

/** A network's loss, gradient and outputs for batches of one shape, compiled. */
export interface NetworkProgram {
  /** Mean loss of the batch; writes its gradient. */
  step(parameters: Float32Array, batch: NetworkBatch, gradient: Float32Array): number
  /** Mean loss of the batch. */
  loss(parameters: Float32Array, batch: NetworkBatch): number
  /** Both outputs of every place of the batch: first all excess returns, then all log odds. */
  outputs(parameters: Float32Array, batch: NetworkBatch): Float32Array
  /** Frees what was compiled. */
  close(): void
}

/** Loads the library, only when a network is to be trained. */
async function loadJax(): Promise<Jax> {
  const jax = await import('@jax-js/jax')
  const devices = await jax.init('wasm')
  assert(devices.includes('wasm'), `of ${devices.join(', ')} none is WebAssembly`)
  jax.defaultDevice('wasm')
  return jax
}

/** Compiles a network for batches of a shape. */
export async function openNetworkProgram(
  architecture: NetworkArchitecture,
  shape: BatchShape,
): Promise<NetworkProgram> {
  const jax = await loadJax()
  const blocks = parameterBlocks(architecture)
  const lossOf = (weights: Weights, batch: BatchTensors): Tensor => {
    const { inputs, mask, ...labels } = batch
    return meanLoss(jax, outputsOf(jax, { architecture, shape }, weights, { inputs, mask }), labels)
  }
  const step = jax.jit(jax.valueAndGrad(lossOf))
  const loss = jax.jit(lossOf)
  const outputs = jax.jit((weights: Weights, inputs: Tensor, mask: Tensor) =>
    outputsOf(jax, { architecture, shape }, weights, { inputs, mask }),
  )
  const weightsOf = (parameters: Float32Array): Weights =>
    Object.fromEntries(
      blocks.map((block) => [block.name, weightTensor(jax, block, parameters, shape)]),
    )
  return {
    step(parameters, batch, gradient) {
      const [value, slopes] = step(weightsOf(parameters), batchTensors(jax, shape, batch))
      for (const { name, offset, length } of blocks) {
        gradient.set((slopes[name]!.dataSync() as Float32Array).subarray(0, length), offset)
      }
      return value.item()
    },
    loss: (parameters, batch) =>
      loss(weightsOf(parameters), batchTensors(jax, shape, batch)).item(),
    outputs(parameters, batch) {
      const { excess, event, excessWeight, eventWeight, inputs, mask } = batchTensors(
        jax,
        shape,
        batch,
      )
      for (const unused of [excess, event, excessWeight, eventWeight]) unused.dispose()
      return outputs(weightsOf(parameters), inputs, mask).dataSync() as Float32Array
    },
    close() {
      for (const compiled of [step, loss, outputs]) compiled.dispose()
    },
  }
}

/** A block as a tensor; those of the encoder get rows of zeros for inputs that only fill up. */
function weightTensor(
  { numpy }: Jax,
  { name, shape, offset, length }: ParameterBlock,
  parameters: Float32Array,
  batch: BatchShape,
): Tensor {
  const values = parameters.subarray(offset, offset + length)
  if (name !== 'encode.weight') return numpy.array(values.slice(), { shape: [...shape] })
  const width = shape[1]!
  const filled = new Float32Array(batch.inputs * width)
  filled.set(values)
  return numpy.array(filled, { shape: [batch.inputs, width] })
}

function batchTensors({ numpy }: Jax, shape: BatchShape, batch: NetworkBatch): BatchTensors {
  const { hours, members, inputs } = shape
  const rows = hours * members
  const column = (values: Float32Array<ArrayBuffer>): Tensor =>
    numpy.array(values, { shape: [rows] })
  return {
    inputs: numpy.array(batch.inputs, { shape: [rows, inputs] }),
    mask: numpy.array(batch.mask, { shape: [hours, members] }),
    excess: column(batch.excess),
    event: column(batch.event),
    excessWeight: column(batch.excessWeight),
    eventWeight: column(batch.eventWeight),
  }
}

interface Sizes {
  readonly architecture: NetworkArchitecture
  readonly shape: BatchShape
}

/**
 * The forward pass of models/network over the hours of a batch at once; consumes what it is given.
 * Products of weights come first where that makes what is done for each member smaller.
 */
function outputsOf(
  { numpy: np, nn }: Jax,
  sizes: Sizes,
  weights: Weights,
  { inputs, mask }: { readonly inputs: Tensor; readonly mask: Tensor },
): Tensor {
  const take = (name: ParameterName): Tensor => weights[name]!
  const encoded = nn.relu(np.dot(inputs, take('encode.weight')).add(take('encode.bias')))
  let hidden = np.dot(encoded.ref, take('combine.weight')).add(take('combine.bias'))
  if (sizes.architecture.set === 'none') {
    encoded.dispose()
    mask.dispose()
  } else {
    const { hours, members } = sizes.shape
    const { width } = sizes.architecture
    const known = { encoded: encoded.reshape([hours, members, width]), mask }
    hidden = hidden.add(contextOf({ np, nn }, sizes, take, known).reshape([-1, width]))
  }
  const head = np.pad(take('head.weight'), [
    [0, 0],
    [0, LANES - NETWORK_OUTPUTS],
  ])
  const outputs = np.dot(nn.relu(hidden), head).slice([], [0, NETWORK_OUTPUTS])
  return np.transpose(outputs.add(take('head.bias')))
}

type Numerics = { readonly np: Jax['numpy']; readonly nn: Jax['nn'] }

/** What seeing the others adds to a member's hidden units. Hours x members x width. */
function contextOf(
  { np, nn }: Numerics,
  { architecture, shape }: Sizes,
  take: (name: ParameterName) => Tensor,
  { encoded, mask }: { readonly encoded: Tensor; readonly mask: Tensor },
): Tensor {
  const { hours, members } = shape
  const { set, width, setWidth } = architecture
  const scale = 1 / Math.sqrt(setWidth)
  const valued = (found: Tensor): Tensor => np.dot(found, take('value.weight'))
  const combined = (context: Tensor): Tensor => np.dot(context, take('combine.setWeight'))
  if (set === 'pooling') {
    const mean = np.einsum('hm,hmw->hw', nn.softmax(mask, -1), encoded)
    const added = combined(valued(mean)).reshape([hours, 1, width])
    return np.zeros([hours, members, width]).add(added)
  }
  if (set === 'full') {
    const keys = np.dot(encoded.ref, take('key.weight'))
    const queries = np.dot(encoded.ref, take('query.weight'))
    const scores = np.einsum('hqd,hmd->hqm', queries, keys).mul(scale)
    const shares = nn.softmax(scores.add(mask.reshape([hours, 1, members])), -1)
    return combined(np.einsum('hqm,hmd->hqd', shares, valued(encoded)))
  }
  const asking = np.einsum('wd,kd->wk', take('key.weight'), take('points')).mul(scale)
  const scores = np.dot(encoded.ref, asking).add(mask.reshape([hours, members, 1]))
  const pooled = valued(np.einsum('hmk,hmw->hkw', nn.softmax(scores, 1), encoded.ref))
  const keys = np.dot(pooled.ref, take('pointKey.weight'))
  const answering = np.einsum('wd,hkd->hwk', take('query.weight'), keys).mul(scale)
  const shares = nn.softmax(np.einsum('hmw,hwk->hmk', encoded, answering), -1)
  return np.einsum('hmk,hkw->hmw', shares, combined(pooled))
}

/** Huber's loss of returns and the logistic loss of events, weighed row by row, summed. */
function meanLoss(
  { numpy: np }: Jax,
  outputs: Tensor,
  labels: Omit<BatchTensors, 'inputs' | 'mask'>,
): Tensor {
  const { excess, event, excessWeight, eventWeight } = labels
  const size = np.abs(outputs.ref.slice(0).sub(excess))
  const within = np.minimum(size.ref, HUBER_DEVIATIONS)
  const returns = within.ref.mul(size.sub(within.mul(0.5))).mul(excessWeight)
  const logit = outputs.slice(1)
  // Log odds of any size: the exponential is never of more than 0.
  const rest = np.log(np.exp(np.abs(logit.ref).mul(-1)).add(1))
  const events = np.maximum(logit.ref, 0).add(rest).sub(logit.mul(event)).mul(eventWeight)
  return returns.add(events).sum()
}
