import type { LadderTable } from './ladder-table.ts'
import type { LevelList } from './level-list.ts'
import type { Levels } from './levels.ts'

/** A side of a book whose levels lie close together: a row of a {@link LadderTable}. */
export class LevelLadder implements Levels {
  readonly row: number
  readonly #table: LadderTable

  constructor(table: LadderTable) {
    this.#table = table
    this.row = table.addRow()
  }

  get count(): number {
    return this.#table.count(this.row)
  }

  get best(): number {
    return this.#table.best(this.row)
  }

  get worst(): number {
    return this.#table.worst(this.row)
  }

  get sum(): number {
    return this.#table.sum(this.row)
  }

  get horizon(): number {
    return this.#table.horizon(this.row)
  }

  set horizon(key: number) {
    this.#table.setHorizon(this.row, key)
  }

  set(key: number, quantity: number): number {
    return this.#table.set(this.row, key, quantity)
  }

  /** Takes over the levels of a list, which must fit. */
  copy(from: LevelList): void {
    this.#table.copy(this.row, from)
  }

  clear(): void {
    this.#table.clear(this.row)
  }

  keyAt(index: number): number {
    return this.#table.keyAt(this.row, index)
  }

  quantityOf(key: number): number {
    return this.#table.quantityOf(this.row, key)
  }
}
