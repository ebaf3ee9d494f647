import type { FleetView } from './protocol.ts'

/** The engine that the address names; null for none. */
export const namedEngine = (): string | null => new URLSearchParams(location.search).get('engine')

/** Where an engine's interface is: its own below that of several, else the only one. */
export const basePath = (engine: string | null): string =>
  engine === null ? 'api/v1' : `api/v1/engines/${encodeURIComponent(engine)}`

/** The overview; null where the server shows one session, or does not answer. */
export async function readFleet(): Promise<FleetView | null> {
  const reply = await fetch('api/v1/overview', { cache: 'no-store' }).catch(() => null)
  return reply?.ok ? ((await reply.json()) as FleetView | null) : null
}

const EVERY_MS = 1000

/** The overview, asked for once a second while it is looked at. */
export class FleetFeed {
  view = $state.raw<FleetView | null>(null)
  /** False from the first question that was not answered on. */
  isConnected = $state(true)

  start(): () => void {
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | null = null
    const ask = async () => {
      const view = document.hidden ? this.view : await readFleet()
      if (isOver) return
      this.isConnected = view !== null
      if (view !== null) this.view = view
      timer = setTimeout(() => void ask(), EVERY_MS)
    }
    void ask()
    return () => {
      isOver = true
      if (timer !== null) clearTimeout(timer)
    }
  }
}
