import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import {
  huber,
  initialParameters,
  type NetworkArchitecture,
  networkForward,
  type SetPart,
} from '../../models/mod.ts'
import { type BatchShape, emptyBatch, type NetworkBatch } from './network-batch.ts'
import { NETWORK_TRAINER, openNetworkProgram } from './network-program.ts'

const SETS: readonly SetPart[] = ['none', 'pooling', 'inducing', 'full']
const INPUTS = 5
const MEMBERS = [6, 3, 8]
const SHAPE: BatchShape = { hours: 4, members: 8, inputs: 8 }

const architectureOf = (set: SetPart): NetworkArchitecture => ({
  set,
  inputs: INPUTS,
  width: 8,
  setWidth: 4,
  points: 3,
})

/** Three hours of members with values in a batch that has room for four, and parameters. */
function staged(set: SetPart, seed: number): { batch: NetworkBatch; parameters: Float32Array } {
  const random = createRandom(seed)
  const batch = emptyBatch(SHAPE)
  MEMBERS.forEach((members, hour) => {
    for (let member = 0; member < members; member++) {
      const row = hour * SHAPE.members + member
      for (let i = 0; i < INPUTS; i++) batch.inputs[row * SHAPE.inputs + i] = random.normal()
      batch.mask[row] = 0
      batch.excess[row] = 2 * random.normal()
      batch.event[row] = random.integer(2)
      batch.excessWeight[row] = random.next()
      batch.eventWeight[row] = random.next()
    }
  })
  const parameters = initialParameters(architectureOf(set), random)
  // Heads and biases begin at 0, where their gradients say little of the rest.
  for (let i = 0; i < parameters.length; i++) parameters[i]! += 0.3 * random.normal()
  return { batch, parameters }
}

/** Outputs by the pure forward pass, laid out as the program's; 0 where there is nobody. */
function pureOutputs(set: SetPart, parameters: Float32Array, batch: NetworkBatch): Float64Array {
  const forward = networkForward(architectureOf(set), parameters)
  const rows = SHAPE.hours * SHAPE.members
  const outputs = new Float64Array(2 * rows)
  MEMBERS.forEach((members, hour) => {
    const first = hour * SHAPE.members
    const inputs = new Float32Array(members * INPUTS)
    for (let i = 0; i < inputs.length; i++) {
      const row = first + Math.floor(i / INPUTS)
      inputs[i] = batch.inputs[row * SHAPE.inputs + (i % INPUTS)]!
    }
    const { excess, downsideLogit } = forward(inputs, members)
    outputs.set(excess, first)
    outputs.set(downsideLogit, rows + first)
  })
  return outputs
}

function pureLoss(set: SetPart, parameters: Float32Array, batch: NetworkBatch): number {
  const outputs = pureOutputs(set, parameters, batch)
  const rows = outputs.length / 2
  let loss = 0
  for (let row = 0; row < rows; row++) {
    const logit = outputs[rows + row]!
    const logistic = Math.log1p(Math.exp(logit)) - logit * batch.event[row]!
    loss += batch.excessWeight[row]! * huber(outputs[row]! - batch.excess[row]!)
    loss += batch.eventWeight[row]! * logistic
  }
  return loss
}

describe.each(SETS)('a compiled network with the set part %s', (set) => {
  it('gives the outputs of the pure forward pass within 1e-4, whoever is missing', async () => {
    const program = await openNetworkProgram(architectureOf(set), SHAPE)
    for (const seed of [1, 2, 3]) {
      const { batch, parameters } = staged(set, seed)
      const compiled = program.outputs(parameters, batch)
      const pure = pureOutputs(set, parameters, batch)
      const rows = pure.length / 2
      for (let i = 0; i < pure.length; i++) {
        if (batch.mask[i % rows] !== 0) continue
        expect(Math.abs(compiled[i]! - pure[i]!)).toBeLessThan(1e-4)
      }
      expect(program.loss(parameters, batch)).toBeCloseTo(pureLoss(set, parameters, batch), 3)
    }
    program.close()
  })

  it('has the gradient that finite differences of the pure loss have', async () => {
    const program = await openNetworkProgram(architectureOf(set), SHAPE)
    const { batch, parameters } = staged(set, 7)
    const gradient = new Float32Array(parameters.length)
    const loss = program.step(parameters, batch, gradient)
    expect(loss).toBeCloseTo(program.loss(parameters, batch), 4)
    const step = 2 ** -10
    parameters.forEach((value, i) => {
      const at = (moved: number): number => {
        const other = parameters.slice()
        other[i] = moved
        return pureLoss(set, other, batch)
      }
      const up = Math.fround(value + step)
      const down = Math.fround(value - step)
      const slope = (at(up) - at(down)) / (up - down)
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)))
    })
    program.close()
  })
})

it('says the version that is pinned', () => {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const version = JSON.parse(manifest).dependencies['@jax-js/jax']
  expect(NETWORK_TRAINER).toBe(`jax-js ${version}, wasm`)
})
