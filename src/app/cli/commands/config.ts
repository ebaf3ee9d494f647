import type { Command } from 'commander'
import { runCommand } from '../output.ts'

/** Adds `ornstein config ...` to the program. */
export function registerConfigCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const configuration = program.command('config').description('check and explain configurations')
  withCommon(
    configuration
      .command('validate')
      .description('check a configuration; every mistake with its line')
      .argument('<config>', 'YAML configuration'),
  ).action((path, flags) =>
    runCommand('config validate', flags, async () => {
      const { loadConfig } = await import('../../config/load.ts')
      const { config, hash } = loadConfig(path)
      return { data: { hash, config }, text: `${path} is valid (hash ${hash.slice(0, 16)})` }
    }),
  )
  withCommon(
    configuration
      .command('show')
      .description('what a configuration comes to: coins, limits and where they are from')
      .argument('<config>', 'YAML configuration'),
  ).action((path, flags) =>
    runCommand('config show', flags, async () => {
      const { loadConfig } = await import('../../config/load.ts')
      const { doubts, limitRows, renderConfig } = await import('../../config/show.ts')
      const loaded = loadConfig(path)
      const { config, hash } = loaded
      return {
        data: { hash, config, limits: limitRows(config) },
        text: renderConfig(loaded),
        warnings: doubts(config),
      }
    }),
  )
  withCommon(
    configuration.command('schema').description('print the JSON Schema of configurations'),
  ).action((flags) =>
    runCommand('config schema', flags, async () => {
      const { configJsonSchema } = await import('../../config/json-schema.ts')
      const schema = configJsonSchema()
      return { data: schema, text: JSON.stringify(schema, null, 2) }
    }),
  )
}
