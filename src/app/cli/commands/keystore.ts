import {
  createKeystore,
  InputError,
  type Keystore,
  nearest,
  openKeystore,
  requireKeystore,
  requireSecretName,
} from '../../../adapters/mod.ts'
import { keystorePath, PASSWORD_VARIABLE, readPassword } from '../../run/credentials.ts'
import { createHiddenInput, type HiddenInput } from '../hidden-input.ts'
import type { CommandResult, CommonFlags } from '../output.ts'

/** Flags of the keystore's verbs. */
export interface KeystoreFlags extends CommonFlags {
  readonly file?: string
  /** `set`: the environment variable that holds the value. */
  readonly fromEnv?: string
}

/** Makes an empty keystore. */
export const keystoreCreate = (flags: KeystoreFlags): Promise<CommandResult> =>
  withInput(async (input) => {
    const path = pathOf(flags)
    const password = await readPassword(sourcesOf(input, `Password of the new keystore ${path}: `))
    const isTyped = input.isTerminal && (process.env[PASSWORD_VARIABLE] ?? '') === ''
    if (isTyped && (await input.ask('The same again: ')) !== password) {
      throw new InputError({
        code: 'ORN-KEYSTORE-009',
        exitCode: 2,
        message: 'the two passwords differ',
        details: ['no keystore was made'],
      })
    }
    createKeystore(path, password)
    return {
      data: { path },
      text: `Made ${path}, readable by you only. The password is kept nowhere.`,
    }
  })

/** Stores a secret under a name. The value is typed, piped in, or taken from a variable. */
export const keystoreSet = (name: string, flags: KeystoreFlags): Promise<CommandResult> =>
  withInput(async (input) => {
    requireSecretName(name)
    const keystore = await open(flags, input)
    const { fromEnv } = flags
    const value =
      fromEnv === undefined ? await input.ask(`Value of ${name}: `) : process.env[fromEnv]
    const secret = value?.trim() ?? ''
    if (secret === '') throw noValue(name, fromEnv)
    const isNew = keystore.get(name) === null
    keystore.set(name, secret)
    return {
      data: { path: keystore.path, name, replaced: !isNew },
      text: `${isNew ? 'Stored' : 'Replaced'} ${name} (${secret.length} characters, not shown) in ${keystore.path}`,
    }
  })

/** Lists the names, never a value. */
export const keystoreList = (flags: KeystoreFlags): Promise<CommandResult> =>
  withInput(async (input) => {
    const keystore = await open(flags, input)
    const names = keystore.names()
    return {
      data: { path: keystore.path, names },
      text: names.length === 0 ? `${keystore.path} holds nothing yet` : names.join('\n'),
    }
  })

/** Forgets a secret. */
export const keystoreRemove = (name: string, flags: KeystoreFlags): Promise<CommandResult> =>
  withInput(async (input) => {
    requireSecretName(name)
    const keystore = await open(flags, input)
    if (!keystore.remove(name)) {
      const close = nearest(name, keystore.names())
      throw new InputError({
        code: 'ORN-KEYSTORE-006',
        exitCode: 3,
        message: `the keystore ${keystore.path} has no secret ${name}`,
        details: close === null ? [] : [`nearest name: ${close}`],
      })
    }
    return { data: { path: keystore.path, name }, text: `Removed ${name} from ${keystore.path}` }
  })

const pathOf = ({ file }: KeystoreFlags): string => file ?? keystorePath(process.env)

const sourcesOf = (input: HiddenInput, prompt: string) => ({
  environment: process.env,
  askPassword: () => input.ask(prompt),
})

async function open(flags: KeystoreFlags, input: HiddenInput): Promise<Keystore> {
  const path = pathOf(flags)
  requireKeystore(path)
  return openKeystore(path, await readPassword(sourcesOf(input, `Password of ${path}: `)))
}

async function withInput(
  body: (input: HiddenInput) => Promise<CommandResult>,
): Promise<CommandResult> {
  const input = createHiddenInput({ input: process.stdin, output: process.stderr })
  try {
    return await body(input)
  } finally {
    input.close()
  }
}

const noValue = (name: string, variable: string | undefined): InputError =>
  new InputError({
    code: 'ORN-KEYSTORE-008',
    exitCode: 3,
    message: `no value for ${name} was given`,
    details: variable === undefined ? [] : [`the environment variable ${variable} is not set`],
    fix: 'type it at the prompt, pipe it in as a line after the password, or name a variable with --from-env',
  })
