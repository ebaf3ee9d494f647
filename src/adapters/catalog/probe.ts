import type { DuckDBConnection } from '@duckdb/node-api'
import { parse as parseYaml } from 'yaml'
import { splitCsv } from './csv.ts'
import { type ParquetColumn, readSchema } from './parquet.ts'
import { dataError, readHead, type SourceFile } from './source-file.ts'
import { firstLines, openText, type TextSource, wholeText } from './text-source.ts'

/** What a file looks like, before anybody says what it is. */
export type Probe =
  | {
      readonly container: 'parquet'
      readonly file: SourceFile
      readonly columns: readonly ParquetColumn[]
    }
  | {
      readonly container: 'lines'
      readonly file: SourceFile
      readonly text: TextSource
      /** The first line that is not empty. */
      readonly first: string
      /** Its cells when read as comma-separated values. */
      readonly cells: readonly string[]
    }
  | {
      readonly container: 'document'
      readonly file: SourceFile
      readonly value: unknown
    }

/** Looks at a file's first bytes and structure. Throws InputError (exit code 4). */
export async function probeFile(connection: DuckDBConnection, file: SourceFile): Promise<Probe> {
  const head = await readHead(file.path, 4)
  if (String.fromCharCode(...head) === 'PAR1' || file.name.endsWith('.parquet')) {
    return { container: 'parquet', file, columns: await readSchema(connection, file) }
  }
  const text = await openText(file, head)
  if (/\.(json|ya?ml)$/.test(text.name)) {
    return { container: 'document', file, value: await parseDocument(text, file) }
  }
  const first = (await firstLines(text, 3)).find((line) => line.trim() !== '')
  if (first === undefined) throw dataError('003', `${file.name} holds no line of text`)
  return { container: 'lines', file, text, first, cells: splitCsv(first) ?? [] }
}

async function parseDocument(text: TextSource, file: SourceFile): Promise<unknown> {
  const content = await wholeText(text, file)
  try {
    return text.name.endsWith('.json') ? JSON.parse(content) : parseYaml(content)
  } catch (cause) {
    throw dataError(
      '013',
      `${file.name} is not valid ${text.name.endsWith('.json') ? 'JSON' : 'YAML'}`,
      [(cause as Error).message.split('\n')[0] ?? ''],
    )
  }
}
