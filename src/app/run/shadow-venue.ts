import type { AdapterEnvironment, VenueAdapter, VenueSink } from '../../adapters/mod.ts'
import { moneyFromNumber } from '../../core/mod.ts'

/**
 * A venue whose market is real and whose orders go nowhere: each is journaled as an intent and ends
 * at once as canceled, in words that say so. Its account is flat with a stated balance.
 */
export function createShadowVenue(
  data: VenueAdapter,
  environment: AdapterEnvironment,
  account: { readonly currency: string; readonly balance: number },
): VenueAdapter {
  let sink: VenueSink | null = null
  const ended = (clientOrderId: string): void => {
    const receivedTime = environment.now()
    sink?.event({
      kind: 'orderReported',
      receivedTime,
      venueTime: receivedTime,
      report: {
        clientOrderId,
        venueOrderId: null,
        evidence: 'canceled',
        code: null,
        text: 'shadow: not sent',
      },
    })
  }
  return {
    venue: data.venue,
    capabilities: data.capabilities,
    loadInstruments: (symbols) => data.loadInstruments(symbols),
    loadBars: (instrument, intervalUs, count) => data.loadBars(instrument, intervalUs, count),
    async start(given) {
      sink = given
      await data.start(given)
      const receivedTime = environment.now()
      const status = { stream: 'account', instrument: null, status: 'connected' } as const
      given.event({ kind: 'streamStatus', receivedTime, ...status })
    },
    submit: (order) => ended(order.clientOrderId),
    cancel: (cancel) => ended(cancel.clientOrderId),
    queryOrder: ended,
    queryAccount() {
      const receivedTime = environment.now()
      const balances = [{ currency: account.currency, amount: moneyFromNumber(account.balance) }]
      sink?.event({
        kind: 'accountReported',
        receivedTime,
        venueTime: receivedTime,
        account: { openOrders: [], positions: [], balances, executions: [] },
      })
    },
    stop: () => data.stop(),
  }
}
