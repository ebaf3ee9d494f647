import { MONEY_DECIMALS, MONEY_UNIT, type Money } from '../../../../core/mod.ts'
import { WIRE_MONEY_DECIMALS } from '../wire/numbers.ts'

/** From a position value on, at most this leverage. */
export interface MarginTier {
  readonly lowerBound: Money
  readonly maximumLeverage: number
}

/** A coin's margin tiers, lowest bound (0) first, leverages falling. */
export interface MarginTable {
  /** Below 50 it is the leverage of the only tier, as at the venue. */
  readonly id: number
  readonly description: string
  readonly tiers: readonly MarginTier[]
}

/** The table of a coin without tiers. */
export const flatTable = (leverage: number): MarginTable => ({
  id: leverage,
  description: '',
  tiers: [{ lowerBound: 0n, maximumLeverage: leverage }],
})

const tiered = (
  id: number,
  description: string,
  [least, bound, most]: readonly [number, number, number],
): MarginTable => ({
  id,
  description,
  tiers: [
    { lowerBound: 0n, maximumLeverage: least },
    { lowerBound: BigInt(bound) * MONEY_UNIT, maximumLeverage: most },
  ],
})

/** The venue's tiered tables (its documentation, "Margin tiers"). */
export const tieredTables = {
  tenSmall: tiered(51, 'tiered 10x', [10, 3_000_000, 5]),
  ten: tiered(52, 'tiered 10x (2)', [10, 20_000_000, 5]),
  twenty: tiered(53, 'tiered 20x', [20, 40_000_000, 10]),
  twentyLarge: tiered(54, 'tiered 20x (2)', [20, 70_000_000, 10]),
  twentyFive: tiered(55, 'tiered 25x', [25, 100_000_000, 15]),
  forty: tiered(56, 'tiered 40x', [40, 150_000_000, 20]),
} as const

const WIRE_STEP = 10n ** BigInt(MONEY_DECIMALS - WIRE_MONEY_DECIMALS)

/** Highest leverage that a position of this value may have. */
export function leverageCap(table: MarginTable, value: Money): number {
  let cap = table.tiers[0]!.maximumLeverage
  for (const tier of table.tiers) if (value > tier.lowerBound) cap = tier.maximumLeverage
  return cap
}

/** An amount divided by a leverage, cut off at the digits the venue prints. */
export const shareDown = (value: Money, leverage: number): Money =>
  (value / (BigInt(leverage) * WIRE_STEP)) * WIRE_STEP

/**
 * Maintenance margin of a position: of each tier's part of its value, half the initial margin at
 * the tier's highest leverage (the venue's "rate minus deduction"), cut off at the digits printed.
 */
export function maintenanceMargin(table: MarginTable, value: Money): Money {
  const { tiers } = table
  const common = tiers.reduce((product, tier) => product * BigInt(2 * tier.maximumLeverage), 1n)
  let scaled = 0n
  tiers.forEach(({ lowerBound, maximumLeverage }, i) => {
    const end = tiers[i + 1]?.lowerBound ?? value
    const part = (end < value ? end : value) - lowerBound
    if (part > 0n) scaled += part * (common / BigInt(2 * maximumLeverage))
  })
  return (scaled / (common * WIRE_STEP)) * WIRE_STEP
}

/** A tier as a line: maintenance = rate x value - deduction, from `from` up to `to`. */
export interface MaintenanceLine {
  readonly rate: number
  /** Currency units. */
  readonly deduction: number
  readonly from: number
  readonly to: number
}

/** The tiers of a table as lines in currency units, for solving; never for the ledger. */
export function maintenanceLines(table: MarginTable): readonly MaintenanceLine[] {
  let deduction = 0
  return table.tiers.map(({ lowerBound, maximumLeverage }, i) => {
    const from = Number(lowerBound / MONEY_UNIT)
    const rate = 1 / (2 * maximumLeverage)
    const before = table.tiers[i - 1]
    if (before !== undefined) deduction += from * (rate - 1 / (2 * before.maximumLeverage))
    const next = table.tiers[i + 1]
    const to = next === undefined ? Number.POSITIVE_INFINITY : Number(next.lowerBound / MONEY_UNIT)
    return { rate, deduction, from, to }
  })
}
