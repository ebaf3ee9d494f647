export * from './calibration/calibrated-forecast.ts'
export * from './calibration/probability-calibration.ts'
export * from './calibration/return-calibration.ts'
export * from './features/column-check.ts'
export type { Feature, FeatureGroup, FeatureSource } from './features/feature.ts'
export {
  columnsOf,
  computeCrossSection,
  computeFeatures,
  computeNames,
  type FeatureColumns,
  type FeatureJob,
  featureBytes,
  featureColumn,
  featureJob,
  SEED_FEATURE_OPTIONS,
} from './features/feature-columns.ts'
export { FeatureEngine, type FeatureState, resumeFeatures } from './features/feature-engine.ts'
export { newYorkHour } from './features/machines/market-machine.ts'
export type { FeatureOptions } from './features/machines/name-machine.ts'
export {
  type FeatureSet,
  featureIndex,
  features,
  featuresOfSet,
  LOOK_BACK_BARS,
  perBarDivisor,
  SEED_BARS_PER_YEAR,
} from './features/registry.ts'
export { scrambledAfter } from './features/scramble-panel.ts'
export * from './labels/entries.ts'
export * from './labels/execution-price.ts'
export * from './labels/label-summary.ts'
export * from './labels/labels.ts'
export * from './learner.ts'
export * from './linear/linear-json.ts'
export * from './linear/linear-model.ts'
export * from './linear/preparation.ts'
export {
  initialParameters,
  NETWORK_IMPLEMENTATIONS,
  NETWORK_OUTPUTS,
  type NetworkArchitecture,
  type ParameterBlock,
  type ParameterName,
  parameterBlocks,
  type SetPart,
} from './network/architecture.ts'
export { networkForward } from './network/forward.ts'
export { groupByHour, type HourRows, membersMax } from './network/hours.ts'
export { readNetwork } from './network/network-json.ts'
export { type Network, type NetworkHistory, networkModel } from './network/network-model.ts'
export {
  EVENT_BASE_LOSS,
  eventWeight,
  excessTarget,
  fitTargets as fitNetworkTargets,
  HUBER_DEVIATIONS,
  huber,
  type NetworkTargets,
} from './network/targets.ts'
export {
  type Forest,
  type ForestShape,
  forestShape,
  writeForest,
  writeForestRows,
} from './trees/forest.ts'
export { type TreeImportance, treeImportance } from './trees/importance.ts'
export * from './trees/json.ts'
export { plainKernels as plainTreeKernels, type TreeKernels } from './trees/kernels.ts'
export * from './trees/model.ts'
export { defaultTreeParameters, type TreeLoss, type TreeParameters } from './trees/parameters.ts'
export type { TreeDivision } from './trees/partition.ts'
export { explainTrees, type TreeExplanation } from './trees/shap.ts'
export { trainTrees } from './trees/train.ts'
export { problemOfTraining, type TreeProgress, type TreeTraining } from './trees/training.ts'
export type { Tree } from './trees/tree.ts'
export {
  layWorkspace as layTreeWorkspace,
  TREE_LAYOUT,
  type TreeWorkspace,
  type WorkspaceShape as TreeWorkspaceShape,
  workspaceBytes as treeWorkspaceBytes,
} from './trees/workspace.ts'
export * from './validation/baselines.ts'
export * from './validation/cross-section.ts'
export { cutTraining } from './validation/cut-out.ts'
export { type ColumnDrift, type DriftReport, featureDrift } from './validation/drift.ts'
export * from './validation/folds.ts'
export * from './validation/held-out.ts'
export * from './validation/ic-groups.ts'
export * from './validation/interval.ts'
export * from './validation/leaks.ts'
export * from './validation/paths.ts'
export { type PermutationTest, permutationTest } from './validation/permutation.ts'
export * from './validation/probability-report.ts'
export * from './validation/score-report.ts'
export { type SessionReturns, topDecileReturns } from './validation/score-returns.ts'
export * from './validation/selection.ts'
export { featureSensitivity } from './validation/sensitivity.ts'
export * from './validation/trained-times.ts'
export * from './validation/turnover.ts'
export * from './validation/validate.ts'
