import { decimalText, numberText, percentText, signedText, signOf } from './format.ts'
import type { AccountView, EquityView } from './protocol.ts'

/** One number of the summary, and how it is made with its present inputs. */
export interface Figure {
  readonly id: string
  readonly label: string
  readonly text: string
  readonly sign: -1 | 0 | 1
  readonly formula: string
}

const money = (text: string): string => decimalText(text, 2)
const pnl = (text: string): string => signedText(text, 2)
/** A cost as it acts on equity: what is paid is negative. */
const cost = (text: string): string =>
  signedText(text.startsWith('-') ? text.slice(1) : `-${text}`, 2)

/** Equity with its formula. */
export function equityFigure(account: AccountView): Figure {
  const { cash, unrealisedPnl, currency } = account
  return {
    id: 'equity',
    label: 'Equity',
    text: money(account.equity),
    sign: 0,
    formula: `cash ${money(cash)} + unrealised ${pnl(unrealisedPnl)}, in ${currency}`,
  }
}

/** The day's figures, each apart; `since` says from when the day counts. */
export function dayFigures(account: AccountView, since: string): readonly Figure[] {
  const { day } = account
  const sum = [
    `realised ${pnl(day.realisedPnl)}`,
    `+ unrealised ${pnl(day.unrealisedPnl)}`,
    `− fees ${money(day.fees)}`,
    `+ funding ${pnl(day.funding)}`,
  ].join(' ')
  const whole = (text: string) => `whole session ${text}`
  return [
    signedFigure('day', 'Day PnL', day.pnl, `${sum}, ${since}`),
    signedFigure(
      'realised',
      'Realised',
      day.realisedPnl,
      `closed lots at average cost, before fees, ${since}; ${whole(pnl(account.realisedPnl))}`,
    ),
    signedFigure(
      'unrealised',
      'Unrealised',
      account.unrealisedPnl,
      `open lots at the mid minus their cost; changed by ${pnl(day.unrealisedPnl)} ${since}`,
    ),
    {
      id: 'fees',
      label: 'Fees',
      text: cost(day.fees),
      sign: 0,
      formula: `fees of all fills ${since} (− is paid); ${whole(cost(account.fees))}`,
    },
    {
      id: 'funding',
      label: 'Funding',
      text: pnl(day.funding),
      sign: 0,
      formula: `funding payments ${since} (+ is received); ${whole(pnl(account.funding))}`,
    },
    {
      id: 'drawdown',
      label: 'Drawdown',
      text: percentText(-account.drawdown),
      sign: 0,
      formula: `equity ${money(account.equity)} against its peak ${money(account.peakEquity)}`,
    },
    {
      id: 'gross',
      label: 'Gross',
      text: money(account.grossExposure),
      sign: 0,
      formula: `absolute values of all positions at the mid; net ${pnl(account.netExposure)}`,
    },
  ]
}

function signedFigure(id: string, label: string, value: string, formula: string): Figure {
  return { id, label, text: pnl(value), sign: signOf(value), formula }
}

/** The equity curve in words: what a reader of the picture would take from it. */
export function curveText(curve: EquityView | null, stamp: (iso: string) => string): string {
  const first = curve?.equity[0]
  const last = curve?.equity.at(-1)
  if (curve === null || first === undefined || last === undefined) return 'no equity is known yet'
  const at = (name: string, value: number) => {
    const seconds = curve.seconds[curve.equity.indexOf(value)] ?? 0
    return `${name} ${numberText(value, 2)} at ${stamp(new Date(seconds * 1000).toISOString())}`
  }
  const high = Math.max(...curve.equity)
  const low = Math.min(...curve.equity)
  return [at('start', first), at('high', high), at('low', low), at('last', last)].join('; ')
}

/** The equity curve as CSV, times in UTC. */
export function curveCsv(curve: EquityView | null): string {
  const rows = (curve?.seconds ?? []).map((seconds, i) => {
    const time = new Date(seconds * 1000).toISOString()
    return `${time},${curve?.equity[i]}`
  })
  return ['time,equity', ...rows].join('\n')
}
