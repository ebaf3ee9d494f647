import type { ForestShape, TreeWorkspaceShape } from '../../models/mod.ts'
import type { TreeMemory } from './tree-module.ts'

/** Words that all threads of a team share. */
const WORD = { turn: 0, order: 1, left: 2, done: 3, training: 4, failed: 5, length: 6 }

/** What a unit of work is: a stretch of rows, a part of the features, or rows to be scored. */
export type TeamOrder = 'gather' | 'measure' | 'score'
const ORDERS: readonly TeamOrder[] = ['gather', 'measure', 'score']

/** Looks before a waiting thread lets others run: longer ones keep a busy machine from its work. */
const LOOKS = 2_000
/** A member that takes longer than this for one unit is lost, ms. */
const PATIENCE_MS = 120_000

/** What a member is given when it starts. */
export interface TeamStart {
  readonly words: SharedArrayBuffer
  readonly stretches: number
}

/** What a member is given for each training. */
export interface TeamTraining {
  readonly memory: TreeMemory
  readonly shape: TreeWorkspaceShape
}

/** What a member is given when rows are scored; it takes the place of a training. */
export interface TeamScoring {
  readonly memory: TreeMemory
  readonly forest: ForestShape
}

/** Does one unit; told first which training it belongs to. */
export type TeamWork = (order: TeamOrder, unit: number, training: number) => void

/**
 * How the threads of a training share its work: whoever is free takes the next unit, so that a
 * thread that the machine does not run holds up nobody. Mutable state lies in memory that all
 * share.
 */
export class TeamControl {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer = new SharedArrayBuffer(4 * WORD.length)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  /** The leader: what follows belongs to another training, which the members have been sent. */
  announce(): void {
    Atomics.add(this.#words, WORD.training, 1)
  }

  /** The leader: has units done, by itself and whoever comes; throws when a member failed. */
  run(order: TeamOrder, units: number, work: TeamWork): void {
    const words = this.#words
    Atomics.store(words, WORD.order, ORDERS.indexOf(order))
    Atomics.store(words, WORD.done, 0)
    // Last: from here on units can be taken, before there were none.
    Atomics.store(words, WORD.left, units)
    Atomics.add(words, WORD.turn, 1)
    Atomics.notify(words, WORD.turn)
    this.take(work)
    for (let looks = 0; ; looks++) {
      const done = Atomics.load(words, WORD.done)
      if (Atomics.load(words, WORD.failed) === 1) throw new Error('a thread of the trees failed')
      if (done >= units) return
      if (looks < LOOKS) continue
      if (Atomics.wait(words, WORD.done, done, PATIENCE_MS) === 'timed-out') {
        throw new Error(`a thread of the trees has not answered for ${PATIENCE_MS / 1000} s`)
      }
    }
  }

  /** Takes units until none is left. */
  take(work: TeamWork): void {
    const words = this.#words
    for (;;) {
      const left = Atomics.load(words, WORD.left)
      if (left === 0) return
      if (Atomics.compareExchange(words, WORD.left, left, left - 1) !== left) continue
      // Its turn cannot end before the unit is done: what is read now belongs to it.
      const order = ORDERS[Atomics.load(words, WORD.order)]!
      work(order, left - 1, Atomics.load(words, WORD.training))
      Atomics.add(words, WORD.done, 1)
      Atomics.notify(words, WORD.done)
    }
  }

  /** A member: takes part in every turn, for ever. */
  follow(work: TeamWork): never {
    const words = this.#words
    try {
      for (let seen = 0; ; seen = Atomics.load(words, WORD.turn)) {
        this.take(work)
        for (let looks = 0; Atomics.load(words, WORD.turn) === seen; looks++) {
          if (looks > LOOKS) Atomics.wait(words, WORD.turn, seen)
        }
      }
    } catch (cause) {
      Atomics.store(words, WORD.failed, 1)
      Atomics.notify(words, WORD.done)
      throw cause
    }
  }
}
