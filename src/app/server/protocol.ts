import type { Mode } from '../../core/mod.ts'
import type {
  AlertView,
  BarsView,
  BookView,
  ControlKind,
  DecisionView,
  EquityView,
  FillView,
  HealthView,
  Instant,
  JournalView,
  OrderView,
  PositionView,
  StateView,
} from './views.ts'

/** Version of what the dashboard's interface says over HTTP and over the socket. */
export const PROTOCOL_VERSION = 1

/** What may be subscribed to. `bars` and `book` need an instrument id: "bars:0". */
export const TOPICS = [
  'state',
  'orders',
  'fills',
  'positions',
  'equity',
  'bars',
  'book',
  'decisions',
  'journal',
  'health',
  'alerts',
] as const
export type TopicName = (typeof TOPICS)[number]
/** A topic with its instrument where it has one. */
export type TopicKey = TopicName | `bars:${number}` | `book:${number}`

/** The value of each topic. Lists of lossless topics are upserts by id when `isPartial`. */
export interface TopicData {
  readonly state: StateView
  readonly orders: ListOf<OrderView>
  readonly fills: ListOf<FillView>
  readonly positions: readonly PositionView[]
  readonly equity: EquityView
  readonly bars: BarsView
  readonly book: BookView
  readonly decisions: readonly DecisionView[]
  readonly journal: JournalView
  readonly health: HealthView
  readonly alerts: ListOf<AlertView>
}

/** Oldest first. `isPartial` false replaces what the client holds, true adds or updates by id. */
export interface ListOf<Item> {
  readonly isPartial: boolean
  readonly items: readonly Item[]
}

/** Every message of the server. `sequence` counts per connection and topic from 1 without gaps. */
export type ServerMessage =
  | {
      readonly type: 'snapshot' | 'delta'
      readonly topic: TopicKey
      readonly sequence: number
      readonly mode: Mode
      readonly runId: string | null
      readonly receivedTime: Instant | null
      readonly sentTime: Instant
      readonly data: TopicData[TopicName]
    }
  | {
      readonly type: 'heartbeat'
      readonly sequence: number
      readonly sentTime: Instant
      readonly coreTime: Instant | null
    }
  | { readonly type: 'refused'; readonly topic: string; readonly text: string }

/** Every message of a client. */
export type ClientMessage =
  | { readonly type: 'subscribe'; readonly topics: readonly TopicKey[] }
  | { readonly type: 'unsubscribe'; readonly topics: readonly TopicKey[] }
  | { readonly type: 'resnapshot'; readonly topic: TopicKey }
  | { readonly type: 'pace'; readonly pace: 'normal' | 'hidden' }

/** Body of POST /api/v1/operator. */
export interface OperatorRequest {
  readonly kind: ControlKind
  /** Id of the instrument, for the command that is about one; else left out. */
  readonly instrument?: number
  readonly reason: string
  /** The command's own name, or the word that the control asks for. */
  readonly confirm: string
}

/** What became of an operator command. */
export interface OperatorResult {
  readonly accepted: boolean
  readonly text: string
}

/** Every refusal over HTTP. */
export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly what: string
    readonly fix: string
  }
}
