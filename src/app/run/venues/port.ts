import type { AdapterEnvironment, VenueAdapter } from '../../../adapters/mod.ts'
import type { TimeUs } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import type { CredentialSources } from '../credentials.ts'
import type { SimulatorProcess } from '../simulator-process.ts'

/** What a connection is made with. */
export interface ConnectOptions {
  readonly environment: AdapterEnvironment
  /** Executions from here on are delivered, us: asked when the streams start, not before. */
  readonly fillsSince: () => TimeUs
  /** Told what a person should read of the connection. */
  readonly notice: (notice: { readonly code: string; readonly text: string }) => void
}

/** An adapter that has not started yet. */
export interface Connection {
  readonly adapter: VenueAdapter
  /** Gives back what it holds beside the adapter, after that has stopped. */
  readonly release: () => void
}

/** An account, or a market without one, that sessions connect to. */
export interface Place {
  /** Whose account where, for people. */
  readonly name: string
  readonly connect: (options: ConnectOptions) => Connection
}

/** A simulated venue with an account of its own. */
export interface SimulatedPlace extends Place {
  readonly process: SimulatorProcess
  /** The world by the venue's clock. */
  readonly environment: AdapterEnvironment
  /** What must be known of its market beside the result. */
  readonly warnings: readonly string[]
  /** What is simulated that a person would not expect. */
  readonly notices: readonly string[]
}

/** A real market; orders leave for nowhere. */
export interface ObservedPlace extends Place {
  /** What accounts there are kept in. */
  readonly currency: string
}

/** A real account that orders are sent to. */
export interface TradedPlace extends Place {
  /** Which money it is: what a person types to go on. */
  readonly word: string
  /** Name of its lock, the same for every session that would trade it. */
  readonly lock: string
  /** The flags that name it on a command line. */
  readonly flags: string
  /** What would be traded and what it costs. Sends nothing but queries. */
  readonly preview: () => Promise<string>
}

/** How a simulated venue is started. */
export interface SimulateOptions {
  readonly stateDirectory: string
  /** "generated" or the file of a recording. */
  readonly market: string
  /** Rates of its faults as JSON, or "none" (the default). */
  readonly faults?: string
  /** What the session that is resumed last heard was then: time goes on from there. */
  readonly notBefore?: TimeUs | null
  /** Called when it ends without being asked to. */
  readonly died: (text: string) => void
}

/** What a command line says about the account beside the configuration. */
export interface GivenAccount {
  readonly network?: string | undefined
  readonly account?: string | undefined
}

/** All that differs between venues where sessions are started: one of these for each. */
export interface VenueKind {
  /** Starts the simulated venue of a rehearsal in a process of its own. */
  readonly simulate: (loaded: LoadedConfig, options: SimulateOptions) => Promise<SimulatedPlace>
  /** The market that paper and shadow watch. */
  readonly observe: (loaded: LoadedConfig, from: CredentialSources) => Promise<ObservedPlace>
  /**
   * The account that a configuration and a command line agree on, before anything is connected.
   * Throws InputError (6) naming all that is missing or does not agree.
   */
  readonly openAccount: (
    loaded: LoadedConfig,
    given: GivenAccount,
    from: CredentialSources,
  ) => Promise<TradedPlace>
}
