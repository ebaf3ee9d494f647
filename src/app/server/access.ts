import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ErrorBody } from './protocol.ts'

/** What of a request decides whether it may pass. */
export interface AccessRequest {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly isWebSocket: boolean
}

/** Pass, or refuse with a status and a body that says what to do. */
export type Verdict =
  | { readonly allowed: true; readonly via: 'cookie' | 'bearer' }
  | { readonly allowed: false; readonly status: 401 | 403; readonly body: ErrorBody }

/**
 * Who may talk to the dashboard's server: pages of its own origin that hold the session's cookie,
 * and programs that send the token as a bearer. Everything else is refused: another Host (DNS
 * rebinding), another Origin or site (cross-site requests, sockets of foreign pages), no secret.
 */
export class AccessPolicy {
  readonly #token: Buffer
  readonly #cookieValue = randomBytes(32).toString('base64url')
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>
  /** Cookies are shared by all ports of a host, so the name carries the port. */
  readonly cookieName: string

  constructor(token: string, port: number) {
    this.#token = digest(token)
    this.cookieName = `ornstein-${port}`
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
    this.#hosts = new Set(hosts)
    this.#origins = new Set(hosts.map((host) => `http://${host}`))
  }

  /** True when `token` is the session's, compared in constant time. */
  isToken(token: string): boolean {
    return timingSafeEqual(digest(token), this.#token)
  }

  /** Set-Cookie of a browser that presented the token. */
  cookie(): string {
    return `${this.cookieName}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Judges Host, Origin and site only: what even the exchange of the token must satisfy. */
  checkOrigin(request: AccessRequest): Verdict | null {
    const host = header(request, 'host')
    if (host === null || !this.#hosts.has(host.toLowerCase())) {
      return refuse(403, 'ORN-WEB-002', `the host ${quote(host)} is not this server`)
    }
    const origin = header(request, 'origin')
    if (origin !== null && !this.#origins.has(origin.toLowerCase())) {
      return refuse(403, 'ORN-WEB-003', `requests from ${quote(origin)} are refused`)
    }
    return null
  }

  /** The whole judgement of a request that is not the exchange of the token. */
  check(request: AccessRequest): Verdict {
    const foreign = this.checkOrigin(request)
    if (foreign !== null) return foreign
    const bearer = /^Bearer (.+)$/.exec(header(request, 'authorization') ?? '')?.[1]
    if (bearer !== undefined) {
      return this.isToken(bearer) ? { allowed: true, via: 'bearer' } : unauthorised()
    }
    const cookie = readCookie(header(request, 'cookie') ?? '', this.cookieName)
    if (cookie === null || !timingSafeEqual(digest(cookie), digest(this.#cookieValue))) {
      return unauthorised()
    }
    return this.#checkSite(request) ?? { allowed: true, via: 'cookie' }
  }

  /** A cookie proves the browser, not the page: pages of other sites and ports are refused. */
  #checkSite(request: AccessRequest): Verdict | null {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const needsOrigin = request.isWebSocket || !isRead
    if (needsOrigin && header(request, 'origin') === null) {
      return refuse(403, 'ORN-WEB-003', 'a request that acts must say its Origin')
    }
    const site = header(request, 'sec-fetch-site')
    const isNavigation = header(request, 'sec-fetch-mode') === 'navigate' && request.path === '/'
    if (site !== null && site !== 'same-origin' && site !== 'none' && !isNavigation) {
      return refuse(403, 'ORN-WEB-003', `requests from a ${site} page are refused`)
    }
    return null
  }
}

/** Security headers of every answer. `port` is this server's. */
export function securityHeaders(port: number): Readonly<Record<string, string>> {
  const sockets = `ws://127.0.0.1:${port} ws://localhost:${port}`
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ${sockets}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  }
}

const unauthorised = (): Verdict =>
  refuse(
    401,
    'ORN-WEB-001',
    'this session’s key is missing',
    'open the address that the terminal printed (it ends in ?token=…), or send it as a bearer',
  )

function refuse(status: 401 | 403, code: string, what: string, fix?: string): Verdict {
  const advice = fix ?? 'open the dashboard at the address that the terminal printed'
  return { allowed: false, status, body: { error: { code, what, fix: advice } } }
}

/** Equal lengths for the constant-time comparison, whatever was sent. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function header(request: AccessRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

function readCookie(text: string, name: string): string | null {
  for (const part of text.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

const quote = (text: string | null): string => (text === null ? '(none)' : JSON.stringify(text))
