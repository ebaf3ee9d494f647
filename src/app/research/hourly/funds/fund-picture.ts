import { hatchDefinition } from '../../report/plot.ts'
import { CHART_HEIGHT, CHART_WIDTH, type FundChart } from './fund-texts.ts'

const TITLE = 44

/** What the page's style sheet says of a chart, in colours of the light theme. */
const style = `text{fill:#57606a;font-size:12px}
text.label{fill:#1c2128}text.end{text-anchor:end}text.mid{text-anchor:middle}text.title{fill:#1c2128;font-size:20px}
.grid{stroke:#d8dee4}.zero{stroke:#57606a}.bubble{fill-opacity:.8}
.fill-gain{fill:#0b6bcb}.fill-loss{fill:#b54708}.fill-muted{fill:#57606a}
.ring-gain{fill:#fff;stroke:#0b6bcb;stroke-width:2.5}.ring-loss{fill:#fff;stroke:#b54708;stroke-width:2.5}
.hatch{stroke:#57606a;stroke-width:1.5}.gap{fill:url(#hatch)}.outlined{stroke:#57606a}`

/** A chart as a picture that needs no style sheet, 2600 by 1520. */
export function fundPicture({ drawing, title }: FundChart): string {
  const height = CHART_HEIGHT + TITLE
  const width = (CHART_WIDTH * height) / CHART_HEIGHT
  const inner = drawing.markup.replace(
    '<svg ',
    `<svg x="${(width - CHART_WIDTH) / 2}" y="${TITLE}" width="${CHART_WIDTH}" height="${CHART_HEIGHT}" `,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="2600" height="1520" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans"><style>${style}</style>${hatchDefinition.markup}<rect width="${width}" height="${height}" fill="#fff"/><text class="title" x="54" y="34">${title}</text>${inner}</svg>`
}
