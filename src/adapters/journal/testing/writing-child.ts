import { writeSync } from 'node:fs'
import { createJournal } from '../open.ts'
import { alert, executed, genesis, heartbeat, market } from './kit.ts'

/** Writes the journal named by its argument, as a session does, for so many rounds; then closes. */
const [path = '', rounds = '0'] = process.argv.slice(2)
const journal = createJournal(path, genesis, {
  maximumSegmentBytes: 40_000,
  maximumUnsyncedBytes: 5000,
})
writeSync(1, 'writing\n')
let time = 1
for (let round = 0; round < Number(rounds); round++) {
  journal.appendMarket(market({ start: time, count: 20 }))
  time += 20
  journal.appendEvent(round % 5 === 0 ? executed(time, `x${round}`) : heartbeat(time))
  journal.appendEffects([alert(`${round}`)], time)
  if (round % 10 === 0) journal.saveSnapshot(journal.head.seq, `state at ${journal.head.seq}`)
}
journal.close()
