/** Colours of the present theme as canvases need them. */
export interface ChartColors {
  readonly ground: string
  readonly line: string
  readonly ink: string
  readonly strong: string
  readonly muted: string
  readonly buy: string
  readonly sell: string
  readonly buyWash: string
  readonly sellWash: string
}

/** Reads the tokens as the browser resolves them: a custom property alone is unresolved text. */
export function readColors(): ChartColors {
  const probe = document.createElement('span')
  document.body.append(probe)
  const read = (token: string): string => {
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
  const colors = {
    ground: read('--panel'),
    line: read('--line'),
    ink: read('--ink'),
    strong: read('--strong'),
    muted: read('--muted'),
    buy: read('--buy'),
    sell: read('--sell'),
    buyWash: read('--buy-wash'),
    sellWash: read('--sell-wash'),
  }
  probe.remove()
  return colors
}
