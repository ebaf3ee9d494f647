import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { InputError } from '../../../adapters/mod.ts'
import { packageRoot } from '../../package.ts'
import { ExitCode } from '../exit-code.ts'

/** The absolute path of a recorded market. Throws InputError (4) when there is no such file. */
export function requireMarket(path: string): string {
  const file = resolve(path)
  if (existsSync(file)) return file
  throw new InputError({
    code: 'ORN-DATA-041',
    exitCode: ExitCode.data,
    message: `The market file ${path} does not exist`,
    details: [
      'allowed: a recorded Hyperliquid book (Parquet); its trades are found beside it',
      'at Alpaca: a file of bars',
    ],
  })
}

/** The configuration shipped for a recorded market. Throws InputError (3) when there is none. */
export function configForMarket(market: string): string {
  const symbol = /_(BTC|ETH)_/.exec(basename(market))?.[1]?.toLowerCase()
  if (symbol !== undefined) {
    return join(packageRoot, 'examples', '02-backtest', `${symbol}-rehearse.yaml`)
  }
  throw new InputError({
    code: 'ORN-CONF-011',
    exitCode: ExitCode.configuration,
    message: `No configuration is shipped for ${basename(market)}`,
    fix: 'Name a configuration yourself',
  })
}
