import { InputError } from '../../../adapters/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'

/** What of a configuration keeps it from sending orders; `isRealMoney` asks for more. */
export function tradingProblems({ config }: LoadedConfig, isRealMoney: boolean): readonly string[] {
  const { risk, limits, mode } = config
  const off = (['orderNotionalMax', 'grossNotionalMax', 'dailyLossMax'] as const).filter(
    (name) => risk[name] === null,
  )
  return [
    ...(mode === 'live' ? [] : ['"mode: live" is not written']),
    ...off.map((name) => `risk.${name} is off`),
    ...(limits?.of === 'paper' && isRealMoney
      ? ['limits.of: paper has limits for money that does not exist']
      : []),
  ]
}

/** Where the file and the command line do not both name the same account, in words. */
export function disagreements(of: {
  /** The key of the file and the flag of the command line. */
  readonly key: string
  readonly flag: string
  readonly allowed: string
  /** As it counts, as it is written, and as the command line has it. */
  readonly configured: string
  readonly written: unknown
  readonly given: string | undefined
}): readonly string[] {
  const { key, flag, allowed, configured, written, given } = of
  return [
    ...(written === undefined ? [`${key} is not written: ${allowed}`] : []),
    ...(given === undefined ? [`${flag} is not given: ${allowed}`] : []),
    ...(given !== undefined && written !== undefined && given !== configured
      ? [`${flag} ${given} and ${key} ${configured} do not agree`]
      : []),
  ]
}

/** The refusal that names all of them. */
export const notReady = (path: string, details: readonly string[]): InputError =>
  new InputError({
    code: 'ORN-LIVE-001',
    exitCode: 6,
    message: `${path} is not ready for real orders; nothing was sent`,
    details,
    fix: 'Two settings must agree, in the file and on the command line; see docs/live.md',
  })
