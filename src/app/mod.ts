export { configJsonSchema } from './config/json-schema.ts'
export { type LoadedConfig, loadConfig, parseConfig } from './config/load.ts'
export { describesFleet, type LoadedFleet, loadFleet } from './config/load-fleet.ts'
export { type Config, configSchema } from './config/schema.ts'
export { codeHash, commitId, packageVersion } from './package.ts'
export { runNullTwin } from './research/null-twin.ts'
export { type WrittenReport, writeReport } from './research/report/write-report.ts'
export {
  type LookaheadResult,
  type LookaheadSubject,
  verifyLookahead,
} from './research/verify-lookahead.ts'
export {
  type BacktestRequest,
  type BacktestResult,
  backtestParts,
  runBacktest,
} from './run/backtest.ts'
export { type DrillOptions, type DrillResult, runDrill } from './run/drill/drill.ts'
export { type RunningFleet, startFleet } from './run/fleet.ts'
export type { FleetOptions } from './run/fleet-engine.ts'
export type { FleetSummary } from './run/fleet-summary.ts'
export { journalPath } from './run/journal-path.ts'
export { type LiveParts, type LiveSession, startLiveSession } from './run/live-session.ts'
export { loadMarket } from './run/load-market.ts'
export { type ObserveOptions, startObservation } from './run/observe.ts'
export {
  journalEngineConfig,
  type ReplayResult,
  type ReplayTap,
  replay,
} from './run/recover.ts'
export { type Rehearsal, type RehearsalOptions, startRehearsal } from './run/rehearse.ts'
export { type RecordContext, toRunRecord } from './run/run-record.ts'
export type { ServedSession } from './run/serve-session.ts'
export type { SessionTap } from './run/session.ts'
export { renderSummary, type SessionSummary, summarise } from './run/summary.ts'
export {
  rehearsalKey,
  startVenueProcess,
  type VenueProcess,
  type VenueProcessOptions,
} from './run/venue-process.ts'
