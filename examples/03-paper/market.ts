import { startVenueProcess, type VenueProcess } from '../../src/app/mod.ts'

/** A simulated Hyperliquid on loopback whose market is generated; nobody trades at it here. */
export const startMarket = (stateDirectory: string): Promise<VenueProcess> =>
  startVenueProcess({
    stateDirectory,
    seed: 1,
    market: 'generated',
    model: 'plantedEdge',
    user: `0x${'1'.repeat(40)}`,
    deposit: 1000,
    died: (text) => {
      throw new Error(text)
    },
  })
