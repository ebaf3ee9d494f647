import { describe, expect, it } from 'vitest'
import {
  createStage,
  order,
  type Stage,
  startMs,
  testAddress,
  testKey,
} from '../../../../test/support/hyperliquid-stage.ts'

const master = `0x${'a'.repeat(40)}`
const stranger = `0x${'b'.repeat(40)}`

/** A stage whose account is `master`, where the key is that of whom the roles say. */
function stageWith(
  roles: Readonly<Record<string, unknown>>,
  agents: readonly unknown[] = [],
): Stage {
  const stage = createStage({ userAddress: master })
  stage.venue.info['userRole'] = ({ user }: { user: string }) => roles[user] ?? { role: 'missing' }
  stage.venue.info['extraAgents'] = agents
  return stage
}
const commands = (stage: Stage): readonly Record<string, unknown>[] =>
  stage.venue.requests.filter(({ path }) => path === '/exchange').map(({ body }) => body)
const agentOf = (user: string) => ({ role: 'agent', data: { user } })

describe('the key', () => {
  it('of the account itself needs no question', async () => {
    const stage = createStage()
    await stage.start()
    expect(stage.venue.requests.map(({ body }) => body['type'])).not.toContain('userRole')
  })

  it('of an approved agent trades for the account', async () => {
    const stage = stageWith({ [master]: { role: 'user' }, [testAddress]: agentOf(master) })
    await stage.start()
    expect(stage.notices).toEqual([])
  })

  it.each([
    ['nobody the venue knows', { role: 'missing' }, 'not an agent (missing)'],
    ['another account', { role: 'user' }, 'not an agent (user)'],
    ['somebody else’s agent', agentOf(stranger), `an agent of ${stranger}`],
  ])('of %s is refused by name before anything is sent', async (_, role, who) => {
    const stage = stageWith({ [master]: { role: 'user' }, [testAddress]: role })
    const error = await stage.start().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'VENUE_CREDENTIALS', disposition: 'fatal' })
    const { message } = error as Error
    for (const part of [testAddress, master, who]) expect(message).toContain(part)
    expect(message).not.toContain(testKey.slice(2))
    expect(commands(stage)).toEqual([])
  })

  it('of an agent that has expired is refused, and one that soon ends is told', async () => {
    const roles = { [master]: { role: 'user' }, [testAddress]: agentOf(master) }
    const agent = (validUntil: number) => [{ name: 'desk', address: testAddress, validUntil }]
    const old = stageWith(roles, agent(startMs - 1))
    await expect(old.start()).rejects.toThrow(/agent .* \(desk\) of .* has expired/)
    const ending = stageWith(roles, agent(startMs + 5.5 * 3_600_000))
    await ending.start()
    expect(ending.notices).toEqual([
      { code: 'agentExpires', text: `the agent ${testAddress} (desk) ends in 5 h` },
    ])
  })

  it('of a master signs for its sub-account under that one’s address', async () => {
    const stage = stageWith({ [master]: { role: 'subAccount', data: { master: testAddress } } })
    await stage.start()
    stage.venue.exchange['order'] = { status: 'err', response: 'x' }
    stage.adapter.submit(order(1))
    await stage.environment.run(10)
    expect(commands(stage)[0]).toMatchObject({ vaultAddress: master })
  })

  it('is never asked to trade for an agent’s address, whose queries would look empty', async () => {
    const stage = stageWith({ [master]: agentOf(stranger) })
    await expect(stage.start()).rejects.toThrow(/is an agent: name the account/)
  })
})

describe('an account', () => {
  it.each(['unifiedAccount', 'portfolioMargin'])('that is a %s is refused', async (mode) => {
    const stage = createStage()
    stage.venue.info['userAbstraction'] = mode
    await expect(stage.start()).rejects.toMatchObject({
      code: 'VENUE_UNSUPPORTED',
      message: expect.stringContaining(mode),
    })
  })
})
