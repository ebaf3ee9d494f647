import { marketData, trading } from '@alpacahq/alpaca-trade-api/rest'

/** A request as the official client writes it, not sent yet. */
export interface BuiltRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** The operations of the official client that are used, over one configuration. */
export interface Operations {
  readonly orders: trading.OrdersApi
  readonly positions: trading.PositionsApi
  readonly accounts: trading.AccountsApi
  readonly assets: trading.AssetsApi
  readonly activities: trading.AccountActivitiesApi
  readonly clock: trading.ClockApi
  readonly locates: trading.LocatesApi
  readonly crypto: marketData.CryptoApi
  readonly stocks: marketData.StockApi
}

/** Calls one operation; what it returns is not looked at. */
export type Operation = (operations: Operations) => Promise<unknown>

/** Writes the request of an operation without sending it. */
export type RequestBuilder = (operation: Operation) => Promise<BuiltRequest>

/**
 * Lets the official client write requests (paths, parameters, bodies, credentials) and takes them
 * from it where it would send them: neither its clock, nor its retries, nor its sockets are used.
 */
export function createRequestBuilder(input: {
  readonly tradingUrl: string
  readonly dataUrl: string
  readonly keyId: string
  readonly secret: string
}): RequestBuilder {
  const { keyId, secret } = input
  return async (operation) => {
    let built: BuiltRequest | null = null
    const parameters = {
      keyId,
      secret,
      timeoutMs: 0,
      fetchApi: async (url: unknown, init?: RequestInit) => {
        built = {
          url: String(url),
          method: init?.method as BuiltRequest['method'],
          headers: init?.headers as Record<string, string>,
          body: typeof init?.body === 'string' ? init.body : null,
        }
        return new Response(null, { status: 204 })
      },
    }
    const desk = new trading.Configuration({
      ...parameters,
      basePath: withoutSlash(input.tradingUrl),
    })
    const feed = new marketData.Configuration({
      ...parameters,
      basePath: withoutSlash(input.dataUrl),
    })
    await operation({
      orders: new trading.OrdersApi(desk),
      positions: new trading.PositionsApi(desk),
      accounts: new trading.AccountsApi(desk),
      assets: new trading.AssetsApi(desk),
      activities: new trading.AccountActivitiesApi(desk),
      clock: new trading.ClockApi(desk),
      locates: new trading.LocatesApi(desk),
      crypto: new marketData.CryptoApi(feed),
      stocks: new marketData.StockApi(feed),
    })
    if (built === null) throw new Error('the official client wrote no request')
    return built
  }
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')
