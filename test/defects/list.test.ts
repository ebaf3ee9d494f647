import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const core = 'test/defects/core.test.ts'
const venue = 'test/defects/venue.test.ts'
const control = 'src/app/control/control.test.ts'
const pairs = 'src/strategies/pairs/pairs.test.ts'
const pairTrade = 'src/strategies/pairs/pair-trade.fuzz.test.ts'
const promises = 'test/reliability/promises.test.ts'

/** What the earlier system did wrong, and the tests that ours passes: file and part of the name. */
type Defect = readonly [string, ...(readonly [string, string])[]]

const perpetuals: readonly Defect[] = [
  [
    '1: a refused entry left a phantom position, which the net cap counted twice',
    [core, 'leaves no phantom position, and its own size is counted once'],
  ],
  [
    '2: a position found while entering was adopted, then zeroed by the rollback, for ever',
    [core, 'never forgets a position that is real'],
    [core, 'is said once and not worked against again and again'],
    [core, 'stays adopted when the entry on its way is refused'],
  ],
  [
    '3: every reconciliation began the time stop anew',
    [core, 'does not move entry times, so a time stop comes when it is due'],
    [core, 'nor does a restart'],
    [core, 'has the time of the fill that opened it, not that of the query'],
  ],
  [
    '4: an entry that filled after it was seen flat had no price and no time, hence no stop',
    [core, 'has its price and its time, so that stops protect it'],
    [core, 'is stopped out by a loss'],
  ],
  [
    '5: a dex that did not answer was read as a dex without positions',
    [core, 'wipes nothing'],
    [venue, 'makes the whole query a failed one: its positions are not gone'],
  ],
  [
    '6: a repriced order was sent at its full size, a late fill of the old one ignored',
    [core, 'sends what is left, and giving up keeps what filled'],
    [core, 'counts a late fill of the order that was replaced'],
    [core, 'takes "already filled" for no answer about fills'],
  ],
  [
    '7: an exit that filled in part counted as flat, and could flip',
    [core, 'is not flat, goes on with the rest, and can never flip'],
  ],
  [
    '8: a refusal whose body is a text was taken for success',
    [venue, 'of a refusal, whose body is a text, refuses every order in it'],
    [venue, 'that says ok is not yet an order: each verdict is its own'],
    [core, 'is one order in doubt: not a success, not a rollback, not two'],
  ],
  [
    '9: momentum orders carried the tag of another strategy',
    [core, 'is that of the strategy whose instrument it is'],
    [core, 'are booked under the intent that sent their order'],
    ['src/strategies/momentum/momentum.test.ts', 'under its own tag'],
  ],
  [
    '10: shadow needed a key, signed leverages, kept orders pending and never filled an exit',
    [core, 'needs no key, sends nothing and leaves nothing pending'],
    ['src/adapters/venues/hyperliquid/leverage.test.ts', 'leaves alone what it is told to'],
    [core, 'leaves its would-be positions by would-be fills, and keeps nothing pending'],
  ],
  [
    '11: fills of a disconnection were lost, open orders not asked for, and left at the end',
    [core, 'are fetched when the stream is back, and open orders are asked for at the start'],
    [core, 'and a shutdown cancels what rests'],
    [
      'src/adapters/venues/hyperliquid/streams.test.ts',
      'of the snapshot count when they are not older than the start',
    ],
  ],
  [
    '12: books and bars of two venues were mixed under one name',
    [core, 'is the one that was declared: no other stream moves it'],
  ],
  [
    '13: a signal waited for one question after another; bars drifted, books were never too old',
    [core, 'costs one command and no question to the venue'],
    [core, 'end on the minute of the clock, whenever the session began, also in silence'],
    [core, 'of history are finished ones only'],
    [core, 'on a book that is too old begins nothing'],
  ],
  [
    '14: the loss limit began with the process, forgot at a restart, did not flatten, failed open',
    [core, 'measure from the day’s start, not from the process’s, and survive a restart'],
    [core, 'may flatten, and a restart after a trip is as protected as before it'],
    [core, 'do not fail open when the market is silent'],
    [core, 'and a pause can be given and taken back while running'],
  ],
  [
    '15: coins of a dex could not be asked for, 0 counted as unset, everybody could command',
    [control, 'finds coins by their exact name, a dex prefix included'],
    [core, 'is a threshold, not the absence of one'],
    ['src/strategies/reversion/adjustments.test.ts', 'take 0 as a value, not as unset'],
    [control, 'belongs to its owner, as does the token'],
  ],
]

const others: readonly Defect[] = [
  [
    'spot: an error while sending an exit ended the program',
    ['src/core/engine/strategy-failure.test.ts', 'may still close what is held'],
  ],
  [
    'spot: an entry that rests counted as filled',
    [core, 'an order that was accepted is no position'],
  ],
  [
    'spot: exits never cleared, for nobody heard of their fills',
    ['src/core/engine/orders.test.ts', 'are sized from the position when each order is sent'],
  ],
  [
    'spot: the sweep canceled every order there was',
    [core, 'the watchdog cancels the order it cares for and no other'],
  ],
  [
    'spot: caps let shorts pass and stopped covers',
    [core, 'caps bind shorts as well, and never a cover'],
  ],
  ['spot: a halt blocked exits', [core, 'a halt does not block exits']],
  [
    'spot: a submit in doubt was sent again, and its duplicate read as a refusal',
    [core, 'a submit is never repeated under its own id'],
  ],
  ['spot: ids of the same second collided', [core, 'ids never collide, whatever the clock says']],
  [
    'pairs: the hedge did not know beta',
    [pairs, 'sells a rich spread: the first leg, then of the other beta times what filled'],
  ],
  [
    'pairs: two holders of one leg, by names with and without a prefix',
    [pairs, 'leaves a leg alone that another pair holds'],
    ['src/app/config/companions.test.ts', 'must have instruments, each its own'],
  ],
  [
    'pairs: dust was closed again and again',
    [core, 'a close that is refused for ever is not tried for ever at full speed'],
  ],
  [
    'pairs: a close in part counted as whole',
    [core, 'a close that fills in part leaves the rest held'],
  ],
  [
    'pairs: the end of an unwinding was not looked at, and a restart forgot everything',
    [pairTrade, 'is never left with a leg, and goes on from a copy as from itself'],
  ],
  [
    'pairs: each program set a leverage of its own on the shared account',
    ['src/adapters/venues/hyperliquid/leverage.test.ts', 'is cross on native coins'],
  ],
  [
    'system: money was a float',
    [core, 'counts money in integers: a thousand odd fills leave no dust'],
  ],
  [
    'system: nothing was kept',
    [promises, 'comes back to the state its journal holds, whole or from its snapshot'],
  ],
  [
    'system: what was tried on history was not what ran',
    [promises, 'concludes the same from a live session’s market data in a backtest'],
  ],
  [
    'system: anybody in the network could send alerts',
    ['src/app/server/dashboard-server.test.ts', 'without it every page, resource and file'],
  ],
]

/**
 * Of parts that are not here: options; equities with their sectors, trading hours, daily bars under
 * stops of minutes and shorts of fractions; a supervisor; daemons that read each other's logs; a
 * poll of books beside the streams.
 */
describe.each([
  ['of perpetuals', perpetuals],
  ['of the other engines', others],
])('the defects %s', (_, defects) => {
  it.each(defects.map((defect) => [defect[0], defect] as const))('%s', (_name, [, ...tests]) => {
    for (const [file, name] of tests) {
      expect(existsSync(join(root, file)), file).toBe(true)
      expect(readFileSync(join(root, file), 'utf8'), file).toContain(name)
    }
  })
})
