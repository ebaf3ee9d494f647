import { writeSync } from 'node:fs'
import { createJournal } from '../open.ts'
import { genesis } from './kit.ts'

/** Holds the journal named by its argument until it is killed. */
const [path = ''] = process.argv.slice(2)
createJournal(path, genesis)
writeSync(1, 'held\n')
setInterval(() => {}, 1_000_000)
