import type { Random } from '../../core/mod.ts'

/**
 * What a network sees of the other members of an hour: nothing; their mean; a few learned points
 * that attend to them and are attended to (Lee et al. 2019, Set Transformer); or each of them.
 */
export type SetPart = 'none' | 'pooling' | 'inducing' | 'full'

/** Sizes of a network. */
export interface NetworkArchitecture {
  readonly set: SetPart
  /** Regressors of a member. */
  readonly inputs: number
  /** Units of each of the two hidden layers. */
  readonly width: number
  /** Units of what is known of the others; read unless `set` is none. */
  readonly setWidth: number
  /** Learned points; read where `set` is inducing. */
  readonly points: number
}

/** Names of what is trained, by what it sees of the others; another form has another number. */
export const NETWORK_IMPLEMENTATIONS: Readonly<Record<SetPart, string>> = {
  none: 'multilayer-perceptron/1',
  pooling: 'set-pooling-network/1',
  inducing: 'inducing-point-network/1',
  full: 'full-attention-network/1',
}

/** Outputs of a member: the standardised excess return, and the balanced log odds of a fall. */
export const NETWORK_OUTPUTS = 2

/** One named array among a network's parameters, row-major. */
export interface ParameterBlock {
  readonly name: ParameterName
  readonly shape: readonly number[]
  /** First element in the one array of all parameters. */
  readonly offset: number
  readonly length: number
}

/** Names of parameters; a set part that does not need one does not have it. */
export type ParameterName =
  | 'encode.weight'
  | 'encode.bias'
  | 'value.weight'
  | 'key.weight'
  | 'query.weight'
  | 'points'
  | 'pointKey.weight'
  | 'combine.weight'
  | 'combine.setWeight'
  | 'combine.bias'
  | 'head.weight'
  | 'head.bias'

/** Every array of a network's parameters in their order. */
export function parameterBlocks(architecture: NetworkArchitecture): readonly ParameterBlock[] {
  let offset = 0
  return shapesOf(architecture).map(([name, ...shape]) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const block = { name, shape, offset, length }
    offset += length
    return block
  })
}

function shapesOf(a: NetworkArchitecture): readonly (readonly [ParameterName, ...number[]])[] {
  const { set, inputs, width, setWidth, points } = a
  return [
    ['encode.weight', inputs, width],
    ['encode.bias', width],
    ...(set === 'none' ? [] : ([['value.weight', width, setWidth]] as const)),
    ...(set === 'inducing' || set === 'full'
      ? ([
          ['key.weight', width, setWidth],
          ['query.weight', width, setWidth],
        ] as const)
      : []),
    ...(set === 'inducing'
      ? ([
          ['points', points, setWidth],
          ['pointKey.weight', setWidth, setWidth],
        ] as const)
      : []),
    ['combine.weight', width, width],
    ...(set === 'none' ? [] : ([['combine.setWeight', setWidth, width]] as const)),
    ['combine.bias', width],
    ['head.weight', width, NETWORK_OUTPUTS],
    ['head.bias', NETWORK_OUTPUTS],
  ]
}

/** How many numbers a network of these sizes holds. */
export function parameterCount(architecture: NetworkArchitecture): number {
  const last = parameterBlocks(architecture).at(-1)!
  return last.offset + last.length
}

/**
 * Parameters to begin with: normal, of the variance that keeps the units' own (He et al. 2015),
 * biases 0, and heads 0, so that every first forecast is the mean and the base rate.
 */
export function initialParameters(architecture: NetworkArchitecture, random: Random): Float32Array {
  const parameters = new Float32Array(parameterCount(architecture))
  for (const { name, shape, offset, length } of parameterBlocks(architecture)) {
    const deviation = firstDeviation(name, shape[0]!)
    if (deviation === 0) continue
    for (let i = offset; i < offset + length; i++) parameters[i] = deviation * random.normal()
  }
  return parameters
}

function firstDeviation(name: ParameterName, fanIn: number): number {
  switch (name) {
    case 'encode.bias':
    case 'combine.bias':
    case 'head.weight':
    case 'head.bias':
      return 0
    case 'points':
      return 1
    case 'encode.weight':
    case 'combine.weight':
    case 'combine.setWeight':
      return Math.sqrt(2 / fanIn)
    case 'value.weight':
    case 'key.weight':
    case 'query.weight':
    case 'pointKey.weight':
      return Math.sqrt(1 / fanIn)
  }
}
