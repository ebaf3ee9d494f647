import { asAddress } from '../wire/addresses.ts'
import { type InfoHandler, json, wrongShape } from './handler.ts'

/** What the venue answers about things that a user has never touched. */
const untouched =
  (answer: unknown): InfoHandler =>
  (request) =>
    asAddress(request['user']) === null ? wrongShape : json(answer)

const always =
  (answer: unknown): InfoHandler =>
  () =>
    json(answer)

const noHistory = { accountValueHistory: [], pnlHistory: [], vlm: '0.0' }
const periods = ['day', 'week', 'month', 'allTime']
const portfolio = [
  ...periods,
  ...periods.map((name) => `perp${name[0]!.toUpperCase()}${name.slice(1)}`),
]

const auction = {
  startTimeSeconds: 0,
  durationSeconds: 111_600,
  startGas: '500.0',
  currentGas: null,
  endGas: '500.0',
}

/** Staking, vaults and deployments are not simulated: nobody has any. */
export const unusedHandlers: Readonly<Record<string, InfoHandler>> = {
  delegations: untouched([]),
  delegatorHistory: untouched([]),
  delegatorRewards: untouched([]),
  delegatorSummary: untouched({
    delegated: '0.0',
    undelegated: '0.0',
    totalPendingWithdrawal: '0.0',
    nPendingWithdrawals: 0,
  }),
  userVaultEquities: untouched([]),
  leadingVaults: untouched([]),
  userToMultiSigSigners: untouched(null),
  portfolio: untouched(portfolio.map((period) => [period, noHistory])),
  isVip: untouched(false),
  legalCheck: untouched({ acceptedTerms: true, userAllowed: true, restrictions: 'n' }),
  spotDeployState: untouched({ states: [], gasAuction: auction }),
  vaultSummaries: always([]),
  vaultDetails: always(null),
  validatorSummaries: always([]),
  liquidatable: always([]),
  gossipRootIps: always([]),
  outcomeMeta: always({ outcomes: [], questions: [] }),
  perpDeployAuctionStatus: always(auction),
  spotPairDeployAuctionStatus: always(auction),
}
