import type { LoadedFleet } from '../config/load-fleet.ts'
import { packageVersion } from '../package.ts'
import { createDashboardServer, type DashboardServer } from '../server/dashboard-server.ts'
import { fleetView } from '../server/fleet-view.ts'
import { operatorOf, placeOf } from './dashboard.ts'
import type { FleetMode, OpenAccount } from './fleet-account.ts'
import type { RunningEngine } from './fleet-engine.ts'
import { failureText, summariseAccount } from './fleet-summary.ts'

/** Serves one dashboard of several engines: an overview, and each engine's own pages. */
export function serveFleetDashboard(
  port: number,
  facts: {
    readonly fleet: LoadedFleet
    readonly mode: FleetMode
    readonly engines: readonly RunningEngine[]
    readonly accounts: readonly OpenAccount[]
  },
): Promise<DashboardServer> {
  const { fleet, mode, engines, accounts } = facts
  const served = engines.map(({ name, account, served: { projection, live } }) => {
    const { now } = account.environment
    return [name, { projection, operator: operatorOf(live.session), now }] as const
  })
  return createDashboardServer({
    ...placeOf(port),
    fleet: {
      engines: new Map(served),
      overview: (health) =>
        fleetView(
          {
            ...{ name: fleet.name, mode, version: packageVersion(), nowUs: Date.now() * 1000 },
            accounts: accounts.map((each) => summariseAccount(each, each.shared.state())),
          },
          engines.map((engine) => ({
            name: engine.name,
            account: engine.account.name,
            venue: engine.account.shared.state().venue,
            projection: engine.served.projection,
            now: engine.account.environment.now,
            failure: engine.failure === null ? null : failureText(engine.failure.error),
          })),
          health,
        ),
    },
  })
}
