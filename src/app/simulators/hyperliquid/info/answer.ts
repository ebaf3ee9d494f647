import { asText, isObject, type Json } from '../../json.ts'
import { accountHandlers } from './account.ts'
import { feeHandlers } from './fees.ts'
import { fillHandlers } from './fills.ts'
import { type InfoContext, type InfoHandler, type InfoReply, json, wrongShape } from './handler.ts'
import { marketHandlers } from './market.ts'
import { orderHandlers } from './orders.ts'
import { profileHandlers } from './profile.ts'
import { spotHandlers } from './spot.ts'
import { twapHandlers } from './twap.ts'
import { universeHandlers } from './universe.ts'
import { unusedHandlers } from './unused.ts'
import { webDataHandlers } from './web-data.ts'

const statusHandlers: Readonly<Record<string, InfoHandler>> = {
  exchangeStatus: (_, { nowMs }) => json({ time: nowMs, specialStatuses: null }),
}

/** Every info type this simulator answers. */
const handlers = new Map<string, InfoHandler>(
  [
    universeHandlers,
    marketHandlers,
    accountHandlers,
    orderHandlers,
    fillHandlers,
    feeHandlers,
    twapHandlers,
    profileHandlers,
    spotHandlers,
    webDataHandlers,
    unusedHandlers,
    statusHandlers,
  ].flatMap((group) => Object.entries(group)),
)

/** Answers an info request; unknown types are of the wrong shape. */
export function answerInfo(request: Json, context: InfoContext): InfoReply {
  if (!isObject(request)) return wrongShape
  const handler = handlers.get(asText(request['type']) ?? '')
  return handler === undefined ? wrongShape : handler(request, context)
}
