/** Text that is already HTML. */
export interface Html {
  readonly markup: string
}

type Part = Html | string | number | readonly Part[] | null | undefined | false

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made harmless inside elements and quoted attributes. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character]!)

/** Takes a string as HTML. Only for markup made in this folder. */
export const raw = (markup: string): Html => ({ markup })

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  if (isHtml(part)) return part.markup
  let all = ''
  for (const each of part) all += render(each)
  return all
}

const isHtml = (part: Html | readonly Part[]): part is Html => !Array.isArray(part)

/** Template of HTML: strings are escaped, null and false vanish, lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0]!
  parts.forEach((part, i) => {
    markup += render(part) + strings[i + 1]!
  })
  return { markup }
}

/** A table with a caption for screen readers; cells may be HTML. First column is a row header. */
export function table(input: {
  readonly caption: string
  readonly head: readonly (string | Html)[]
  readonly rows: readonly (readonly (string | Html)[])[]
  readonly className?: string
  readonly sortable?: boolean
}): Html {
  const head = input.head.map((cell) => html`<th scope="col">${cell}</th>`)
  const rows = input.rows.map(
    (row) =>
      html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}` : html`<td>${cell}`))}`,
  )
  const names = `${input.className ?? ''}${input.sortable === true ? ' sortable' : ''}`.trim()
  return html`<div class="scroll"><table${names === '' ? null : html` class="${names}"`}><caption>${
    input.caption
  }</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`
}
