/** The `ornstein data` commands as plain functions: each has a report and its text. */
export {
  type DescribeDataOptions,
  type DescribeDataReport,
  describeData,
  renderDescribe,
} from './describe-data.ts'
export type { DownloadEnvironment } from './download/environment.ts'
export {
  type DownloadDataOptions,
  type DownloadDataReport,
  downloadData,
  renderDownload,
} from './download-data.ts'
export {
  type GenerateDataOptions,
  type GenerateDataReport,
  generateData,
  renderGenerate,
} from './generate-data.ts'
export {
  type ImportDataOptions,
  type ImportDataReport,
  importData,
  renderImport,
} from './import-data.ts'
export { type ListDataOptions, type ListDataReport, listData, renderList } from './list-data.ts'
export {
  renderVerify,
  type VerifyDataOptions,
  type VerifyDataReport,
  verifyData,
} from './verify-data.ts'
