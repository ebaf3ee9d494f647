/**
 * Features of a panel: one column a feature, element `name * bars + bar`, NaN where there is none.
 * A row is such an index; rows of one hour are those equal modulo `bars`.
 */
export interface FeatureMatrix {
  readonly names: readonly string[]
  readonly columns: readonly Float32Array[]
  /** Bars of the panel. */
  readonly bars: number
}

/** What is forecast, of the shape of a feature column, NaN where there is none. */
export interface LabelColumns {
  /** Log return over the benchmark's, a fraction. */
  readonly excessReturn: Float32Array | Float64Array
  /** 1 where the fall came, 0 where it did not. */
  readonly downsideEvent: Float32Array | Float64Array
}

/**
 * First and last bar of the window that a bar's label is made from; one element a bar. Where the
 * window is not complete both are -1.
 */
export interface LabelSpans {
  readonly first: Int32Array
  readonly last: Int32Array
}

/** What a learner may see. Rows are ascending. */
export interface TrainingInput {
  readonly features: FeatureMatrix
  readonly labels: LabelColumns
  readonly rows: Int32Array
  /** For choices made while training; already purged against `rows`. Empty: none. */
  readonly validationRows: Int32Array
  readonly seed: number
}

/** Forecasts, one element a row asked for; null where the model makes no such forecast. */
export interface Forecast {
  /** In the model's own unit until it is calibrated; NaN where there is none. */
  readonly excessReturn: Float64Array | null
  /** 0 to 1, NaN where there is none. */
  readonly downsideProbability: Float64Array | null
}

/** A model as plain data that JSON can hold, complete: read back it forecasts the same. */
export type ModelJson = {
  readonly implementation: string
  readonly features: readonly string[]
} & Readonly<Record<string, unknown>>

/** A trained model. */
export interface FittedModel {
  /** What was really trained, as the learner named it. */
  readonly implementation: string
  /** Names of the columns it reads. */
  readonly features: readonly string[]
  /** Rows of one hour are forecast together by models that look across names. */
  predict(features: FeatureMatrix, rows: Int32Array): Forecast
  toJson(): ModelJson
}

/** Work that was not done, and why: a value, never a silent substitute. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
}

/** A refusal. */
export const refused = (reason: string): Refused => ({ kind: 'refused', reason })

/** A model, or why there is none. */
export type Trained = { readonly kind: 'trained'; readonly model: FittedModel } | Refused

/** One way to make a model out of rows. Same input, same model. */
export interface Learner {
  /** Name of the implementation; every artefact and report carries it. */
  readonly implementation: string
  train(input: TrainingInput): Trained
}
