import { resolve } from 'node:path'
import {
  createNodeEnvironment,
  InputError,
  type LoadedPanel,
  loadPanel,
  minutesFile,
  type PanelSource,
  panelFolder,
  vendorTable,
} from '../../../adapters/mod.ts'
import { barCount, hourGrid, parseDay } from '../../../core/mod.ts'
import type { FilesData } from '../../config/hourly-data-schema.ts'
import { environmentOnly, readSecret } from '../../run/credentials.ts'

/**
 * The panel that files and vendors make up; paths from the configuration's folder. Throws InputError
 * ORN-DATA and ORN-PANEL naming file and rows, AdapterError VENDOR.
 */
export async function loadFiles(data: FilesData, beside: string): Promise<LoadedPanel> {
  const { anchor, firstDay, endDay, oldest, macroValid } = data
  const grid = hourGrid({ anchor, firstDay: parseDay(firstDay), endDay: parseDay(endDay) })
  if (barCount(grid) === 0) {
    throw new InputError({
      code: 'ORN-HOUR-007',
      exitCode: 3,
      message: `No session lies between data.firstDay ${firstDay} and data.endDay ${endDay}`,
      fix: 'endDay is the day after the last session',
    })
  }
  const { sources, minutes } = await panelFolder(resolve(beside, data.folder), {
    oldestUs: oldest,
    macroValidUs: macroValid ?? null,
  })
  const vendors = await Promise.all(data.vendors.map((vendor) => vendorSource(vendor, oldest)))
  const loaded = await loadPanel({
    grid,
    sources: [...sources, ...vendors],
    benchmark: data.benchmark,
    membership: data.members === 'everyName' ? 'everyName' : 'source',
    symbols: null,
    dataKind: data.origin,
    maximumNullShare: data.missingMax,
  })
  if (minutes === null) return loaded
  const until = grid.decisionTime.at(-1)!
  return { ...loaded, minutes: await minutesFile(minutes, loaded.panel.symbols, until) }
}

async function vendorSource(
  { table, url, header, key }: FilesData['vendors'][number],
  oldest: FilesData['oldest'],
): Promise<PanelSource> {
  const oldestUs = oldest[table]
  const secret =
    key === undefined ? null : await readSecret('data.vendors.key', key, environmentOnly())
  return vendorTable({
    environment: createNodeEnvironment(),
    ...{ url, kind: table },
    ...(oldestUs === undefined ? {} : { oldestUs }),
    ...(secret === null ? {} : { headers: { [header ?? 'Authorization']: secret.reveal() } }),
  })
}
