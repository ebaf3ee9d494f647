const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * A page without script or style of its own, for what is said before the dashboard can be shown.
 * The link asks for the page again: after a redirect from another site a browser first keeps the
 * session's cookie back, and sends it with a click made here.
 */
export function page(title: string, lines: readonly string[], code: string): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width"><title>Ornstein</title></head><body>',
    `<h1>${escapeText(title)}</h1>`,
    ...lines.map((line) => `<p>${escapeText(line)}</p>`),
    '<p><a href="/">Open the dashboard</a></p>',
    code === '' ? '' : `<p><small>${escapeText(code)}</small></p>`,
    '</body></html>',
  ].join('\n')
}
