import { type Html, html, raw } from './html.ts'
import { hatchDefinition } from './plot.ts'
import { script } from './script.ts'
import { styleSheet } from './style.ts'

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:"

/**
 * A whole HTML document that needs nothing from outside: style, script and data are inside and a
 * content policy forbids the rest.
 */
export function document(input: {
  readonly title: string
  readonly body: Html
  /** JSON text that the script and other programs read. */
  readonly data: string
}): string {
  // "<" would let a string in the data end the script element.
  const data = input.data.replaceAll('<', '\\u003c')
  return html`${raw('<!doctype html>')}
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${
    input.title
  }</title><link rel="icon" href="data:,"><style>${raw(styleSheet)}</style></head><body>${hatchDefinition}${
    input.body
  }<script type="application/json" id="ornstein-report">${raw(data)}</script><script>${raw(
    script,
  )}</script></body></html>
`.markup
}
