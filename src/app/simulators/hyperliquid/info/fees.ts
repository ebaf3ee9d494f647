import { HYPERLIQUID_FEES } from '../../../../adapters/mod.ts'
import { asAddress } from '../wire/json.ts'
import { wireRate } from '../wire/numbers.ts'
import { type InfoHandler, json, wrongShape } from './handler.ts'

/**
 * The venue's public volume tiers: from notional, perpetual taker and maker, spot taker and maker.
 */
const vipTiers = [
  ['5000000.0', '0.0004', '0.00012', '0.0006', '0.0003'],
  ['25000000.0', '0.00035', '0.00008', '0.0005', '0.0002'],
  ['100000000.0', '0.0003', '0.00004', '0.0004', '0.0001'],
  ['500000000.0', '0.00028', '0.0', '0.00035', '0.0'],
  ['2000000000.0', '0.00026', '0.0', '0.0003', '0.0'],
  ['7000000000.0', '0.00024', '0.0', '0.00025', '0.0'],
] as const

const makerTiers = [
  ['0.005', '-0.00001'],
  ['0.015', '-0.00002'],
  ['0.03', '-0.00003'],
] as const

const cross = wireRate(HYPERLIQUID_FEES.takerE9)
const add = wireRate(HYPERLIQUID_FEES.makerE9)
const spotCross = '0.0007'
const spotAdd = '0.0004'

const feeSchedule = {
  cross,
  add,
  spotCross,
  spotAdd,
  tiers: {
    vip: vipTiers.map(([ntlCutoff, ...rates]) => ({
      ntlCutoff,
      cross: rates[0],
      add: rates[1],
      spotCross: rates[2],
      spotAdd: rates[3],
    })),
    mm: makerTiers.map(([makerFractionCutoff, rate]) => ({ makerFractionCutoff, add: rate })),
  },
  referralDiscount: '0.04',
  stakingDiscountTiers: [{ bpsOfMaxSupply: '0.0', discount: '0.0' }],
}

/** userFees: everybody pays the base tier. Daily volumes are not kept. */
const userFees: InfoHandler = (request) => {
  if (asAddress(request['user']) === null) return wrongShape
  return json({
    dailyUserVlm: [],
    feeSchedule,
    userCrossRate: cross,
    userAddRate: add,
    userSpotCrossRate: spotCross,
    userSpotAddRate: spotAdd,
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
