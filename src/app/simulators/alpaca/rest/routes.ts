import { accountRoutes } from './account.ts'
import { activityRoutes } from './activities.ts'
import { assetRoutes } from './assets.ts'
import { calendarRoutes } from './calendar.ts'
import { locateRoutes } from './locates.ts'
import { marketDataRoutes } from './market-data.ts'
import { marketRoutes } from './markets.ts'
import { orderRoutes } from './orders.ts'
import { portfolioRoutes } from './portfolio.ts'
import { positionRoutes } from './positions.ts'
import type { Route } from './route.ts'
import { watchlistRoutes } from './watchlists.ts'

/** All endpoints; the first that fits answers. */
const routes: readonly Route[] = [
  ...accountRoutes,
  ...activityRoutes,
  ...assetRoutes,
  ...calendarRoutes,
  ...orderRoutes,
  ...positionRoutes,
  ...locateRoutes,
  ...marketRoutes,
  ...portfolioRoutes,
  ...watchlistRoutes,
  ...marketDataRoutes,
]

/** A route with the parts of the path it caught. */
export interface FoundRoute {
  readonly route: Route
  readonly params: readonly string[]
}

/** What answers a request; null when nothing has this path, 'method' when only other methods do. */
export function findRoute(method: string, path: string): FoundRoute | 'method' | null {
  let isKnown = false
  for (const route of routes) {
    const match = route.path.exec(path)
    if (match === null) continue
    if (route.method === method) {
      return { route, params: match.slice(1).map((part) => decodePart(part)) }
    }
    isKnown = true
  }
  return isKnown ? 'method' : null
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
