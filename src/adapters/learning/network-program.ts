import { assert } from '../../core/mod.ts'
import {
  HUBER_DEVIATIONS,
  type NetworkArchitecture,
  type ParameterBlock,
  type ParameterName,
  parameterBlocks,
} from '../../models/mod.ts'
import type { BatchShape, NetworkBatch } from './network-batch.ts'

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
    mask: numpy.array(batch.mask, { shape: [hours, 1, members] }),
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

/** The forward pass of models/network, over hours of a batch at once; consumes what it is given. */
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
    const context = contextOf({ np, nn }, sizes, take, { encoded, mask })
    hidden = hidden.add(np.dot(context, take('combine.setWeight')))
  }
  const outputs = np.dot(nn.relu(hidden), take('head.weight')).add(take('head.bias'))
  return np.transpose(outputs)
}

type Numerics = { readonly np: Jax['numpy']; readonly nn: Jax['nn'] }

function contextOf(
  { np, nn }: Numerics,
  { architecture, shape }: Sizes,
  take: (name: ParameterName) => Tensor,
  { encoded, mask }: { readonly encoded: Tensor; readonly mask: Tensor },
): Tensor {
  const { hours, members } = shape
  const { set, setWidth, points } = architecture
  const scale = 1 / Math.sqrt(setWidth)
  const project = (name: ParameterName): Tensor =>
    np.dot(encoded.ref, take(name)).reshape([hours, members, setWidth])
  const attend = (queries: Tensor, keys: Tensor, values: Tensor, added: Tensor | null): Tensor => {
    const scores = np.einsum('hqd,hmd->hqm', queries, keys).mul(scale)
    const shares = nn.softmax(added === null ? scores : scores.add(added), -1)
    return np.einsum('hqm,hmd->hqd', shares, values)
  }
  const flat = (context: Tensor): Tensor => context.reshape([hours * members, setWidth])
  const values = project('value.weight')
  if (set === 'pooling') {
    const shares = nn.softmax(mask, -1)
    const mean = np.einsum('hqm,hmd->hqd', shares, values)
    encoded.dispose()
    return flat(np.zeros([hours, members, setWidth]).add(mean))
  }
  const keys = project('key.weight')
  const queries = project('query.weight')
  encoded.dispose()
  if (set === 'full') return flat(attend(queries, keys, values, mask))
  const asking = np.zeros([hours, points, setWidth]).add(take('points'))
  const pooled = attend(asking, keys, values, mask)
  const pointKeys = np
    .dot(pooled.ref.reshape([hours * points, setWidth]), take('pointKey.weight'))
    .reshape([hours, points, setWidth])
  return flat(attend(queries, pointKeys, pooled, null))
}

/** Huber's loss of returns and the logistic loss of events, weighed row by row, summed. */
function meanLoss(
  { numpy: np, nn }: Jax,
  outputs: Tensor,
  labels: Omit<BatchTensors, 'inputs' | 'mask'>,
): Tensor {
  const { excess, event, excessWeight, eventWeight } = labels
  const size = np.abs(outputs.ref.slice(0).sub(excess))
  const within = np.minimum(size.ref, HUBER_DEVIATIONS)
  const returns = within.ref.mul(size.sub(within.mul(0.5))).mul(excessWeight)
  const logit = outputs.slice(1)
  const events = nn.softplus(logit.ref).sub(logit.mul(event)).mul(eventWeight)
  return returns.add(events).sum()
}
