import { describe, expect, it } from 'vitest'
import { account } from './conformance/account.ts'
import { loading } from './conformance/loading.ts'
import { placing } from './conformance/placing.ts'
import { begin, type Card } from './conformance/play.ts'
import { replacing } from './conformance/replacing.ts'
import type { ConformanceSetup, ConformanceStage } from './conformance/stage.ts'
import { streams } from './conformance/streams.ts'
import { unknowns } from './conformance/unknowns.ts'

/** All cards by their numbers. */
const cards: readonly Card[] = [
  ...placing,
  ...replacing,
  ...unknowns,
  ...streams,
  ...account,
  ...loading,
].sort((a, b) => (a.id < b.id ? -1 : 1))

/**
 * Declares one test per card: what the core relies on in every adapter. Each card opens its own
 * venue. Skipped cards show their reason.
 */
export function venueConformance(name: string, setup: ConformanceSetup): void {
  describe(`${name}: venue conformance`, () => {
    for (const card of cards) {
      if (setup.cards !== undefined && !setup.cards.includes(card.id)) continue
      const reason = setup.skips?.[card.id]
      if (reason !== undefined) {
        it.skip(`${card.id} ${card.title} (skipped: ${reason})`)
        continue
      }
      it(`${card.id} ${card.title}`, () => playCard(card.id, setup))
    }
  })
}

/** Plays one card; rejects when the adapter does not conform. For negative controls. */
export async function playCard(id: string, setup: ConformanceSetup): Promise<void> {
  const card = cards.find((each) => each.id === id)
  if (card === undefined) throw new Error(`there is no card ${id}`)
  const stage = await setup.open({ beforeFunding: card.beforeFunding === true })
  try {
    await card.play(await begin(stage, setup))
    expectSoundness(stage)
  } finally {
    await stage.close()
  }
}

/** What holds after every card: time runs forward, secrets stay inside, one id is one execution. */
function expectSoundness(stage: ConformanceStage): void {
  const { receivedTimes, events } = stage.sink
  const contents = new Map<string, unknown>()
  for (const { execution } of stage.sink.of('executed')) {
    const known = contents.get(execution.executionId)
    if (known !== undefined) expect(execution).toEqual(known)
    contents.set(execution.executionId, execution)
  }
  for (let i = 1; i < receivedTimes.length; i++) {
    expect(receivedTimes[i]!).toBeGreaterThanOrEqual(receivedTimes[i - 1]!)
  }
  const text = JSON.stringify(events, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  for (const secret of stage.secrets) {
    expect(text.toLowerCase()).not.toContain(secret.toLowerCase().replace(/^0x/, ''))
  }
}
