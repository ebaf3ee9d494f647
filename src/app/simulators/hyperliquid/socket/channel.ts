import type { TimeUs } from '../../../../core/mod.ts'
import type { JsonObject } from '../../json.ts'
import type { ListedDex } from '../listing.ts'
import type { Notice } from '../state/notices.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress } from '../wire/addresses.ts'

/** A frame's channel and data, not yet serialised. */
export interface Frame {
  readonly channel: string
  readonly data: unknown
}

/** Which regular frames are due. */
export type Tick = 'fastBook' | 'slowBook' | 'mids' | 'second' | 'contexts'

/** What frames are made from. */
export interface View {
  readonly state: VenueState
  readonly time: TimeUs
}

/** One subscription of one client: what it is sent when. */
export interface Channel {
  /** What the venue answers as the subscription: defaults filled in. */
  readonly echo: JsonObject
  /** The user it is about, lower case; null for market data. */
  readonly user: string | null
  /** When it gets regular frames; absent: never. */
  readonly tick?: Tick
  /** Regular frames are left out while nothing has changed. */
  readonly onChange?: true
  /** Begins with a snapshot that the venue has been seen to leave out. */
  readonly hasSnapshot?: true
  /** What it begins with after its confirmation; null: nothing. Default: the regular frame. */
  first?(view: View): Frame | null
  /** The whole present value; null when unknown. */
  regular?(view: View): Frame | null
  /** What it is told about something that happened; null when it is none of its concern. */
  told?(notice: Notice, view: View): Frame | null
}

/** Reading a subscription: `drop` means that the venue closes the socket without a word. */
export type ChannelReading = Channel | 'invalid' | 'drop'

/** Reads the subscriptions of one type. */
export type ChannelReader = (sent: JsonObject, state: VenueState) => ChannelReading

/** A frame of a channel. */
export const frame = (channel: string, data: unknown): Frame => ({ channel, data })

/** The dex a subscription names, the native one without; null when there is none of that name. */
export function namedDex(sent: JsonObject, state: VenueState): ListedDex | null {
  const { dex } = sent
  if (dex == null) return state.listing.dexs[0]!
  return typeof dex === 'string' ? state.listing.dexNamed(dex) : null
}

/** Reads subscriptions that need a user and nothing else. */
export const ofUser =
  (type: string, make: (user: string) => Omit<Channel, 'echo' | 'user'>): ChannelReader =>
  (sent) => {
    const user = asAddress(sent['user'])
    return user === null ? 'invalid' : { echo: { type, user }, user, ...make(user) }
  }

/** Reads subscriptions of a user on one dex, the native one by default. */
export const ofUserOnDex =
  (
    type: string,
    make: (user: string, dex: ListedDex) => Omit<Channel, 'echo' | 'user'>,
  ): ChannelReader =>
  (sent, state) => {
    const user = asAddress(sent['user'])
    if (user === null) return 'invalid'
    const dex = namedDex(sent, state)
    if (dex === null) return 'drop'
    return { echo: { type, user, dex: dex.name }, user, ...make(user, dex) }
  }

/** True when a notice is about this user and of one of these kinds. */
export const concerns = (notice: Notice, user: string, kinds: readonly Notice['kind'][]): boolean =>
  'user' in notice && notice.user === user && kinds.includes(notice.kind)
