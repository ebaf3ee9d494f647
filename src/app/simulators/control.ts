import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nearest } from '../../adapters/mod.ts'
import { type DemandRates, type FaultControl, type FaultName, faultNames } from './faults.ts'
import { asUnsigned, isObject, type Json, parseJson } from './json.ts'
import { listenOn } from './listen.ts'

/** A reply of the control endpoint. */
export interface ControlReply {
  readonly status: number
  readonly body: object
}

/** What a control endpoint does to a venue. */
export interface ControlledVenue {
  /** Drops all sockets without a close frame; returns how many there were. */
  dropSockets(): number
  /** Answers what only this venue has, given `METHOD /path`; null for anything else. */
  control?(asked: string, body: Json | undefined): ControlReply | null
}

const BODY_BYTES_MAX = 1 << 16

const refuse = (message: string): ControlReply => ({ status: 400, body: { error: message } })

const isName = (name: string): name is FaultName => (faultNames as readonly string[]).includes(name)

function unknownName(name: string): ControlReply {
  const near = nearest(name, faultNames)
  const hint = near === null ? '' : `; did you mean ${near}?`
  return refuse(`${name} is no fault${hint} (allowed: ${faultNames.join(', ')})`)
}

function setRates(faults: FaultControl, body: Json | undefined): ControlReply {
  if (!isObject(body)) return refuse('a JSON object of rates is needed')
  for (const [name, rate] of Object.entries(body)) {
    if (!isName(name)) return unknownName(name)
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
      return refuse(`${name} is ${JSON.stringify(rate)} (allowed: numbers from 0 to 1)`)
    }
  }
  faults.setRates(body as DemandRates)
  return { status: 200, body: { rates: faults.rates } }
}

function demand(faults: FaultControl, body: Json | undefined): ControlReply {
  if (!isObject(body)) return refuse('{"fault": name, "count": number} is needed')
  const { fault } = body
  const count = body['count'] === undefined ? 1 : asUnsigned(body['count'])
  if (typeof fault !== 'string' || !isName(fault)) return unknownName(String(fault))
  if (count === null || count < 1) return refuse('count must be a whole number of at least 1')
  faults.demand(fault, count)
  return { status: 200, body: { demanded: { [fault]: count } } }
}

/**
 * Answers one request to the control endpoint: `GET /faults`, `PUT /faults` (rates by name),
 * `POST /faults` (`{fault, count}`: at the next occasions), `POST /drop` (all sockets).
 */
export function answerControl(
  venue: ControlledVenue,
  faults: FaultControl,
  request: { readonly method: string; readonly path: string; readonly body: string },
): ControlReply {
  const body = request.body === '' ? undefined : parseJson(request.body)
  const asked = `${request.method} ${request.path}`
  switch (asked) {
    case 'GET /faults':
      return { status: 200, body: { rates: faults.rates, happened: faults.drawn } }
    case 'PUT /faults':
      return setRates(faults, body)
    case 'POST /faults':
      return demand(faults, body)
    case 'POST /drop':
      return { status: 200, body: { dropped: venue.dropSockets() } }
    default:
      return (
        venue.control?.(asked, body) ?? {
          status: 404,
          body: { error: 'GET, PUT or POST /faults, or POST /drop' },
        }
      )
  }
}

/**
 * True for what a web page could have sent: browsers name its origin or site, and a host that was
 * bent to loopback by name keeps its own. Programs send neither.
 */
function isFromPage({ headers }: IncomingMessage, port: number): boolean {
  const site = headers['sec-fetch-site']
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  return (
    headers.origin !== undefined ||
    (site !== undefined && site !== 'none') ||
    !hosts.includes((headers.host ?? '').toLowerCase())
  )
}

const fromPage: ControlReply = {
  status: 403,
  body: { error: 'requests of web pages, or to another host, are refused' },
}

/** A control endpoint on loopback. */
export interface ControlServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves the control endpoint of a venue on a port of its own. Throws InputError (2). */
export async function serveControl(
  venue: ControlledVenue,
  faults: FaultControl,
  port: number,
): Promise<ControlServer> {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => {
      body += part
      if (body.length > BODY_BYTES_MAX) request.destroy()
    })
    request.on('end', () => {
      const path = (request.url ?? '/').split('?')[0]!
      const asked = { method: request.method ?? 'GET', path, body }
      const isForeign = isFromPage(request, (server.address() as AddressInfo).port)
      const reply = isForeign ? fromPage : answerControl(venue, faults, asked)
      response.writeHead(reply.status, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify(reply.body)}\n`)
    })
  })
  await listenOn(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
