/** Why leverage, isolated margin or a transfer is refused. */
export type MoneyRefusal = keyof typeof moneyTexts

/** The venue's own words for it; those the public record does not settle are marked. */
export const moneyTexts = {
  leverage: 'Invalid leverage value',
  leverageType: 'Cannot switch leverage type with open position.',
  crossNotAllowed: 'Cross margin is not allowed for this asset.',
  isolatedMargin:
    'Isolated position does not have sufficient margin available to decrease leverage. To decrease leverage, add margin to the position.',
  crossMargin:
    'Cross position does not have sufficient margin available to decrease leverage. To decrease leverage, deposit more collateral.',
  emptyPosition: 'Cannot update margin for empty position.',
  notIsolated: 'Position does not use isolated margin.',
  noMarginToAdd: 'Account does not have sufficient margin available for increase.',
  noMarginToTake: 'Position does not have sufficient margin for reduction.',
  zeroMargin: 'Update to isolated margin cannot be zero.',
  withdrawal: 'Insufficient balance for withdrawal',
  tokenTransfer: 'Insufficient balance for token transfer',
  /** Unsettled. */
  unknownDex: 'Invalid perp DEX.',
  /** Unsettled. */
  unknownToken: 'Invalid token.',
  /** Unsettled: a dex takes nothing but its collateral. */
  wrongCollateral: 'Token is not the collateral of the perp DEX.',
  /** Unsettled. */
  zeroAmount: 'Invalid amount.',
  /** Unsettled. */
  selfTransfer: 'Cannot self-transfer.',
} as const
