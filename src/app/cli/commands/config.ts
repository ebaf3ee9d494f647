import { type Command, Option } from 'commander'
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
      const { describesFleet, loadFleet } = await import('../../config/load-fleet.ts')
      if (describesFleet(path)) {
        const { accountsOf } = await import('../../config/fleet-accounts.ts')
        const fleet = loadFleet(path)
        const accounts = accountsOf(fleet).map(({ name, engines }) => ({
          name,
          engines: engines.map((engine) => engine.name),
        }))
        const engines = fleet.engines.map(({ name, loaded: { hash, config } }) => ({
          ...{ name, hash, config },
        }))
        return {
          data: { hash: fleet.hash, engines, accounts },
          text: [
            `${path} is valid (hash ${fleet.hash.slice(0, 16)})`,
            ...accounts.map((each) => `  ${each.name}: ${each.engines.join(', ')}`),
          ].join('\n'),
        }
      }
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
    configuration
      .command('from-env')
      .description('make a configuration of an earlier system’s environment variables')
      .option('--file <path>', 'lines of NAME=VALUE instead of the environment')
      .option('--out <path>', 'write it there; a file that exists is kept')
      .addOption(
        new Option('--preset <name>', 'set of limits').choices(['seed', 'later']).default('later'),
      )
      .addOption(
        new Option('--engine <name>', 'perpetuals at Hyperliquid, or coins or shares at Alpaca')
          .choices(['perps', 'coins', 'equities'])
          .default('perps'),
      ),
  ).action((flags) =>
    runCommand('config from-env', flags, async () => {
      const { fromEnvCommand } = await import('./config-from-env.ts')
      return fromEnvCommand(flags)
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
