import { createStage, order, type Stage, startMs, testAddress } from './hyperliquid-stage.ts'
import { emptyAccount } from './scripted-venue.ts'

/** A book frame of BTC: 1.0 at 50,000 bid, 2.0 at 50,001 asked. */
export const book = (time: number, changes = {}) => ({
  channel: 'l2Book',
  data: {
    coin: 'BTC',
    time,
    levels: [[{ px: '50000.0', sz: '1.0', n: 1 }], [{ px: '50001.0', sz: '2.0', n: 1 }]],
    ...changes,
  },
})
/** One trade of a trades frame. */
export const trade = (tid: number, time: number, changes = {}) => ({
  coin: 'BTC',
  side: 'B',
  px: '50001.0',
  sz: '0.5',
  time,
  hash: '0x00',
  tid,
  users: ['0x01', '0x02'],
  ...changes,
})
/** One fill of a userFills frame, of the order with id 1. */
export const fill = (tid: number, time: number, changes = {}) => ({
  coin: 'BTC',
  px: '50000.0',
  sz: '0.001',
  side: 'B',
  time,
  startPosition: '0.0',
  dir: 'Open Long',
  closedPnl: '0.0',
  hash: '0x00',
  oid: 9,
  crossed: false,
  fee: '0.0075',
  tid,
  feeToken: 'USDC',
  cloid: `0x${order(1).clientOrderId}`,
  twapId: null,
  ...changes,
})
/** A userFills frame. */
export const fills = (list: readonly unknown[], isSnapshot = false) => ({
  channel: 'userFills',
  data: { user: testAddress, fills: list, ...(isSnapshot ? { isSnapshot } : {}) },
})

/** A stage that is started, with the venue's clock at the start time. */
export async function started(changes = {}): Promise<Stage> {
  const stage = createStage(changes)
  stage.venue.info['clearinghouseState'] = emptyAccount(startMs)
  await stage.start()
  return stage
}
/** Pushes frames and lets them arrive. */
export const pushed = async (stage: Stage, ...frames: readonly unknown[]): Promise<void> => {
  for (const frame of frames) stage.venue.push(frame)
  await stage.environment.run(1)
}
/** Stream events so far, in one line each. */
export const statuses = (stage: Stage): readonly string[] =>
  stage.sink.of('streamStatus').map((e) => `${e.stream} ${e.instrument ?? 'all'} ${e.status}`)
