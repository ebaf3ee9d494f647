import { z } from 'zod'

/** A secret by reference: a variable of the environment, or a name in the keystore. */
export const secretSchema = (what: string, example: string) => {
  const name = (description: string) =>
    z
      .string()
      .min(1)
      .meta({ description, examples: [example] })
  return z.union([
    z.strictObject({ env: name(`name of the environment variable that holds the ${what}`) }),
    z.strictObject({ keystore: name(`name of the secret in the keystore that is the ${what}`) }),
  ])
}
