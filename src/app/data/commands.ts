/** The `ornstein data` commands as plain functions: each has a report and its text. */
export { describeData, renderDescribe } from './describe-data.ts'
export { downloadData, renderDownload } from './download-data.ts'
export { generateData, renderGenerate } from './generate-data.ts'
export { type ImportDataReport, importData, renderImport } from './import-data.ts'
export { listData, renderList } from './list-data.ts'
export { renderVerify, verifyData } from './verify-data.ts'
