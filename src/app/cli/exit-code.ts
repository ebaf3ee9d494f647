/** Exit codes of the command line; documented in docs/errors.md, never reused. */
export const ExitCode = {
  ok: 0,
  internal: 1,
  usage: 2,
  configuration: 3,
  data: 4,
  venue: 5,
  preflight: 6,
  riskHalt: 7,
  assertion: 8,
  approval: 9,
  mismatch: 10,
  partial: 11,
  interrupted: 130,
} as const
