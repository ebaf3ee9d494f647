/**
 * Neighbouring bars that are worked on together: slot s of bar `first + i` is
 * `values[s * size + i]`, for each i below `count`. A loop over one slot after another is several
 * times faster than one bar after another, and to the bit the same.
 */
export class BarRun {
  readonly values: Float64Array
  /** Most bars of a run. */
  readonly size: number
  first = 0
  count = 0

  constructor(slots: number, size: number) {
    this.values = new Float64Array(slots * size)
    this.size = size
  }
}
