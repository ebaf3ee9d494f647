import { existsSync, writeSync } from 'node:fs'
import { createJournal, openJournal } from '../open.ts'
import { readJournal } from '../read.ts'
import { genesis } from './kit.ts'
import { apply, traceOf, traceOfItem, workload } from './workload.ts'

/**
 * Runs a workload on a journal from where the journal stands, says after every durable call how
 * many
 * words of the trace are stored, and kills itself at the given visit of the given crash point.
 * Arguments: path, seed, length, crash point ("none"), visit.
 */
const [path = '', seed = '0', length = '0', point = 'none', visit = '1'] = process.argv.slice(2)
let visits = 0
const options = {
  maximumSegmentBytes: 12_000,
  maximumUnsyncedBytes: 5000,
  crashPoint(name: string): void {
    if (name === point && ++visits === Number(visit)) process.kill(process.pid, 'SIGKILL')
  },
}

const journal = existsSync(path)
  ? openJournal(path, options).journal
  : createJournal(path, genesis, options)
let stored = 0
for (const item of readJournal(path)) stored += traceOfItem(item).length
let done = 0
for (const operation of workload(Number(seed), Number(length))) {
  const words = traceOf(operation).length
  const skip = Math.min(words, Math.max(0, stored - done))
  done += words
  if (skip === words && words > 0) continue
  apply(journal, operation, skip)
  if (operation.kind !== 'market') writeSync(1, `${done}\n`)
}
journal.close()
writeSync(1, `closed ${done}\n`)
