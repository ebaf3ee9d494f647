import { createAccount } from '../state/account.ts'
import { feeTiers, userRates } from '../state/fees.ts'
import { asAddress } from '../wire/addresses.ts'
import { wireMoney, wireRate } from '../wire/numbers.ts'
import { type InfoHandler, json, wrongShape } from './handler.ts'

const DAY_MS = 86_400_000

/** Spot rates of the volume tiers, the base one first: taker and maker. */
const spotTiers = [
  ['0.0007', '0.0004'],
  ['0.0006', '0.0003'],
  ['0.0005', '0.0002'],
  ['0.0004', '0.0001'],
  ['0.00035', '0.0'],
  ['0.0003', '0.0'],
  ['0.00025', '0.0'],
] as const

const makerTiers = [
  ['0.005', '-0.00001'],
  ['0.015', '-0.00002'],
  ['0.03', '-0.00003'],
] as const

const rows = feeTiers.map(({ volume, takerE9, makerE9 }, i) => ({
  ntlCutoff: wireMoney(volume),
  cross: wireRate(takerE9),
  add: wireRate(makerE9),
  spotCross: spotTiers[i]![0],
  spotAdd: spotTiers[i]![1],
}))
const { ntlCutoff: _, ...base } = rows[0]!

const feeSchedule = {
  ...base,
  tiers: {
    vip: rows.slice(1),
    mm: makerTiers.map(([makerFractionCutoff, rate]) => ({ makerFractionCutoff, add: rate })),
  },
  referralDiscount: '0.04',
  stakingDiscountTiers: [{ bpsOfMaxSupply: '0.0', discount: '0.0' }],
}

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** userFees: rates by the volume of the last 14 days; the exchange's own volume is not known. */
const userFees: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  if (user === null) return wrongShape
  const account = state.accounts.get(user) ?? createAccount(user, -1)
  const rates = userRates(account, state.time)
  return json({
    dailyUserVlm: account.days.map(({ day, taker, maker }) => ({
      date: dayText(day),
      userCross: wireMoney(taker),
      userAdd: wireMoney(maker),
      exchange: '0.0',
    })),
    feeSchedule,
    userCrossRate: wireRate(rates.takerE9),
    userAddRate: wireRate(rates.makerE9),
    userSpotCrossRate: base.spotCross,
    userSpotAddRate: base.spotAdd,
    activeReferralDiscount: '0.0',
    trial: null,
    feeTrialEscrow: '0.0',
    nextTrialAvailableTimestamp: null,
    stakingLink: null,
    activeStakingDiscount: { bpsOfMaxSupply: '0.0', discount: '0.0' },
  })
}

/** userFees. */
export const feeHandlers: Readonly<Record<string, InfoHandler>> = { userFees }
