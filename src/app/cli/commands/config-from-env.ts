import { readFileSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { InputError } from '../../../adapters/mod.ts'
import type { EnvEngine } from '../../config/env-variables.ts'
import { configFromEnv } from '../../config/from-env.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult, CommonFlags } from '../output.ts'

/** Flags of `ornstein config from-env`. */
export interface FromEnvFlags extends CommonFlags {
  readonly file?: string
  readonly out?: string
  readonly preset: 'seed' | 'later'
  readonly engine: EnvEngine
}

/** Makes a configuration of variables, prints it or writes it to a new file. */
export function fromEnvCommand(flags: FromEnvFlags): CommandResult {
  const variables = flags.file === undefined ? process.env : readVariables(flags.file)
  const { text, ignored } = configFromEnv(variables, flags.preset, flags.engine)
  const out = flags.out ?? null
  if (out !== null) write(out, text)
  return {
    data: { text, out, ignored },
    text: out === null ? text : `Written to ${out}`,
    warnings: ignored,
  }
}

function readVariables(path: string): NodeJS.Dict<string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw refused(`${path} cannot be read`, cause)
  }
  const lines = text.split(/\r?\n/)
  const at = lines.findIndex(
    (line) => !/^\s*(?:#.*|(?:export\s+)?[A-Za-z_][\w:]*\s*=.*)?$/.test(line),
  )
  // A line may hold a key: only its number is told.
  if (at >= 0) throw refused(`${path}:${at + 1} is not NAME=VALUE`, null)
  return parseEnv(text)
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (cause) {
    throw refused(`${path} cannot be written, or exists`, cause)
  }
}

const refused = (message: string, cause: unknown): InputError =>
  new InputError({ code: 'ORN-CONF-018', exitCode: ExitCode.usage, message, cause })
