import type { DexTerms, ListingTerms, PerpTerms } from '../listing-terms.ts'
import { tieredTables } from '../state/margin-table.ts'

/** Two builders' dexs as the venue lists them: one kept in USDC, one in USDH. */
const dexs: readonly DexTerms[] = [
  {
    name: 'xyz',
    fullName: 'XYZ',
    deployer: `0x${'d1'.repeat(20)}`,
    oracleUpdater: null,
    feeRecipient: `0x${'d2'.repeat(20)}`,
    collateral: 0,
    deployerFeeScaleE9: 1_000_000_000,
  },
  {
    name: 'flx',
    fullName: 'Felix Exchange',
    deployer: `0x${'d3'.repeat(20)}`,
    oracleUpdater: `0x${'d4'.repeat(20)}`,
    feeRecipient: null,
    collateral: 360,
    deployerFeeScaleE9: 1_000_000_000,
  },
]

const builder = (digit: string, name: string, fullName: string, collateral: number): DexTerms => ({
  ...{ name, fullName, collateral, deployer: `0x${digit.repeat(40)}` },
  ...{ oracleUpdater: null, feeRecipient: null, deployerFeeScaleE9: 1_000_000_000 },
})

/** Dexs that are listed where one of their coins is. */
const furtherDexs: readonly DexTerms[] = [
  builder('5', 'vntl', 'Ventuals', 360),
  builder('6', 'hyna', 'HyENA', 235),
  builder('7', 'km', 'Markets by Kinetiq', 360),
  builder('8', 'cash', 'dreamcash', 268),
  builder('9', 'para', 'Paragon', 0),
]

const each = (names: string, terms: PerpTerms): Record<string, PerpTerms> =>
  Object.fromEntries(names.split(' ').map((name) => [name, terms]))

const builders = (dex: string, names: string, terms: PerpTerms): Record<string, PerpTerms> =>
  Object.fromEntries(names.split(' ').map((name) => [`${dex}:${name}`, terms]))

/**
 * Terms of the coins that can be generated. Natives have the margin tiers of the venue's
 * documentation. Which builders' coins are isolated only, grow or are capped is plausible, not
 * recorded: equities may not use cross margin, gold and indices do not grow, one equity is strict.
 */
export const knownTerms: ListingTerms = {
  dexs,
  perps: {
    ...each('BTC', { marginTable: tieredTables.forty }),
    ...each('ETH', { marginTable: tieredTables.twentyFive }),
    ...each('SOL', { marginTable: tieredTables.twentyLarge }),
    ...each('XRP', { marginTable: tieredTables.twenty }),
    ...each('DOGE AVAX LINK HYPE LTC AAVE ADA UNI NEAR WIF kPEPE SUI TIA BCH ENA CRV', {
      marginTable: tieredTables.ten,
    }),
    ...each('BNB ARB OP kSHIB DOT LDO', { marginTable: tieredTables.tenSmall }),
    ...builders('xyz', 'HOOD CRCL COIN MSTR AMD PLTR ORCL INTC NFLX AMZN GOOGL META AAPL MSFT MU', {
      marginMode: 'noCross',
      growthMode: true,
      openInterestCap: 50_000_000,
    }),
    ...builders('xyz', 'HIMS RIVN', {
      marginMode: 'strictIsolated',
      growthMode: true,
      openInterestCap: 10_000_000,
    }),
    ...builders('xyz', 'TSLA NVDA SP500 XYZ100 GOLD SILVER CL', {
      marginMode: 'noCross',
      openInterestCap: 150_000_000,
    }),
    ...builders('xyz', 'BRENTOIL NATGAS COPPER EUR JPY', {
      marginMode: 'noCross',
      growthMode: true,
      openInterestCap: 25_000_000,
    }),
    'flx:GAS': { marginMode: 'noCross', openInterestCap: 5_000_000 },
    'flx:OIL': { openInterestCap: 5_000_000 },
  },
}

/** {@link knownTerms}, with the further dexs of these coins. */
export const termsFor = (symbols: readonly string[]): ListingTerms => ({
  ...knownTerms,
  dexs: [
    ...dexs,
    ...furtherDexs.filter(({ name }) => symbols.some((symbol) => symbol.startsWith(`${name}:`))),
  ],
})
