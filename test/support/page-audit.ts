import type { Page } from 'playwright-core'

/**
 * Text whose contrast with what is behind it is below `least` (WCAG 2.1), as "ratio text". What is
 * disabled or drawn on a stale panel is left out: there low contrast is what is said.
 */
export function lowContrast(page: Page, least: number): Promise<readonly string[]> {
  return page.evaluate((minimum) => {
    const canvas = document.createElement('canvas')
    canvas.width = 1
    canvas.height = 1
    const context = canvas.getContext('2d', { willReadFrequently: true })!
    const parsed = new Map<string, number[]>()
    const parse = (color: string): number[] => {
      const known = parsed.get(color)
      if (known !== undefined) return known
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = color
      context.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data
      const value = [r, g, b, a / 255]
      parsed.set(color, value)
      return value
    }
    const over = (top: number[], under: number[]): number[] => {
      const a = top[3]!
      return [0, 1, 2].map((i) => top[i]! * a + under[i]! * (1 - a)).concat(1)
    }
    const luminance = (color: number[]): number => {
      const linear = color.slice(0, 3).map((value) => {
        const c = value / 255
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!
    }
    const ground = (element: Element): number[] => {
      const layers: number[][] = []
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        layers.push(parse(getComputedStyle(at).backgroundColor))
      }
      return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1])
    }
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? ''
      const element = node.parentElement
      if (text === '' || element === null) continue
      if (element.closest('script, :disabled, .visually-hidden, .stale, .skeleton') !== null)
        continue
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      const under = ground(element)
      const a = luminance(over(parse(getComputedStyle(element).color), under))
      const b = luminance(under)
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      if (ratio < minimum) found.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`)
    }
    return found
  }, least)
}

/** What assistive tools would stumble over: controls without a name, tables without caption or heads. */
export function namelessParts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const nameOf = (element: Element): string =>
      element.getAttribute('aria-label') ??
      element.getAttribute('title') ??
      element.querySelector('[aria-label]')?.getAttribute('aria-label') ??
      (element instanceof HTMLInputElement
        ? (element.labels?.[0]?.textContent ?? '')
        : (element.textContent ?? ''))
    for (const element of document.querySelectorAll('button, summary, input, select, a, [role]')) {
      const decorative = element.closest('[aria-hidden=true]') !== null
      const isCell = element.getAttribute('role') === 'presentation'
      if (decorative || isCell || element.closest('.canvas table') !== null) continue
      if (nameOf(element).trim() === '') found.push(`no name: ${element.outerHTML.slice(0, 80)}`)
    }
    for (const table of document.querySelectorAll('table')) {
      if (table.closest('.canvas') !== null) continue
      if (table.querySelector('caption') === null) found.push('a table without caption')
      for (const head of table.querySelectorAll('thead tr:first-child th')) {
        if (head.getAttribute('scope') !== 'col')
          found.push(`head without scope: ${head.textContent}`)
      }
    }
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i)
    if (twice.length > 0) found.push(`ids used twice: ${twice.join(' ')}`)
    if (document.querySelectorAll('h1').length !== 1) found.push('not exactly one h1')
    return found
  })
}

/** Elements that stick out of the page to the right, by their ids or first words. */
export function overflowing(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement
    return scrollWidth > clientWidth ? [`page is ${scrollWidth} wide, sees ${clientWidth}`] : []
  })
}
