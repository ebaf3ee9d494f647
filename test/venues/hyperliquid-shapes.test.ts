import { signUserSignedAction } from '@nktkas/hyperliquid/signing'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, test } from 'vitest'
import { wholeUniverse } from '../../src/app/simulators/market/generator.ts'
import { pickInstruments } from '../../src/app/simulators/market/universe.ts'
import { type Bench, createBench, limit, listen, testKey } from './hyperliquid-bench.ts'
import {
  hasVectors,
  readRecordedReply,
  readVector,
  shapeOf,
  vectorsNote,
} from './hyperliquid-shared.ts'

const coins = ['BTC', 'ETH', 'xyz:SP500', 'flx:OIL']
const agentAddress = `0x${'aa'.repeat(20)}`

/** Sends an action that is signed field by field. */
async function send(bench: Bench, primaryType: string, action: Record<string, unknown>) {
  bench.run(10_000)
  const nonce = Math.floor(bench.now() / 1000)
  const whole = { ...action, signatureChainId: '0x66eee', hyperliquidChain: 'Mainnet', nonce }
  const spelled: Record<string, { name: string; type: string }[]> = {
    UsdClassTransfer: [
      { name: 'hyperliquidChain', type: 'string' },
      { name: 'amount', type: 'string' },
      { name: 'toPerp', type: 'bool' },
      { name: 'nonce', type: 'uint64' },
    ],
    ApproveAgent: [
      { name: 'hyperliquidChain', type: 'string' },
      { name: 'agentAddress', type: 'address' },
      { name: 'agentName', type: 'string' },
      { name: 'nonce', type: 'uint64' },
    ],
  }
  const signature = await signUserSignedAction({
    wallet: privateKeyToAccount(testKey),
    action: whole as never,
    types: { [`HyperliquidTransaction:${primaryType}`]: spelled[primaryType]! },
  })
  const reply = await bench.http('/exchange', { action: whole, nonce, signature })
  expect(JSON.parse(reply.body)).toMatchObject({ status: 'ok' })
}

/** Every path of the recorded payload is in ours, with the same kind of value. */
function expectCovers(ours: unknown, recorded: unknown, unlike: readonly string[] = []): void {
  const mine = shapeOf(ours)
  for (const [path, kind] of Object.entries(shapeOf(recorded))) {
    if (!unlike.includes(path)) expect(mine[path], path).toBe(kind)
  }
}

describe.skipIf(!hasVectors)(`further replies against recorded payloads${vectorsNote}`, () => {
  let bench: Bench
  const ask = (body: object): Promise<never> => bench.info(body)

  beforeAll(async () => {
    const instruments = pickInstruments(wholeUniverse(), coins).filter((each) => each !== null)
    bench = createBench({
      market: { kind: 'generated', instruments, model: 'zeroEdge', historyMinutes: 3 },
    })
    const { BTC } = (await ask({ type: 'allMids' })) as { BTC: string }
    const at = (share: number) => String(Math.round(Number(BTC) * share))
    const child = (tpsl: string, triggerPx: string) => ({
      ...limit({ isBuy: false, price: at(0.8), size: '0.01', reduceOnly: true }),
      t: { trigger: { isMarket: true, triggerPx, tpsl } },
    })
    const parent = limit({ isBuy: true, price: at(0.95), size: '0.01' })
    const orders = [parent, child('tp', at(1.1)), child('sl', at(0.9))]
    await bench.act({ type: 'order', orders, grouping: 'normalTpsl' })
    await send(bench, 'UsdClassTransfer', { type: 'usdClassTransfer', amount: '12', toPerp: false })
    await send(bench, 'ApproveAgent', { type: 'approveAgent', agentAddress, agentName: 'ok' })
  })

  test('trigger orders and the parent that shows them as children', async () => {
    const recorded = readRecordedReply('test_get_frontend_open_orders', 'frontendOpenOrders')
    const byKind = (orders: unknown, isTrigger: boolean) =>
      (orders as { isTrigger: boolean }[]).find((order) => order.isTrigger === isTrigger)
    const ours = await ask({ type: 'frontendOpenOrders', user: bench.user })
    expectCovers(byKind(ours, true), byKind(recorded, true), ['.limitPx', '.triggerPx'])
    expectCovers(byKind(ours, false), byKind(recorded, false))
    const [first] = ours as { triggerCondition: string; orderType: string; tif: null }[]
    expect(first!.triggerCondition).toMatch(/^Price (above|below) \d+$/)
    expect([first!.orderType, first!.tif]).toEqual(['Stop Market', null])
  })

  test('agents, roles and ledger rows', async () => {
    const agents = await ask({ type: 'extraAgents', user: bench.user })
    expectCovers(agents, readRecordedReply('test_extra_agents', 'extraAgents'))
    const role = await ask({ type: 'userRole', user: agentAddress })
    expect(role).toEqual({ role: 'agent', data: { user: bench.user } })
    const type = 'userNonFundingLedgerUpdates'
    const recorded = readRecordedReply(
      'test_user_non_funding_ledger_updates_without_end_time',
      type,
    ) as { delta: { type: string } }[]
    const ours = (await ask({ type, user: bench.user, startTime: 0 })) as typeof recorded
    for (const kind of ['deposit', 'accountClassTransfer']) {
      const of = (rows: typeof recorded) => rows.find(({ delta }) => delta.type === kind)
      expectCovers(of(ours), of(recorded))
    }
  })

  test('spot balances and tokens', async () => {
    const { balances } = (await ask({ type: 'spotClearinghouseState', user: bench.user })) as {
      balances: object[]
    }
    const recorded = readVector('nautilus/http_spot_clearinghouse_state.json') as {
      balances: object[]
    }
    expectCovers(balances[0], recorded.balances[0])
    const { tokens } = (await ask({ type: 'spotMeta' })) as { tokens: { index: number }[] }
    const meta = readVector('nautilus/http_spot_meta_non_usdc_collateral.json') as {
      tokens: { index: number; name: string; szDecimals: number; weiDecimals: number }[]
    }
    for (const token of meta.tokens) {
      const { index, name, szDecimals, weiDecimals } = token
      expect(tokens.find((each) => each.index === index)).toMatchObject({
        name,
        szDecimals,
        weiDecimals,
      })
    }
  })

  test('universes of all dexs and contexts of all their coins', async () => {
    const metas = (await ask({ type: 'allPerpMetas' })) as { collateralToken: number }[]
    const recorded = readVector('nautilus/http_all_perp_metas_non_usdc_collateral.json') as object[]
    expectCovers(metas[0], recorded[0])
    expect(metas.map(({ collateralToken }) => collateralToken)).toEqual([0, 0, 360])
    const client = listen(bench)
    client.send({ method: 'subscribe', subscription: { type: 'allDexsAssetCtxs' } })
    const [frame] = client.of('allDexsAssetCtxs') as { ctxs: [string, object[]][] }[]
    const probed = readVector('nautilus/ws_all_dexs_asset_ctxs.json') as {
      data: { ctxs: [string, object[]][] }
    }
    expect(frame!.ctxs.map(([dex]) => dex)).toEqual(['', 'xyz', 'flx'])
    expectCovers(frame!.ctxs[0]![1][0], probed.data.ctxs[0]![1][0])
  })

  test('the portfolio has the recorded periods', async () => {
    const periods = (rows: unknown) => (rows as [string][]).map(([period]) => period)
    const ours = await ask({ type: 'portfolio', user: bench.user })
    expect(periods(ours)).toEqual(periods(readRecordedReply('test_portfolio', 'portfolio')))
  })
})
