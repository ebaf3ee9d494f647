import { recoverTypedDataAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  createStage,
  finish,
  type Stage,
  testAddress,
} from '../../../../test/support/hyperliquid-stage.ts'
import { MONEY_UNIT, type Money } from '../../../core/mod.ts'
import type { AssetTransfer } from './options.ts'

const master = `0x${'a'.repeat(40)}`
const usdc = '0x6d1e7cde53ba9467b783cb7c530ce054'
const ok = { status: 'ok', response: { type: 'default' } }
const amount: Money = 12n * MONEY_UNIT + MONEY_UNIT / 2n

function treasury(changes: Parameters<typeof createStage>[0] = {}): Stage {
  const stage = createStage({ isTestnet: false, ...changes })
  const { info, exchange } = stage.venue
  info['perpDexs'] = [null, { name: 'xyz', deployerFeeScale: '1.0' }]
  info['spotMeta'] = { tokens: [{ name: 'USDC', index: 0, tokenId: usdc }] }
  exchange['usdClassTransfer'] = ok
  exchange['sendAsset'] = ok
  return stage
}
const sent = (stage: Stage): readonly Record<string, unknown>[] =>
  stage.venue.requests.filter(({ path }) => path === '/exchange').map(({ body }) => body)
const send = (stage: Stage, changes: Partial<AssetTransfer> = {}): Promise<void> => {
  const transfer = { sourceDex: '', destinationDex: 'xyz', token: 'USDC', amount, ...changes }
  return finish(stage.environment, stage.adapter.sendAsset(transfer))
}

/** Who signed a transfer, by the venue's description of what is signed. */
function signerOf(
  body: Record<string, unknown>,
  primaryType: string,
  fields: readonly (readonly [string, string])[],
): Promise<string> {
  const { r, s, v } = body['signature'] as { r: `0x${string}`; s: `0x${string}`; v: number }
  const type = `HyperliquidTransaction:${primaryType}`
  return recoverTypedDataAddress({
    domain: {
      name: 'HyperliquidSignTransaction',
      version: '1',
      chainId: 0x66eee,
      verifyingContract: `0x${'0'.repeat(40)}`,
    },
    types: { [type]: fields.map(([name, kind]) => ({ name, type: kind })) },
    primaryType: type,
    message: body['action'] as Record<string, unknown>,
    signature: { r, s, v: BigInt(v) },
  }).then((address) => address.toLowerCase())
}

describe('a transfer with the account’s own key', () => {
  it('between spot and perpetuals is signed field by field, with a nonce that was saved', async () => {
    const stage = treasury()
    await finish(stage.environment, stage.adapter.transferSpotToPerp(amount))
    await finish(stage.environment, stage.adapter.transferPerpToSpot(MONEY_UNIT))
    const [there, back] = sent(stage)
    expect(there!['action']).toEqual({
      type: 'usdClassTransfer',
      signatureChainId: '0x66eee',
      hyperliquidChain: 'Mainnet',
      amount: '12.5',
      toPerp: true,
      nonce: there!['nonce'],
    })
    expect(back!['action']).toMatchObject({ amount: '1', toPerp: false })
    expect(stage.nonceStore.saved).toEqual([there!['nonce'], back!['nonce']])
    const fields = [
      ['hyperliquidChain', 'string'],
      ['amount', 'string'],
      ['toPerp', 'bool'],
      ['nonce', 'uint64'],
    ] as const
    expect(await signerOf(there!, 'UsdClassTransfer', fields)).toBe(testAddress)
  })

  it('to a builder’s dex names the token by its id', async () => {
    const stage = treasury()
    await send(stage)
    const [body] = sent(stage)
    expect(body!['action']).toMatchObject({
      type: 'sendAsset',
      destination: testAddress,
      sourceDex: '',
      destinationDex: 'xyz',
      token: `USDC:${usdc}`,
      amount: '12.5',
      fromSubAccount: '',
    })
    const strings = ['destination', 'sourceDex', 'destinationDex', 'token', 'amount']
    const fields = ['hyperliquidChain', ...strings, 'fromSubAccount'].map(
      (name) => [name, 'string'] as const,
    )
    expect(await signerOf(body!, 'SendAsset', [...fields, ['nonce', 'uint64']])).toBe(testAddress)
  })

  it('of a sub-account is signed by its master and says so', async () => {
    const stage = treasury({ userAddress: master })
    stage.venue.info['userRole'] = { role: 'subAccount', data: { master: testAddress } }
    await finish(stage.environment, stage.adapter.transferSpotToPerp(amount))
    await send(stage)
    const [transfer, asset] = sent(stage).map(({ action }) => action)
    expect(transfer).toMatchObject({ amount: `12.5 subaccount:${master}` })
    expect(asset).toMatchObject({ destination: master, fromSubAccount: master })
  })

  it.each([
    ['Insufficient balance for token transfer'],
    ['Action disabled when unified account is active'],
    ['Must deposit before performing actions. User: 0x1'],
  ])('that the venue refuses with "%s" throws its words', async (text) => {
    const stage = treasury()
    stage.venue.exchange['sendAsset'] = { status: 'err', response: text }
    await expect(send(stage)).rejects.toMatchObject({
      code: 'VENUE_REFUSED',
      disposition: 'fatal',
      message: expect.stringContaining(text) as unknown,
    })
  })

  it('whose reply is lost may have been carried out, and is not repeated', async () => {
    const stage = treasury()
    stage.faults.http = ({ path }) => (path === '/exchange' ? 'loseReply' : 'none')
    await expect(send(stage)).rejects.toMatchObject({ disposition: 'unknown' })
    expect(sent(stage)).toHaveLength(1)
  })
})

describe('a transfer that cannot be', () => {
  it.each([
    ['with an agent’s key', { role: 'user' }, /agents may only trade: the key of 0xdb00/],
    ['for somebody’s sub-account', { role: 'subAccount', data: { master } }, /agents may only/],
  ])('%s is refused before anything is sent', async (_, role, words) => {
    const stage = treasury({ userAddress: master })
    stage.venue.info['userRole'] = role
    await expect(send(stage)).rejects.toThrow(words)
    const moved = finish(stage.environment, stage.adapter.transferSpotToPerp(amount))
    await expect(moved).rejects.toThrow(words)
    expect(sent(stage)).toEqual([])
    expect(stage.nonceStore.saved).toEqual([])
  })

  it.each([
    ['without a key', {}, { privateKey: null }, 'this session has no key'],
    ['of nothing', { amount: 0n }, {}, 'an amount of 0 is nothing to move'],
    ['of less than nothing', { amount: -1n }, {}, 'an amount of -1 is nothing to move'],
    ['from a dex to itself', { destinationDex: '' }, {}, 'from'],
    ['to a dex in the wrong case', { destinationDex: 'XYZ' }, {}, 'nearest: xyz (names are case'],
    ['of a token nobody lists', { token: 'USDD' }, {}, '"USDD" is not a token of the venue'],
  ])('%s is refused before anything is sent', async (_, changes, options, words) => {
    const stage = treasury(options)
    await expect(send(stage, changes)).rejects.toThrow(words)
    expect(sent(stage)).toEqual([])
    expect(stage.nonceStore.saved).toEqual([])
  })
})
