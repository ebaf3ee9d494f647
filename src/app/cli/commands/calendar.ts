import type { Command } from 'commander'
import { runCommand } from '../output.ts'
import type { CalendarFlags } from './calendar-list.ts'

/** Adds `ornstein calendar` to the program. */
export function registerCalendarCommand(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const several = (text: string, before: string[] | undefined) => [...(before ?? []), text]
  withCommon(
    program
      .command('calendar')
      .description('releases of US figures, and when no new risk is taken around them')
      .argument('[config]', 'of this configuration')
      .option('--file <path>', 'of this file (may be given again)', several)
      .option('--from <date>', 'first day, New York')
      .option('--to <date>', 'last day, New York')
      .option('--kind <name>', 'only of this kind (may be given again)', several),
  ).action((config: string | undefined, flags: CalendarFlags) =>
    runCommand('calendar', flags, async () => {
      const { calendarCommand } = await import('./calendar-list.ts')
      const { askPassword } = await import('../ask-password.ts')
      return calendarCommand(config, flags, { environment: process.env, askPassword })
    }),
  )
}
