/** Settings of {@link AdamW}. */
export interface AdamWOptions {
  readonly learningRate: number
  /** Share of a weight taken off at each step, times the learning rate. */
  readonly weightDecay: number
  /** Gradients that are longer are shortened to this. */
  readonly gradientMax: number
}

const MEAN_KEPT = 0.9
const SQUARE_KEPT = 0.999
const EPSILON = 1e-8

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), biases not decayed, gradients cut
 * by their length over all parameters. In double precision, rounded into the parameters.
 */
export class AdamW {
  readonly #options: AdamWOptions
  readonly #isDecayed: Uint8Array
  readonly #mean: Float64Array
  readonly #square: Float64Array
  #steps = 0

  constructor(isDecayed: Uint8Array, options: AdamWOptions) {
    this.#options = options
    this.#isDecayed = isDecayed
    this.#mean = new Float64Array(isDecayed.length)
    this.#square = new Float64Array(isDecayed.length)
  }

  /** Moves the parameters by one step; gives the gradient's length before it was cut. */
  step(parameters: Float32Array, gradient: Float32Array): number {
    const { learningRate, weightDecay, gradientMax } = this.#options
    let squares = 0
    for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!
    const length = Math.sqrt(squares)
    const cut = length > gradientMax ? gradientMax / length : 1
    this.#steps++
    const meanShare = 1 - MEAN_KEPT ** this.#steps
    const squareShare = 1 - SQUARE_KEPT ** this.#steps
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i]! * cut
      const mean = MEAN_KEPT * this.#mean[i]! + (1 - MEAN_KEPT) * slope
      const square = SQUARE_KEPT * this.#square[i]! + (1 - SQUARE_KEPT) * slope * slope
      this.#mean[i] = mean
      this.#square[i] = square
      const decay = this.#isDecayed[i] === 1 ? weightDecay * parameters[i]! : 0
      const move = mean / meanShare / (Math.sqrt(square / squareShare) + EPSILON)
      parameters[i] = parameters[i]! - learningRate * (move + decay)
    }
    return length
  }
}
