import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { initWasm, Resvg } from '@resvg/resvg-wasm'

const require = createRequire(import.meta.url)
let isReady: Promise<void> | null = null

/** Draws an SVG with texts in DejaVu Sans as a PNG of its own size. The same SVG, the same bytes. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  isReady ??= initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')))
  await isReady
  const font = readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
  const fonts = { fontBuffers: [font], defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false }
  return new Resvg(svg, { font: fonts }).render().asPng()
}
