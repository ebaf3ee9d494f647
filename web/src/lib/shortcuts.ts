import type { Desk } from './desk.svelte.ts'

/** Keys of the page. None of them sends a command: Shift+H only opens the pause sheet. */
export function onShortcut(event: KeyboardEvent, desk: Desk): void {
  const { target, key } = event
  const isWriting =
    target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return
  const { view, feed } = desk
  switch (key) {
    case '[':
    case ']':
      return step(desk, key === ']' ? 1 : -1)
    case 'z':
      view.zone = view.zone === 'utc' ? 'local' : 'utc'
      return
    case 'v':
      view.isChartTable = !view.isChartTable
      return
    case 'H':
      if (feed.connection === 'live' && feed.state?.controls.pause.enabled) desk.openSheet = 'pause'
      return
  }
}

function step(desk: Desk, by: number): void {
  const instruments = desk.feed.state?.instruments ?? []
  const at = instruments.findIndex((one) => one.id === desk.instrument?.id)
  const next = instruments[(at + by + instruments.length) % instruments.length]
  if (next !== undefined) desk.view.symbol = next.symbol
}
