import { TREE_LAYOUT, type TreeWorkspace, type TreeWorkspaceShape } from '../../models/mod.ts'
import type { TreeMemory, TreeModule } from './tree-module.ts'

const { TASK } = TREE_LAYOUT

/** Where what lies in the control words that all threads share. */
const CONTROL = { turn: 0, order: 1, gathered: 2, done: 3, failed: 4, length: 5 } as const

/** What the members are told to do. */
export type TeamOrder = 'open' | 'measure'
const ORDERS: readonly TeamOrder[] = ['open', 'measure']

/** Looks before a waiting thread lets others run. */
const LOOKS = 20_000
/** A member that takes longer than this for one task is lost, ms. */
const PATIENCE_MS = 120_000

/** What a member is given when it starts. */
export interface TeamStart {
  readonly control: SharedArrayBuffer
  readonly part: number
  readonly threads: number
}

/** What a member is given for each training. */
export interface TeamTraining {
  readonly memory: TreeMemory
  readonly shape: TreeWorkspaceShape
}

/** How the threads of one training follow each other: by numbers in memory that they share. */
export class TeamControl {
  readonly buffer: SharedArrayBuffer
  readonly threads: number
  readonly #words: Int32Array

  constructor(threads: number, buffer = new SharedArrayBuffer(4 * CONTROL.length)) {
    this.threads = threads
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  /** The leader: lets every other member begin. */
  begin(order: TeamOrder): void {
    Atomics.store(this.#words, CONTROL.order, ORDERS.indexOf(order))
    Atomics.store(this.#words, CONTROL.gathered, 0)
    Atomics.store(this.#words, CONTROL.done, 0)
    Atomics.add(this.#words, CONTROL.turn, 1)
    Atomics.notify(this.#words, CONTROL.turn)
  }

  /** The leader: waits for every other member; throws when one has failed or does not answer. */
  finish(): void {
    this.#await(CONTROL.done, (done) => done >= this.threads - 1)
  }

  /** A member: waits, for ever, until another turn than `last` begins. */
  nextTurn(last: number): { readonly turn: number; readonly order: TeamOrder } {
    for (let looks = 0; Atomics.load(this.#words, CONTROL.turn) === last; looks++) {
      if (looks > LOOKS) Atomics.wait(this.#words, CONTROL.turn, last)
    }
    const turn = Atomics.load(this.#words, CONTROL.turn)
    return { turn, order: ORDERS[Atomics.load(this.#words, CONTROL.order)]! }
  }

  /** A member has done its part of the turn. */
  report(): void {
    Atomics.add(this.#words, CONTROL.done, 1)
    Atomics.notify(this.#words, CONTROL.done)
  }

  /** A member cannot go on: whoever waits for it throws. */
  fail(): void {
    Atomics.store(this.#words, CONTROL.failed, 1)
    for (const word of [CONTROL.done, CONTROL.gathered]) Atomics.notify(this.#words, word)
  }

  /** Every member: own share of the rows, then, when all have theirs, own part of the features. */
  measure(module: TreeModule, w: TreeWorkspace, part: number): void {
    const from = w.task[TASK.from]!
    const rows = w.task[TASK.to]! - from
    const border = (of: number) => from + Math.floor((rows * of) / this.threads)
    module.gather(w, border(part), border(part + 1))
    Atomics.add(this.#words, CONTROL.gathered, 1)
    Atomics.notify(this.#words, CONTROL.gathered)
    this.#await(CONTROL.gathered, (gathered) => gathered >= this.threads)
    module.measure(w, part)
  }

  #await(word: number, isReached: (value: number) => boolean): void {
    for (let looks = 0; ; looks++) {
      const value = Atomics.load(this.#words, word)
      if (isReached(value)) return
      if (Atomics.load(this.#words, CONTROL.failed) === 1) throw new Error('a tree thread failed')
      if (looks < LOOKS) continue
      if (Atomics.wait(this.#words, word, value, PATIENCE_MS) === 'timed-out') {
        throw new Error(`a tree thread has not answered for ${PATIENCE_MS / 1000} s`)
      }
    }
  }
}
