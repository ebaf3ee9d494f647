export { makeBookKernel } from './books/book-module.ts'
export { type BarRecordingOptions, loadBarRecording } from './catalog/bar-recording.ts'
export {
  DEFAULT_CATALOG,
  dataSetId,
  type ImportResult,
  importFile,
  listManifests,
  readManifest,
} from './catalog/catalog.ts'
export type { CheckResult } from './catalog/checks/rule.ts'
export { splitCsv } from './catalog/csv.ts'
export * from './catalog/hyperliquid-instruments.ts'
export * from './catalog/hyperliquid-recording.ts'
export type {
  DownloadHeader,
  DownloadKind,
  DownloadVenue,
} from './catalog/importers/venue-download.ts'
export { loadRecording, type RecordingOptions } from './catalog/load-recording.ts'
export type { Manifest, ManifestTable } from './catalog/manifest.ts'
export { nearest } from './catalog/nearest.ts'
export { recheck } from './catalog/recheck.ts'
export { type RecordedSet, type RecordTables, writeRecords } from './catalog/record-tables.ts'
export * from './catalog/recording.ts'
export { dataError, hashFile } from './catalog/source-file.ts'
export {
  createFileCalendar,
  joinReadings,
  readCalendarFile,
  requireKind,
} from './economic-calendar/calendar-file.ts'
export { classifyRelease } from './economic-calendar/classify.ts'
export { createFmpCalendar, FMP_URL, type FmpOptions } from './economic-calendar/fmp.ts'
export type { CalendarReading, EconomicCalendar } from './economic-calendar/port.ts'
export * from './errors.ts'
export { ChainHasher, type ChainHead, EMPTY_HASH, type EntryKind } from './journal/chain.ts'
export { decodePayload, encodePayload } from './journal/codec.ts'
export { type CrashHook, type CrashPoint, crashPoints } from './journal/crash-points.ts'
export { withoutKnownExecutions } from './journal/executions.ts'
export { createJournal, openJournal, verifyJournal, withCopyAside } from './journal/open.ts'
export { type SessionPaths, sessionPaths } from './journal/paths.ts'
export { readJournal } from './journal/read.ts'
export {
  createRecorder,
  loadSegments,
  type MarketRecorder,
  type RecordedFrame,
  type RecorderOptions,
  readSegments,
} from './journal/recorder.ts'
export type {
  Genesis,
  Journal,
  JournalEntry,
  JournalItem,
  JournalOptions,
  MarketRange,
  OpenedJournal,
  SnapshotMark,
  Verification,
} from './journal/types.ts'
export {
  createKeystore,
  type Keystore,
  type KeystoreCost,
  openKeystore,
  requireKeystore,
  requireSecretName,
} from './keystore/keystore.ts'
export { refuseLiteralSecrets } from './keystore/literal.ts'
export {
  resolveSecret,
  type SecretReference,
  type SecretSources,
} from './keystore/reference.ts'
export { Secret } from './keystore/secret.ts'
export { computeFeaturesOnThreads } from './learning/feature-threads.ts'
export { NETWORK_TRAINER } from './learning/network-program.ts'
export {
  type NetworkProgress,
  type NetworkSettings,
  trainNetwork,
} from './learning/network-training.ts'
export {
  compiledTreeKernels,
  openTreeKernels,
  type ThreadedTreeKernels,
} from './learning/tree-kernels.ts'
export { type LoadedPanel, loadPanel, type PanelLoad } from './panel/load-panel.ts'
export { minutesFile, writeMinutes } from './panel/minutes-file.ts'
export { type PanelFolder, type PanelFolderOptions, panelFolder } from './panel/panel-folder.ts'
export type { LoadedTable, PanelRequest, PanelSource } from './panel/port.ts'
export {
  barsFromMinutes,
  clockHourBars,
  openAnchoredBars,
  sessionBars,
} from './panel/published/bar-files.ts'
export {
  loadDailyPanel,
  publishedMacro,
  publishedMembership,
} from './panel/published/daily-panel.ts'
export { earningsAnnouncements } from './panel/published/earnings.ts'
export {
  clockHourTables2018,
  type HourPanelOptions,
  type HourTables2018,
  loadClockHourPanel2018,
  loadOpenHourPanel2018,
} from './panel/published/hour-panel-2018.ts'
export { quarterlyFundamentals } from './panel/published/quarterly-fundamentals.ts'
export { spyClockHours } from './panel/published/spy-hours.ts'
export { type TableFileOptions, tableFile } from './panel/table-file.ts'
export { type VendorOptions, vendorTable } from './panel/vendor.ts'
export { writePanelTables } from './panel/write-panel.ts'
export { loadHighs } from './portfolio/highs.ts'
export { writeFileAtomically } from './store/atomic-file.ts'
export { type FeatureTable, writeFeatureTable } from './store/feature-table.ts'
export { type NonceFile, openNonceFile } from './store/nonce-file.ts'
export { pngOf } from './store/picture.ts'
export { holdProcessLock, isHeld, lockHolder, type ProcessLock } from './store/process-lock.ts'
export { type TableColumn, writeTable } from './store/table-files.ts'
export { createLog, type Log, type LogLevel, type LogOptions, logLevels } from './telemetry/log.ts'
export { createRedactor, type Redactor } from './telemetry/redact.ts'
export { createAlpacaAdapter } from './venues/alpaca/adapter.ts'
export type { AlpacaAdapter, AlpacaOptions } from './venues/alpaca/options.ts'
export { createHyperliquidAdapter } from './venues/hyperliquid/adapter.ts'
export type {
  BookStream,
  HyperliquidAdapter,
  HyperliquidOptions,
  NonceStore,
  VenueNotice,
} from './venues/hyperliquid/options.ts'
export type { HyperliquidStatistics } from './venues/hyperliquid/statistics.ts'
export { createNodeEnvironment } from './venues/node-environment.ts'
export * from './venues/port.ts'
export type {
  AccountMemory,
  AccountNotice,
  AccountState,
  CurrencySum,
  EngineView,
  InstrumentSum,
  SharedAccount,
} from './venues/shared-account/options.ts'
export { createSharedAccount } from './venues/shared-account/shared-account.ts'
export * from './venues/virtual-environment.ts'
