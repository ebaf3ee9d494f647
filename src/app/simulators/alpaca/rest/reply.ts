import type { Json } from '../../json.ts'

/** What a request is answered with; a body of null is none. */
export interface Reply {
  readonly status: number
  readonly body: unknown
}

/** The venue's codes of mistakes. */
export const Code = {
  forbidden: 40310000,
  dayTrading: 40310100,
  notFound: 40410000,
  unprocessable: 42210000,
  invalid: 40010001,
  unauthorized: 40110000,
  rateLimited: 42910000,
} as const

export const ok = (body: unknown): Reply => ({ status: 200, body })

/** A refusal in the venue's words. */
export const refusal = (
  status: number,
  code: number,
  message: string,
  extras: Readonly<Record<string, Json>> = {},
): Reply => ({ status, body: { ...extras, code, message } })

export const forbidden = (message: string, extras?: Readonly<Record<string, Json>>): Reply =>
  refusal(403, Code.forbidden, message, extras)
export const unprocessable = (message: string): Reply => refusal(422, Code.unprocessable, message)
export const invalid = (message: string): Reply => refusal(422, Code.invalid, message)
export const notFound = (message: string): Reply => refusal(404, Code.notFound, message)
/** Market data's mistakes carry no code. */
export const badRequest = (message: string): Reply => ({ status: 400, body: { message } })
