import { asText, isObject, type Json } from '../../json.ts'
import type { VenueState } from '../state/venue-state.ts'
import { accountChannels } from './account-channels.ts'
import type { ChannelReader, ChannelReading } from './channel.ts'
import { historyChannels } from './history-channels.ts'
import { marketChannels } from './market-channels.ts'

const readers = new Map<string, ChannelReader>(
  [marketChannels, historyChannels, accountChannels].flatMap((group) => Object.entries(group)),
)

/** Reads what a client wants to subscribe to. */
export function readChannel(sent: Json | undefined, state: VenueState): ChannelReading {
  if (!isObject(sent)) return 'invalid'
  return readers.get(asText(sent['type']) ?? '')?.(sent, state) ?? 'invalid'
}
