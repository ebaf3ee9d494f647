import { type Loss, type LossRows, logisticLoss, squaredLoss } from './loss.ts'
import type { TreeParameters } from './parameters.ts'
import { rankingLoss } from './ranking.ts'

/** The loss that the parameters name. */
export function lossOf(parameters: TreeParameters, rows: LossRows): Loss {
  const { loss } = parameters
  if (loss === 'squared') return squaredLoss(rows)
  if (loss === 'logistic') return logisticLoss(rows)
  return rankingLoss(loss, rows, parameters)
}
