import type { Figure } from '../../../core/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { formatCount, formatNumber } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import { LEAKS_SKIPPED, type LeakChecks } from './check-leaks.ts'
import { type HourlyTrials, trialsVerdict } from './hourly-trials.ts'
import { settingRows } from './setting-rows.ts'

const text = ({ value, reason }: Figure, digits: number): string =>
  value === null ? `— (${reason ?? 'unknown'})` : formatNumber(value, digits, true)

/** What trying many explains of the result. */
export function trialsSection(trials: HourlyTrials): Html {
  const { sharpe, luckySharpe, psr, dsr, overfitting, best, columns } = trials
  const rows = [
    ['Configurations tried on these data', formatCount(trials.trials)],
    ['Returns', trials.returnInterval],
    ['Sharpe ratio of a session', text(sharpe, 4)],
    ['The highest to expect of so many without skill', text(luckySharpe, 4)],
    ['Probability that the Sharpe ratio is above 0', text(psr, 3)],
    ['Deflated: that it is above the highest by luck', text(dsr, 3)],
    ['Probability of backtest overfitting (CSCV)', text(overfitting, 3)],
    ['Return columns kept for the same sessions', formatCount(columns)],
    ['The best of them', best ?? '—'],
    ['This run in the ledger', trials.runId ?? 'read again, or not counted'],
  ]
  return section(
    'trials',
    'How often this was tried',
    html`<p class="verdict">${trialsVerdict(trials)}</p>${table({ caption: 'Trials', head: ['', ''], rows })}`,
  )
}

/** What was looked for before anything was trained. */
export const leaksSection = (leaks: LeakChecks, { leaks: most }: HourlyConfig): Html =>
  section(
    'leaks',
    'Leak checks',
    leaks === null
      ? html`<p class="verdict">${LEAKS_SKIPPED}.</p>`
      : html`<p>Nothing was found by: ${leaks.join(', ')}. Plausible are mean rank ICs of a feature of at most ${most.excessReturn} with the excess return, ${most.downsideEvent} with downside events and ${most.nextBar} with the next bar.</p>`,
  )

/** Every setting that holds, beside both presets. */
export const settingsSection = (config: HourlyConfig): Html =>
  section(
    'settings',
    'Settings',
    table({
      caption: `Settings: what holds, and what the presets say (${config.preset} is under this file)`,
      head: ['Setting', 'Holds', 'Preset seed', 'Preset corrected'],
      rows: settingRows(config).map(({ key, value, seed, corrected }) => [
        ...[key, value, seed, corrected],
      ]),
    }),
  )
