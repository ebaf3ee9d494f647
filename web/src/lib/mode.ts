import type { StateView } from './protocol.ts'

type Mode = StateView['mode']

/** One source for how a mode is called and drawn, in the ribbon, the title and the icon. */
export interface ModeStyle {
  readonly name: string
  /** What it means for money and data. */
  readonly meaning: string
  readonly pattern: 'line' | 'hatch' | 'outline' | 'dashes' | 'solid'
}

/** Names and patterns of the seven modes. */
export const modeStyles: Readonly<Record<Mode, ModeStyle>> = {
  backtest: { name: 'BACKTEST', meaning: 'recorded data, no venue', pattern: 'line' },
  replay: { name: 'REPLAY', meaning: 'a journal stepped again, nothing is sent', pattern: 'line' },
  drill: { name: 'DRILL', meaning: 'simulated venue in virtual time', pattern: 'hatch' },
  rehearse: {
    name: 'REHEARSE',
    meaning: 'simulated venue over the real wire protocol, no real money',
    pattern: 'hatch',
  },
  paper: {
    name: 'PAPER',
    meaning: 'live data, simulated fills, no real money',
    pattern: 'outline',
  },
  shadow: {
    name: 'SHADOW',
    meaning: 'live data, orders are computed and none is sent',
    pattern: 'dashes',
  },
  live: { name: 'LIVE', meaning: 'real orders, real money', pattern: 'solid' },
}

/** The tab's icon: the mode's letter on its pattern, with a badge of open positions. */
export function iconAddress(mode: Mode, isHalted: boolean, positions: number): string {
  const { name, pattern } = modeStyles[mode]
  const red = pattern === 'solid' || isHalted
  const fill = red ? '#c62828' : '#1f2630'
  const stroke = red ? '#c62828' : '#9da7b3'
  const dash = pattern === 'dashes' ? ' stroke-dasharray="5 3"' : ''
  const lines =
    pattern === 'hatch'
      ? '<path d="M-4 20 20-4M-4 36 36-4M12 36 36 12" stroke="#57606a" stroke-width="4"/>'
      : ''
  const badge =
    positions > 0
      ? '<circle cx="25" cy="7" r="6" fill="#4da3ff" stroke="#0e1116" stroke-width="2"/>'
      : ''
  const font = 'font-family="sans-serif" font-size="19" font-weight="700" text-anchor="middle"'
  const letter = `<text x="16" y="23" ${font} fill="#fff">${isHalted ? '!' : name.charAt(0)}</text>`
  const edge = `fill="${fill}" stroke="${stroke}" stroke-width="3"${dash}`
  const frame = `<rect x="1.5" y="1.5" width="29" height="29" rx="5" ${edge}/>`
  const parts = frame + lines + letter + badge
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${parts}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
