/** Counters since creation; all only grow. */
export interface HyperliquidStatistics {
  /** Market frames read by the byte scanner. */
  framesScanned: number
  /** Market frames the scanner declined and JSON.parse read. */
  framesParsed: number
  /** Frames no reader could make sense of. */
  framesRefused: number
  /** Frames of other channels or of instruments that are not loaded. */
  framesIgnored: number
  historyTradesDropped: number
  duplicateTradesDropped: number
  duplicateExecutionsDropped: number
  historyExecutionsDropped: number
  /** Fills, orders and positions of the account outside the loaded universe. */
  foreignReports: number
  connectionsOpened: number
  connectionsLost: number
  backfilledExecutions: number
  requestsSent: number
  requestsFailed: number
  /** Requests that had to wait for rate budget. */
  requestsDelayed: number
  /** Commands refused by us because a queue was full or the budget was used up. */
  commandsRefused: number
}

/** All at zero. */
export const createStatistics = (): HyperliquidStatistics => ({
  framesScanned: 0,
  framesParsed: 0,
  framesRefused: 0,
  framesIgnored: 0,
  historyTradesDropped: 0,
  duplicateTradesDropped: 0,
  duplicateExecutionsDropped: 0,
  historyExecutionsDropped: 0,
  foreignReports: 0,
  connectionsOpened: 0,
  connectionsLost: 0,
  backfilledExecutions: 0,
  requestsSent: 0,
  requestsFailed: 0,
  requestsDelayed: 0,
  commandsRefused: 0,
})
