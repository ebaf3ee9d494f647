import { loadRecording, type RecordingOptions } from './load-recording.ts'
import type { Recording } from './recording.ts'

/** Which file of bars to load. */
export interface BarRecordingOptions extends Omit<RecordingOptions, 'sources' | 'required'> {
  /** Parquet of bars of any importable kind, or the folder of such a data set. */
  readonly file: string
}

/**
 * Loads bars as records: venue time is the close, received time the close plus `latencyUs`
 * (default 0). Bars that break a rule are left out with their reasons. Throws InputError.
 */
export function loadBarRecording(options: BarRecordingOptions): Promise<Recording> {
  const { file, ...rest } = options
  return loadRecording({ ...rest, sources: [file], required: ['bars'] })
}
