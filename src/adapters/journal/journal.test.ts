import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChainHasher } from './chain.ts'
import { createJournal, openJournal, verifyJournal } from './open.ts'
import { readJournal } from './read.ts'
import { alert, btc, executed, genesis, heartbeat, market } from './testing/kit.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(directory, 'session', 'journal.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('a journal', () => {
  it('gives back events, market data and effects in their order', () => {
    const journal = createJournal(path, genesis)
    expect(journal.appendEvent(heartbeat(1))).toBe(1)
    const batch = market({ start: 2, count: 5 })
    journal.appendMarket(batch)
    journal.appendEvent(heartbeat(8))
    journal.appendMarket(market({ start: 9, count: 2 }))
    journal.appendEffects([alert('a'), alert('b')], 10)
    journal.close()
    const items = [...readJournal(path)]
    expect(items.map((item) => [item.seq, item.kind, item.time])).toEqual([
      [0, 'genesis', 0],
      [1, 'event', 1],
      [2, 'market', 6],
      [3, 'event', 8],
      [4, 'market', 10],
      [5, 'effect', 10],
      [6, 'effect', 10],
    ])
    expect(items[0]!.payload).toEqual(genesis)
    expect(items[3]!.payload).toEqual(heartbeat(8))
    expect(items[6]!.payload).toEqual(alert('b'))
    const first = items[2]!
    if (first.kind !== 'market') throw new Error('not market data')
    expect([first.segment, first.from, first.to]).toEqual([1, 0, 5])
    expect([...first.batch.u8]).toEqual([...batch.u8])
    expect([...first.batch.pool]).toEqual([...batch.pool])
    expect(verifyJournal(path)).toEqual({
      ok: true,
      entries: 7,
      head: { seq: 6, hash: items[6]!.hash },
    })
  })

  it('has the head that a ChainHasher computes from the same entries', () => {
    const journal = createJournal(path, genesis)
    journal.appendEvent(heartbeat(1))
    journal.appendMarket(market({ start: 2, count: 3 }))
    journal.appendEffects([alert('a')], 4)
    const hasher = new ChainHasher()
    for (const { kind, payload, time } of readJournal(path)) hasher.update(kind, payload, time)
    expect(hasher.head).toEqual(journal.head)
    journal.close()
  })

  it('goes on where it was closed', () => {
    const journal = createJournal(path, genesis)
    journal.appendMarket(market({ start: 1, count: 3 }))
    journal.appendEvent(heartbeat(4))
    const { head } = journal
    journal.close()
    const again = openJournal(path)
    expect(again.genesis).toEqual(genesis)
    expect(again.droppedRecords).toBe(0)
    expect(again.journal.head).toEqual(head)
    again.journal.appendMarket(market({ start: 5, count: 3 }))
    again.journal.appendEvent(heartbeat(9))
    again.journal.close()
    const ranges = [...readJournal(path)].filter((item) => item.kind === 'market')
    expect(ranges.map(({ segment, from, to }) => [segment, from, to])).toEqual([
      [1, 0, 3],
      [2, 0, 3],
    ])
    expect(verifyJournal(path)).toMatchObject({ ok: true, entries: 5 })
  })

  it('knows every execution it ever stored, by venue and id', () => {
    const journal = createJournal(path, {
      ...genesis,
      instruments: [btc, { ...btc, id: 1, venue: 'other' }],
    })
    expect(journal.hasExecution('7')).toBe(false)
    journal.appendEvent(executed(1, '7'))
    expect(journal.hasExecution('7')).toBe(true)
    expect(journal.hasExecution('7', 1)).toBe(false)
    journal.close()
    const again = openJournal(path).journal
    expect(again.hasExecution('7')).toBe(true)
    expect(() => again.appendEvent(executed(2, '7'))).toThrow('execution 7 is stored')
    again.close()
  })

  it('keeps the latest snapshot and replays from behind it', () => {
    const journal = createJournal(path, genesis)
    expect(journal.loadLatestSnapshot()).toBeNull()
    for (let i = 1; i <= 3; i++) {
      journal.appendEvent(heartbeat(i))
      journal.appendMarket(market({ start: i, count: 1 }))
      journal.saveSnapshot(journal.head.seq, `state ${i}`)
    }
    journal.appendEvent(heartbeat(4))
    const snapshot = journal.loadLatestSnapshot()
    expect(snapshot).toEqual({ seq: 9, state: 'state 3' })
    const tail = [...readJournal(path, { afterSeq: snapshot!.seq })]
    expect(tail.map((item) => item.payload)).toEqual([heartbeat(4)])
    journal.close()
    expect(verifyJournal(path)).toMatchObject({ ok: true })
    const again = openJournal(path).journal
    expect(again.loadLatestSnapshot()?.state).toBe('state 3')
    again.close()
  })

  it('writes the same chain without durability', () => {
    const heads = (['full', 'none'] as const).map((durability) => {
      const file = join(directory, durability, 'journal.sqlite')
      const journal = createJournal(file, genesis, { durability, maximumSegmentBytes: 4000 })
      for (let i = 1; i <= 50; i++) {
        journal.appendMarket(market({ start: i, count: 7 }))
        if (i % 5 === 0) journal.appendEffects([alert(`${i}`)], i)
        journal.appendEvent(heartbeat(i))
      }
      journal.close()
      expect(verifyJournal(file)).toMatchObject({ ok: true })
      return journal.head
    })
    expect(heads[0]).toEqual(heads[1])
  })
})
