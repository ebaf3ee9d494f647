import { createRandom, generatePanel, type HourPanel } from '../../src/core/mod.ts'

/**
 * A small generated panel made rough: bars go missing, some trade nothing, prices repeat, a sector
 * is unknown, names leave and join, splits and dividends happen, one name has no filings at all.
 */
export function roughPanel(seed: number, names = 9, sessions = 50): HourPanel {
  const panel = generatePanel({
    seed,
    names,
    sessions,
    reserveShare: 0.2,
    changesPerYear: 2,
    delistingsPerYear: 0.5,
  })
  const random = createRandom(seed)
  const count = panel.grid.openTime.length
  const { open, high, low, close, volume } = panel.bars
  for (let cell = 0; cell < close.length; cell++) {
    const draw = random.next()
    if (draw < 0.02)
      for (const column of [open, high, low, close, volume]) column[cell] = Number.NaN
    else if (draw < 0.04) volume[cell] = 0
    else if (draw < 0.07 && cell % count > 0) close[cell] = close[cell - 1]!
  }
  for (let bar = 0; bar < count; bar++) {
    panel.sector[bar] = -1
    if (bar % 97 === 50) panel.benchmark!.bars.close[bar] = Number.NaN
  }
  // The first name splits three for one, and pays a dividend, in the middle.
  for (let bar = count >> 1; bar < count; bar++) {
    for (const column of [open, high, low, close]) column[bar]! /= 3
    volume[bar]! *= 3
    panel.splitFactor[bar]! *= 3
    panel.totalReturnFactor[bar]! *= 3.03
  }
  const empty = new Float64Array(0)
  const fundamentals = panel.fundamentals!.map((series, name) =>
    name === 1 ? { ...series, knownTime: empty, eventTime: empty } : series,
  )
  return { ...panel, fundamentals }
}
