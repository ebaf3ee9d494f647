import { describe, expect, test } from 'vitest'
import { InputError } from '../../../adapters/mod.ts'
import { readDeposits, readProcessOptions } from './options.ts'

const user = `0x${'Ab'.repeat(20)}`
const read = (...args: string[]) => readProcessOptions(['--state', 'x', ...args], false)

function refusal(...args: string[]): InputError {
  try {
    readProcessOptions(args, false)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return error as InputError
  }
  throw new Error('nothing was refused')
}

describe('the process options', () => {
  test('have the venue’s own defaults', () => {
    expect(read()).toMatchObject({
      port: 0,
      recordings: null,
      slowBookMs: 5400,
      fastBookMs: 540,
      latencyMs: 0,
      enforcesLimits: false,
      faults: null,
      isSupervised: true,
      network: 'mainnet',
    })
  })

  test('read users with their deposit, and recordings', () => {
    const options = read('--user', user, '--deposit', '2500.5', '--market', 'a', '--market', 'b')
    expect(options.users).toEqual([
      { address: user.toLowerCase(), deposit: 250_050_000_000n, deposits: {} },
    ])
    expect(options.recordings).toEqual(['a', 'b'])
  })

  test('read deposits on dexs and at spot, and what to do when a recording is over', () => {
    const options = read('--user', user, '--deposit-at', 'xyz=5', '--deposit-at', 'spot=0.5')
    expect(options.users[0]!.deposits).toEqual({ xyz: 500_000_000n, spot: 50_000_000n })
    expect([options.stopsAtEnd, read('--at-end', 'stop').stopsAtEnd]).toEqual([false, true])
    expect(() => read('--deposit-at', 'xyz')).toThrow('--deposit-at xyz is not usable')
    expect(() => read('--deposit-at', '=5')).toThrow('is not usable')
  })

  test('read the switches for what is not settled', () => {
    expect(read().listing).toEqual({
      integerPrices: 'always',
      reduceOnlySize: 'clamp',
      isolatedFunding: 'margin',
    })
    expect(read('--reduce-only-size', 'refuse').listing.reduceOnlySize).toBe('refuse')
    expect(() => read('--isolated-funding', 'both')).toThrow('--isolated-funding both is not known')
  })

  test('are by default not supervised in a terminal', () => {
    expect(readProcessOptions(['--state', 'x'], true).isSupervised).toBe(false)
    expect(readProcessOptions(['--state', 'x', '--control', 'stdin'], true).isSupervised).toBe(true)
  })

  test.for([
    [['--port', '1'], '--state is missing'],
    [['--state', 'x', '--stat', 'y'], "unknown option '--stat'"],
    [['--state', 'x', '--port', '70000'], '--port 70000 is not usable'],
    [['--state', 'x', '--seed', '1.5'], '--seed 1.5 is not usable'],
    [['--state', 'x', '--model', 'edge'], '--model edge is not known'],
    [['--state', 'x', '--user', '0x12'], '--user 0x12 is not an address'],
    [['--state', 'x', '--deposit', '-1'], '--deposit -1 is not an amount'],
    [['--state', 'x', '--market', 'generated', '--market', 'f'], 'generated and recorded at once'],
    [['--state', 'x', '--faults', '{"replyLost":2}'], '--faults: replyLost is 2'],
    [['--state', 'x', '--faults', '/nowhere/at/all'], 'cannot be read'],
  ] as const)('%j are refused with the flag, the value and what is allowed', ([args, text]) => {
    const error = refusal(...args)
    expect(error.message).toContain(text)
    expect(error.exitCode).toBe(2)
  })

  test('name the nearest spelling of a misspelt fault', () => {
    const error = refusal('--state', 'x', '--faults', '{"replyLst":0.1}')
    expect(error.details[0]).toBe('did you mean replyLost?')
  })
})

describe('deposits', () => {
  const address = `0x${'Ab'.repeat(20)}`

  test('are read as address and amount', () => {
    expect(readDeposits([`${address}=12.5`])).toEqual([
      { address: address.toLowerCase(), deposit: 1_250_000_000n },
    ])
  })

  test.for([
    ['0x12=5', '--deposit 0x12 is not an address'],
    [address, 'is not usable'],
    [`${address}=x`, '--deposit x is not an amount'],
    [`${address}=1=2`, 'is not usable'],
  ] as const)('%s is refused', ([given, words]) => {
    expect(() => readDeposits([given])).toThrow(words)
  })
})
