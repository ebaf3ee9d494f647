import type { Command } from 'commander'
import { type CommonFlags, runCommand } from '../output.ts'
import type { ControlFlags } from './control-ask.ts'

/** Adds `ornstein control ...` to the program. */
export function registerControlCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const control = program.command('control').description('ask and command a running session')
  const add = (name: string, what: string, args: readonly (readonly [string, string])[] = []) => {
    const command = control.command(name).description(what)
    for (const [argument, text] of args) command.argument(argument, text)
    const isWrite = !reads.includes(name)
    if (isWrite) {
      command
        .option('--reason <text>', 'why; needed, and journaled')
        .option('--confirm <text>', "LIVE: the account's name")
    }
    if (name === 'halt') {
      command.option('--for <time>', 'no new entries for so long, and over by itself; exits go on')
    }
    withCommon(
      command
        .option('--session <name>', 'name of the session (default: the one that runs here)')
        .option('--engine <name>', 'one of several engines (default: all of them)')
        .option('--sock <path>', 'its socket; the token lies beside it'),
    ).action((...given: unknown[]) => {
      const texts = given.slice(0, args.length) as string[]
      const flags = given[args.length] as CommonFlags & ControlFlags
      return runCommand(`control ${name}`, flags, async () => {
        const { controlCommand } = await import('./control-ask.ts')
        return controlCommand(name, texts, flags)
      })
    })
  }
  const coin = ['<coin>', 'as the venue spells it, for example BTC or xyz:MSTR'] as const
  add('get', 'thresholds, book and position of a coin', [coin])
  add('get-all', 'the same of every coin')
  add('snapshot', 'the session, every coin, open orders and the journal')
  add('set', 'change a threshold or the notional of a coin', [
    coin,
    ['<key>', 'z_entry, z_exit, z_short_entry, z_exit_short or notional'],
    ['<value>', 'a number'],
  ])
  add('pause', 'no new entries; exits and stops go on')
  add('resume', 'entries again; re-arms a tripped breaker')
  add('cancel-all', 'cancel every open order')
  add('halt', 'pause and cancel every open order')
  add('flatten', 'cancel, close every position at the market, stay paused')
}

const reads: readonly string[] = ['get', 'get-all', 'snapshot']
