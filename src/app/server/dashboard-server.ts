import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fastifyWebsocket from '@fastify/websocket'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { InputError } from '../../adapters/mod.ts'
import { AccessPolicy, type AccessRequest, securityHeaders, type Verdict } from './access.ts'
import { Feed } from './feed.ts'
import type { FleetView } from './fleet-view.ts'
import {
  checkOperatorRequest,
  currentFacts,
  type OperatorHandler,
  operatorCommand,
  parseOperatorRequest,
} from './operator-route.ts'
import { page } from './plain-page.ts'
import type { Projection } from './projection.ts'
import type { ServerHealth } from './projection-options.ts'
import { TOPICS, type TopicKey } from './protocol.ts'

const TICK_MS = 100
const PORTS_TRIED = 20
const PORT_MAX = 65_535
const CLIENTS_MAX = 16
const BODY_MAX_BYTES = 16_384

/** A session that is shown and commanded. */
export interface ServedProjection {
  readonly projection: Projection
  readonly operator: OperatorHandler
  /** Its time in us; the system's clock unless given. */
  readonly now?: () => number
}

/** Several sessions in one process. */
export interface ServedFleet {
  /** Each under `/api/v1/engines/<name>`. */
  readonly engines: ReadonlyMap<string, ServedProjection>
  /** What `/api/v1/overview` answers. */
  readonly overview: (health: ServerHealth) => FleetView
}

/** What a dashboard is served with: one session, or several. */
export type DashboardOptions = DashboardPlace & (ServedProjection | { readonly fleet: ServedFleet })

/** Where a dashboard is served. */
interface DashboardPlace {
  /** Port to begin with; the next free one is taken when it is busy. 0 lets the system choose. */
  readonly port: number
  readonly host: '127.0.0.1'
  /** Random per session, at least 32 characters. */
  readonly token: string
  /** Folder of the built dashboard; when it is missing, a page says how to build it. */
  readonly staticDir: string
}

/** A running server. */
export interface DashboardServer {
  readonly address: string
  readonly port: number
  /** With the token: to be opened once, never stored. */
  readonly url: string
  /** Set when another port than the asked one was taken. */
  readonly notice: string | null
  close(): Promise<void>
}

/**
 * Serves the dashboard on the loopback interface. Reads a projection and never touches the engine;
 * the only way to it is `operator`. Throws InputError when no port is free.
 */
export async function createDashboardServer(options: DashboardOptions): Promise<DashboardServer> {
  const health = createHealth()
  const engines = enginesOf(options, health)
  const overview = 'fleet' in options ? options.fleet.overview : null
  const clients = () => engines.reduce((sum, { feed }) => sum + feed.clientCount, 0)
  const context = { options, engines, clients, overview: () => overview?.(health.read(clients())) }
  const { app, port } = await listen(context)
  const timer = setInterval(() => {
    health.tick()
    for (const { feed } of engines) feed.tick()
  }, TICK_MS)
  timer.unref()
  const address = `http://${options.host}:${port}`
  const isMoved = options.port !== 0 && port !== options.port
  return {
    address,
    port,
    url: `${address}/?token=${options.token}`,
    notice: isMoved ? `port ${options.port} is in use, the dashboard took ${port}` : null,
    async close() {
      clearInterval(timer)
      for (const { feed } of engines) feed.close()
      await app.close()
    },
  }
}

/** The sessions served, each with its own feed. */
function enginesOf(
  options: DashboardOptions,
  health: ReturnType<typeof createHealth>,
): readonly EngineContext[] {
  const make = (path: string, served: ServedProjection): EngineContext => {
    const { projection, operator } = served
    const now = served.now ?? (() => Date.now() * 1000)
    const read = () => health.read(feed.clientCount)
    const feed: Feed = new Feed({ projection, now, health: read })
    return { path, projection, operator, now, feed, health: read }
  }
  if (!('fleet' in options)) return [make('/api/v1', options)]
  return [...options.fleet.engines].map(([name, served]) => make(`/api/v1/engines/${name}`, served))
}

/** Listens on the first free port from the wanted one on. */
async function listen(
  context: RouteContext,
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const { host, port: wanted } = context.options
  const last = Math.min(wanted + PORTS_TRIED - 1, PORT_MAX)
  for (let next = wanted; next <= last; next++) {
    const port = wanted === 0 ? await chosenBySystem(host) : next
    const app = await build(context, port)
    try {
      await app.listen({ host, port })
      return { app, port }
    } catch (error) {
      await app.close()
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    }
  }
  throw new InputError({
    code: 'ORN-WEB-020',
    exitCode: 2,
    message: `no free port for the dashboard from ${wanted} to ${last}`,
    fix: 'choose another port with --port',
  })
}

async function build(context: RouteContext, port: number): Promise<FastifyInstance> {
  const access = new AccessPolicy(context.options.token, port)
  const headers = securityHeaders(port)
  const app = fastify({ logger: false, bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    return guard(access, request, reply)
  })
  await app.register(fastifyWebsocket, { options: { maxPayload: BODY_MAX_BYTES } })
  app.removeContentTypeParser('text/plain')
  addErrors(app)
  for (const engine of context.engines) {
    addResources(app, engine)
    addOperator(app, engine)
    addFeed(app, engine, context.clients)
  }
  app.get('/api/v1/overview', (_request, reply) => {
    reply.header('cache-control', 'no-store')
    // Of one session there is nothing to look over.
    return reply.type('application/json').send(JSON.stringify(context.overview() ?? null))
  })
  await addPages(app, context.options.staticDir)
  return app
}

interface RouteContext {
  readonly options: DashboardOptions
  readonly engines: readonly EngineContext[]
  readonly clients: () => number
  readonly overview: () => FleetView | undefined
}

interface EngineContext {
  /** Of its addresses. */
  readonly path: string
  readonly projection: Projection
  readonly operator: OperatorHandler
  readonly now: () => number
  readonly feed: Feed
  readonly health: () => ServerHealth
}

/** Passes, answers the exchange of the token for a cookie, or refuses. */
async function guard(
  access: AccessPolicy,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const url = addressOf(request.url)
  if (url === null) {
    const error = { code: 'ORN-WEB-005', what: 'the address cannot be read', fix: 'see docs' }
    return reply.code(400).send({ error })
  }
  const seen: AccessRequest = {
    method: request.method,
    path: url.pathname,
    headers: request.headers,
    isWebSocket: request.ws === true || request.headers.upgrade !== undefined,
  }
  const token = url.searchParams.get('token')
  if (token !== null && url.pathname === '/' && request.method === 'GET') {
    const foreign = access.checkOrigin(seen)
    if (foreign !== null) return refuse(reply, foreign, seen)
    if (access.isToken(token)) {
      url.searchParams.delete('token')
      reply.header('set-cookie', access.cookie()).header('cache-control', 'no-store')
      return reply.redirect(`/${url.search}`, 303)
    }
  }
  const verdict = access.check(seen)
  return verdict.allowed ? undefined : refuse(reply, verdict, seen)
}

/** The path and query of a request, read as the router reads them; null when they are none. */
function addressOf(target: string): URL | null {
  const text = `http://127.0.0.1${target}`
  return target.startsWith('/') && URL.canParse(text) ? new URL(text) : null
}

function refuse(reply: FastifyReply, verdict: Verdict, request: AccessRequest): FastifyReply {
  if (verdict.allowed) return reply
  if (request.isWebSocket) {
    // A socket that asked to be upgraded is no longer the server's to close.
    reply.header('connection', 'close')
    reply.raw.once('finish', () => reply.raw.socket?.destroySoon())
  }
  reply.code(verdict.status).header('cache-control', 'no-store')
  const wantsPage = request.path === '/' && !request.isWebSocket
  if (!wantsPage) return reply.send(verdict.body)
  const { what, fix, code } = verdict.body.error
  return reply.type('text/html; charset=utf-8').send(page(`${what}`, [fix], code))
}

function addErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const what = `there is no ${request.method} ${request.url.split('?')[0]}`
    return reply.code(404).send({ error: { code: 'ORN-WEB-004', what, fix: 'see docs' } })
  })
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500
    const what = status < 500 ? error.message : 'the dashboard server failed; trading is unaffected'
    return reply.code(status).send({ error: { code: 'ORN-WEB-005', what, fix: 'try again' } })
  })
}

/** GET /api/v1/<resource>: the same values as the topics; bars and book take ?instrument=ID. */
function addResources(app: FastifyInstance, context: EngineContext): void {
  const { path, projection } = context
  for (const resource of TOPICS) {
    app.get<{ Querystring: { instrument?: string } }>(`${path}/${resource}`, (request, reply) => {
      reply.header('cache-control', 'no-store')
      const needsInstrument = resource === 'bars' || resource === 'book'
      const key = (
        needsInstrument ? `${resource}:${request.query.instrument ?? '0'}` : resource
      ) as TopicKey
      if (!projection.has(key)) {
        const what = `no instrument ${JSON.stringify(request.query.instrument)}`
        return reply
          .code(404)
          .send({ error: { code: 'ORN-WEB-006', what, fix: 'see /api/v1/state for the ids' } })
      }
      return projection.read(key, 0, projection.asOf(context.now()), context.health())
    })
  }
}

function addOperator(app: FastifyInstance, context: EngineContext): void {
  const { path, projection, operator } = context
  app.post(`${path}/operator`, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const parsed = parseOperatorRequest(request.body)
    if (parsed.request === null) return reply.code(400).send(parsed.problem)
    const facts = currentFacts(projection, context.now(), context.health())
    const problem = checkOperatorRequest(parsed.request, facts)
    if (problem !== null) return reply.code(409).send(problem)
    const { kind, reason } = parsed.request
    const actor = request.headers.authorization === undefined ? 'dashboard' : 'api'
    try {
      return await operator(operatorCommand(parsed.request), actor, reason)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const what = `the outcome of ${kind} is not known: ${why}`
      const fix = 'look at the state and the journal before trying again'
      return reply.code(500).send({ error: { code: 'ORN-WEB-011', what, fix } })
    }
  })
}

function addFeed(app: FastifyInstance, { path, feed }: EngineContext, clients: () => number): void {
  app.get(`${path}/feed`, { websocket: true }, (socket) => {
    if (clients() >= CLIENTS_MAX) {
      socket.close(1013, `at most ${CLIENTS_MAX} dashboards at a time`)
      return
    }
    const { onMessage, onClose } = feed.attach(socket)
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(1003, 'text only')
      else onMessage(data.toString())
    })
    socket.on('close', onClose)
    socket.on('error', onClose)
  })
}

async function addPages(app: FastifyInstance, staticDir: string): Promise<void> {
  if (existsSync(join(staticDir, 'index.html'))) {
    await app.register(fastifyStatic, {
      root: staticDir,
      cacheControl: false,
      setHeaders(response, path) {
        const isHashed = path.includes(`${join(staticDir, 'assets')}`)
        const value = isHashed ? 'private, max-age=31536000, immutable' : 'no-store'
        response.header('cache-control', value)
      },
    })
    return
  }
  const lines = ['Build it with', 'npm run build --workspace web']
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(page('The dashboard is not built', lines, '')),
  )
}

/** A port that is free at the moment. */
function chosenBySystem(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port: 0 }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Measures the process: memory, and how late a timer of TICK_MS comes. */
function createHealth() {
  const started = performance.now()
  let lastTick = started
  let lag = 0
  return {
    tick(): void {
      const time = performance.now()
      lag = Math.max(lag * 0.9, time - lastTick - TICK_MS, 0)
      lastTick = time
    },
    read: (clients: number): ServerHealth => ({
      clients,
      memoryMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
      eventLoopLagMs: Math.round(lag),
      uptimeSeconds: Math.round((performance.now() - started) / 1000),
    }),
  }
}
