import { untrack } from 'svelte'
import { namedEngine } from './fleet.svelte.ts'
import type { Zone } from './time.ts'

/** Panels that can be hidden. */
export const PANELS = [
  { id: 'chart', title: 'Chart' },
  { id: 'depth', title: 'Depth' },
  { id: 'positions', title: 'Positions' },
  { id: 'orders', title: 'Orders' },
  { id: 'fills', title: 'Fills' },
  { id: 'health', title: 'Connections' },
  { id: 'alerts', title: 'Alerts' },
  { id: 'journal', title: 'Journal' },
] as const
export type PanelId = (typeof PANELS)[number]['id']

/** How much of the bars the chart shows. */
export const RANGES = [
  { id: '1h', title: '1 h', seconds: 3600 },
  { id: '4h', title: '4 h', seconds: 14_400 },
  { id: '12h', title: '12 h', seconds: 43_200 },
  { id: 'all', title: 'All', seconds: null },
] as const
export type RangeId = (typeof RANGES)[number]['id']

/** Light, dark, or what the system says. */
export type Theme = 'system' | 'light' | 'dark'
/** How closely rows stand. */
export type Density = 'compact' | 'comfortable'
/** Colours of side and sign. */
export const PALETTES = [
  { id: 'ornstein', title: 'Blue and orange' },
  { id: 'classic', title: 'Green and red' },
  { id: 'red-up', title: 'Red up, green down' },
  { id: 'contrast', title: 'High contrast' },
  { id: 'mono', title: 'Shape and weight only' },
] as const
export type Palette = (typeof PALETTES)[number]['id']

const KEY = 'ornstein.view'

function oneOf<T extends string>(value: unknown, allowed: readonly T[], fallback: T): T {
  return allowed.includes(value as T) ? (value as T) : fallback
}

function stored(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/**
 * What is looked at and how. The address carries what a pasted link should restore (instrument,
 * range, zone, tables); the browser keeps taste (theme, palette, density, hidden panels).
 */
export class View {
  symbol = $state<string | null>(null)
  range = $state<RangeId>('4h')
  zone = $state<Zone>('utc')
  isChartTable = $state(false)
  theme = $state<Theme>('system')
  palette = $state<Palette>('ornstein')
  density = $state<Density>('compact')
  hidden = $state.raw<ReadonlySet<PanelId>>(new Set())
  /** Grows when colours change, so that canvases are drawn anew. */
  paint = $state(0)

  constructor() {
    const query = new URLSearchParams(location.search)
    const kept = stored()
    this.symbol = query.get('instrument')
    this.range = oneOf(query.get('range'), ['1h', '4h', '12h', 'all'], '4h')
    this.zone = oneOf(query.get('zone') ?? kept['zone'], ['utc', 'local'], 'utc')
    this.isChartTable = query.get('chart') === 'table'
    this.theme = oneOf(kept['theme'], ['system', 'light', 'dark'], 'system')
    this.palette = oneOf(
      kept['palette'],
      PALETTES.map((one) => one.id),
      'ornstein',
    )
    this.density = oneOf(kept['density'], ['compact', 'comfortable'], 'compact')
    const hidden = Array.isArray(kept['hidden']) ? kept['hidden'] : []
    this.hidden = new Set(PANELS.map((panel) => panel.id).filter((id) => hidden.includes(id)))
  }

  /** Call inside an effect: mirrors the view into the address, the storage and the document. */
  persist(): void {
    const query = new URLSearchParams()
    const engine = namedEngine()
    if (engine !== null) query.set('engine', engine)
    if (this.symbol !== null) query.set('instrument', this.symbol)
    if (this.range !== '4h') query.set('range', this.range)
    if (this.zone !== 'utc') query.set('zone', this.zone)
    if (this.isChartTable) query.set('chart', 'table')
    const text = query.toString()
    history.replaceState(null, '', text === '' ? location.pathname : `?${text}`)
    const { theme, palette, density, zone } = this
    const kept = { theme, palette, density, zone, hidden: [...this.hidden] }
    localStorage.setItem(KEY, JSON.stringify(kept))
    const { dataset } = document.documentElement
    if (theme === 'system') delete dataset['theme']
    else dataset['theme'] = theme
    dataset['palette'] = palette
    dataset['density'] = density
    untrack(() => {
      this.paint++
    })
  }

  shows(panel: PanelId): boolean {
    return !this.hidden.has(panel)
  }

  toggle(panel: PanelId): void {
    const next = new Set(this.hidden)
    if (!next.delete(panel)) next.add(panel)
    this.hidden = next
  }
}
