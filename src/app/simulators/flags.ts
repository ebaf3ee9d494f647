import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { InputError, nearest } from '../../adapters/mod.ts'
import { MONEY_DECIMALS, type Money, parseDecimal } from '../../core/mod.ts'
import { type DemandRates, faultNames } from './faults.ts'
import { isObject, parseJson } from './json.ts'

/** Collects the values of a flag that may be given again. */
export function gather(value: string, previous: string[]): string[] {
  return [...previous, value]
}

/** Parses a process' command line. Throws InputError (2); ends the process after its help. */
export function parseFlags(program: Command, args: readonly string[]): Record<string, unknown> {
  try {
    return program.parse([...args], { from: 'user' }).opts()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) process.exit(0)
    throw usage(error.message.replace(/^error: /, ''), [])
  }
}

/** A mistake in a flag (exit code 2). */
export const usage = (message: string, details: readonly string[]): InputError =>
  new InputError({ code: 'ORN-SIM-006', exitCode: 2, message, details })

/** A flag that has one of a few values. Throws InputError (2). */
export function oneOf<Name extends string>(
  flag: string,
  value: unknown,
  allowed: readonly Name[],
): Name {
  const found = allowed.find((name) => name === value)
  if (found !== undefined) return found
  throw usage(`--${flag} ${value} is not known`, [`allowed: ${allowed.join(', ')}`])
}

/** A flag that is a whole number within a range. Throws InputError (2). */
export function whole(
  flag: string,
  value: unknown,
  range: { readonly least: number; readonly most: number },
): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= range.least && number <= range.most) return number
  throw usage(`--${flag} ${value} is not usable`, [
    `allowed: whole numbers from ${range.least} to ${range.most}`,
  ])
}

/** A flag that is an amount of money, at least 0. Throws InputError (2). */
export function amountOf(flag: string, value: unknown): Money {
  const amount = parseDecimal(String(value), MONEY_DECIMALS)
  if (amount !== null && amount >= 0n) return amount
  throw usage(`--${flag} ${value} is not an amount`, ['allowed: a decimal number of at least 0'])
}

/** Rates of faults as JSON or in a file; "none" is null. Throws InputError (2). */
export function faultsOf(
  given: string,
  seed: number,
): { readonly rates: DemandRates; readonly seed: number } | null {
  if (given === 'none') return null
  const text = given.startsWith('{') ? given : readText(given)
  const parsed = parseJson(text)
  if (!isObject(parsed)) throw usage(`--faults ${given} is not a JSON object`, [])
  const rates: Record<string, number> = {}
  for (const [name, rate] of Object.entries(parsed)) {
    if (!(faultNames as readonly string[]).includes(name)) {
      const near = nearest(name, faultNames)
      throw usage(`--faults: ${name} is not known`, [
        ...(near === null ? [] : [`did you mean ${near}?`]),
        `allowed: ${faultNames.join(', ')}`,
      ])
    }
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
      throw usage(`--faults: ${name} is ${JSON.stringify(rate)}`, ['allowed: numbers from 0 to 1'])
    }
    rates[name] = rate
  }
  return { rates, seed }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usage(`--faults ${path} cannot be read`, [String(error)])
  }
}
