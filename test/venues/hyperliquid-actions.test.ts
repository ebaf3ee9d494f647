import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveVenue, type VenueServer } from '../../src/app/simulators/hyperliquid/server.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import { wholeUniverse } from '../../src/app/simulators/market/generator.ts'
import { pickInstruments } from '../../src/app/simulators/market/universe.ts'
import { benchOptions, otherKey, testKey } from './hyperliquid-bench.ts'

const wallet = privateKeyToAccount(testKey)
const user = wallet.address
const stranger = privateKeyToAccount(otherKey).address
const usdc = 'USDC:0x6d1e7cde53ba9467b783cb7c530ce054'
const coins = ['BTC', 'ETH', 'xyz:SP500', 'flx:OIL']
const SP500 = 110_000
const now = () => Math.floor((performance.timeOrigin + performance.now()) * 1000)
const ok = { status: 'ok', response: { type: 'default' } }

let venue: HyperliquidVenue
let server: VenueServer
let transport: HttpTransport
let exchange: ExchangeClient
let info: InfoClient
let mid = 0

beforeAll(async () => {
  const instruments = pickInstruments(wholeUniverse(), coins).filter((each) => each !== null)
  venue = createHyperliquidVenue({
    ...benchOptions(now, {
      market: { kind: 'generated', instruments, model: 'zeroEdge', historyMinutes: 3 },
      rules: { scheduleCancelVolume: 0 },
      network: 'any',
    }),
    startTime: now() - 20_000_000,
  })
  server = await serveVenue(venue, { port: 0, now, stepMs: 5, failed: () => {} })
  transport = new HttpTransport({ apiUrl: `http://127.0.0.1:${server.port}` })
  exchange = new ExchangeClient({ transport, wallet })
  info = new InfoClient({ transport })
  mid = Math.round(Number((await info.allMids())['BTC']))
})

afterAll(async () => {
  venue.close()
  await server.close()
})

const order = (a: number, changes: Record<string, unknown> = {}) => ({
  a,
  b: true,
  p: String(Math.round(mid * 0.9)),
  s: '0.01',
  r: false,
  t: { limit: { tif: 'Gtc' as const } },
  ...changes,
})
const stateOf = (dex = '') => info.clearinghouseState({ user, dex })
const restingOid = async (): Promise<number> => {
  const reply = await exchange.order({ orders: [order(0)], grouping: 'na' })
  const [status] = reply.response.data.statuses
  return (status as { resting: { oid: number } }).resting.oid
}

describe('the public client, action by action', () => {
  test('order with a builder, once its fee is approved', async () => {
    const builder = { b: stranger, f: 10 }
    const place = () => exchange.order({ orders: [order(0)], grouping: 'na', builder })
    await expect(place()).rejects.toThrow('Builder fee has not been approved.')
    expect(await exchange.approveBuilderFee({ maxFeeRate: '0.01%', builder: stranger })).toEqual(ok)
    expect(await info.maxBuilderFee({ user, builder: stranger })).toBe(10)
    expect((await place()).response.data.statuses).toHaveLength(1)
  })

  test('modify and batchModify, also to an order that takes', async () => {
    const oid = await restingOid()
    expect(await exchange.modify({ oid, order: order(0, { p: String(mid - 3000) }) })).toEqual(ok)
    const next = await restingOid()
    const crossing = order(0, { p: String(Math.round(mid * 1.02)) })
    await expect(
      exchange.batchModify({ modifies: [{ oid: next, order: crossing }] }),
    ).rejects.toThrow('Post only order would have immediately matched')
  })

  test('cancel, cancelByCloid and scheduleCancel', async () => {
    const c = `0x${'ab'.repeat(16)}` as const
    await exchange.order({ orders: [order(0, { c })], grouping: 'na' })
    await exchange.cancelByCloid({ cancels: [{ asset: 0, cloid: c }] })
    await exchange.cancel({ cancels: [{ a: 0, o: await restingOid() }] })
    await expect(exchange.scheduleCancel({ time: Date.now() + 1000 })).rejects.toThrow()
    expect(await exchange.scheduleCancel({ time: Date.now() + 60_000 })).toEqual(ok)
    expect(await exchange.scheduleCancel()).toEqual(ok)
  })

  test('sendAsset brings collateral to a builder’s dex, where it can be traded with', async () => {
    const p = String(Math.round(Number((await info.allMids({ dex: 'xyz' }))['xyz:SP500']) * 1.01))
    const buy = order(SP500, { p, s: '0.1', t: { limit: { tif: 'Ioc' } } })
    await expect(exchange.order({ orders: [buy], grouping: 'na' })).rejects.toThrow(
      `Insufficient margin to place order. asset=${SP500}`,
    )
    const sending = {
      destination: user,
      sourceDex: '',
      destinationDex: 'xyz',
      token: usdc,
    } as const
    expect(await exchange.sendAsset({ ...sending, amount: '500' })).toEqual(ok)
    await exchange.order({ orders: [buy], grouping: 'na' })
    const { assetPositions } = await stateOf('xyz')
    expect(assetPositions[0]!.position).toMatchObject({
      coin: 'xyz:SP500',
      leverage: { type: 'isolated', rawUsd: expect.any(String) },
    })
    await expect(exchange.sendAsset({ ...sending, amount: '99999999' })).rejects.toThrow(
      'Insufficient balance for token transfer',
    )
  })

  test('leverage and isolated margin', async () => {
    expect(await exchange.updateLeverage({ asset: 0, isCross: true, leverage: 20 })).toEqual(ok)
    await expect(
      exchange.updateLeverage({ asset: SP500, isCross: true, leverage: 5 }),
    ).rejects.toThrow('Cross margin is not allowed for this asset.')
    await expect(
      exchange.updateLeverage({ asset: 0, isCross: true, leverage: 41 }),
    ).rejects.toThrow('Invalid leverage value')
    const margin = { asset: SP500, isBuy: true }
    expect(await exchange.updateIsolatedMargin({ ...margin, ntli: 10_000_000 })).toEqual(ok)
    await expect(exchange.updateIsolatedMargin({ ...margin, ntli: 0 })).rejects.toThrow(
      'Update to isolated margin cannot be zero.',
    )
    await expect(exchange.updateIsolatedMargin({ asset: 1, isBuy: true, ntli: 1 })).rejects.toThrow(
      'Cannot update margin for empty position.',
    )
    expect(await exchange.topUpIsolatedOnlyMargin({ asset: SP500, leverage: '3' })).toEqual(ok)
  })

  test('TWAPs', async () => {
    const twap = { a: 0, b: true, s: '0.02', r: false, m: 5, t: false }
    const started = await exchange.twapOrder({ twap })
    const status = started.response.data.status as { running: { twapId: number } }
    const t = status.running.twapId
    expect((await exchange.twapCancel({ a: 0, t })).response.data.status).toBe('success')
    await expect(exchange.twapCancel({ a: 0, t })).rejects.toThrow(
      'TWAP was never placed, already canceled, or filled.',
    )
  })

  test('transfers between sides and users, and out of the venue', async () => {
    expect(await exchange.usdClassTransfer({ amount: '100', toPerp: false })).toEqual(ok)
    const { balances } = await info.spotClearinghouseState({ user })
    expect(balances).toEqual([
      { coin: 'USDC', token: 0, total: '100.0', hold: '0.0', entryNtl: '0.0' },
    ])
    const send = { destination: stranger, token: usdc, amount: '10' } as const
    expect(await exchange.spotSend(send)).toEqual(ok)
    expect(await exchange.usdSend({ destination: stranger, amount: '25' })).toEqual(ok)
    expect(await exchange.withdraw3({ destination: user, amount: '5' })).toEqual(ok)
    await expect(exchange.withdraw3({ destination: user, amount: '99999999' })).rejects.toThrow(
      'Insufficient balance for withdrawal',
    )
    const rows = await info.userNonFundingLedgerUpdates({ user, startTime: 0 })
    expect(rows.map(({ delta }) => delta.type)).toEqual([
      'deposit',
      'send',
      'accountClassTransfer',
      'spotTransfer',
      'internalTransfer',
      'withdraw',
    ])
    const other = await info.clearinghouseState({ user: stranger })
    expect(other.marginSummary.accountValue).toBe('25.0')
  })

  test('a sub-account trades for itself', async () => {
    const created = await exchange.createSubAccount({ name: 'hedge' })
    const subAccountUser = created.response.data
    const funds = { subAccountUser, isDeposit: true, usd: 1_000_000_000 }
    expect(await exchange.subAccountTransfer(funds)).toEqual(ok)
    const own = new ExchangeClient({ transport, wallet, defaultVaultAddress: subAccountUser })
    await own.order({ orders: [order(0)], grouping: 'na' })
    expect(await info.openOrders({ user: subAccountUser })).toHaveLength(1)
    const role = await info.userRole({ user: subAccountUser })
    expect(role).toEqual({ role: 'subAccount', data: { master: user.toLowerCase() } })
    const [listed] = (await info.subAccounts({ user }))!
    expect(listed).toMatchObject({ name: 'hedge', subAccountUser })
  })

  test('an agent trades for its master and moves no money', async () => {
    const agent = privateKeyToAccount(generatePrivateKey())
    const named = { agentAddress: agent.address, agentName: 'robot' }
    expect(await exchange.approveAgent(named)).toEqual(ok)
    const robot = new ExchangeClient({ transport, wallet: agent })
    const reply = await robot.order({ orders: [order(0)], grouping: 'na' })
    expect(reply.response.data.statuses[0]).toHaveProperty('resting')
    await expect(robot.usdSend({ destination: stranger, amount: '1' })).rejects.toThrow(
      `Must deposit before performing actions. User: ${agent.address.toLowerCase()}`,
    )
    expect(await info.extraAgents({ user })).toMatchObject([{ name: 'robot' }])
  })

  test('switches and the rest', async () => {
    expect(await exchange.noop({ nonce: Date.now() + 60_000 })).toEqual(ok)
    expect(await exchange.setReferrer({ code: 'TEST' })).toEqual(ok)
    await expect(exchange.setReferrer({ code: 'TEST' })).rejects.toThrow()
    expect(await exchange.reserveRequestWeight({ weight: 100 })).toEqual(ok)
    expect((await info.userRateLimit({ user })).nRequestsSurplus).toBe(100)
    expect(await exchange.agentEnableDexAbstraction()).toEqual(ok)
    expect(await exchange.userDexAbstraction({ user, enabled: false })).toEqual(ok)
    expect(await exchange.agentSetAbstraction({ abstraction: 'u' })).toEqual(ok)
    expect(await info.userAbstraction({ user })).toBe('unifiedAccount')
    await expect(exchange.usdClassTransfer({ amount: '1', toPerp: true })).rejects.toThrow(
      'Action disabled when unified account is active',
    )
    expect(await exchange.userSetAbstraction({ user, abstraction: 'disabled' })).toEqual(ok)
  })

  test('what is not simulated says so', async () => {
    await expect(
      exchange.vaultTransfer({ vaultAddress: stranger, isDeposit: true, usd: 1 }),
    ).rejects.toThrow('vaultTransfer is not simulated.')
  })

  test('signed for the other chain it is taken too, when either is', async () => {
    const testnet = new HttpTransport({
      apiUrl: `http://127.0.0.1:${server.port}`,
      isTestnet: true,
    })
    const client = new ExchangeClient({ transport: testnet, wallet })
    expect(await client.noop({ nonce: Date.now() + 61_000 })).toEqual(ok)
    expect(await client.usdSend({ destination: stranger, amount: '1' })).toEqual(ok)
  })
})
