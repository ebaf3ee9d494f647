/** Part of the report's script: linked crosshair and zoom over all charts of time. */
export const chartScript = String.raw`
const NS = 'http://www.w3.org/2000/svg'
const px = (value) => Math.round(value * 10) / 10
const node = (name, attributes, text) => {
  const element = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  return element
}
const live = document.createElement('div')
live.className = 'unseen'
live.setAttribute('aria-live', 'polite')
document.body.append(live)
const paneOf = (g) => ({ g, ys: g.querySelector('.ys'), stretch: g.querySelector('.stretch'),
  top: +g.dataset.top, bottom: +g.dataset.bottom, low: +g.dataset.low, high: +g.dataset.high,
  unit: g.dataset.unit, ticks: +g.dataset.ticks, isLog: 'log' in g.dataset,
  fits: g.dataset.fits === '' ? [] : g.dataset.fits.split(' ').map(Number),
  marks: [...g.querySelectorAll('.mark[transform]')].map((mark) => {
    const [x, y] = mark.getAttribute('transform').match(/-?[\d.]+/g).map(Number)
    return { mark, x, y }
  }) })
const charts = [...document.querySelectorAll('svg[data-from]')].map((svg) => {
  const d = svg.dataset
  const height = svg.viewBox.baseVal.height
  const line = node('line', { class: 'cursor', y1: 0, y2: height, style: 'display:none' })
  const span = node('rect', { class: 'span', y: 0, height, style: 'display:none' })
  svg.append(span, line)
  const readout = document.createElement('div')
  readout.className = 'readout'
  readout.hidden = true
  readout.setAttribute('aria-hidden', 'true')
  const plot = svg.parentElement
  plot.append(readout)
  plot.tabIndex = 0
  plot.setAttribute('role', 'group')
  plot.setAttribute('aria-label', svg.querySelector('title').textContent + '. Arrow keys move the crosshair, plus and minus zoom, brackets pan, 0 resets.')
  return { svg, plot, line, span, readout, from: +d.from, to: +d.to, left: +d.left, right: +d.right,
    view: [+d.from, +d.to], series: series.get(d.series), times: svg.querySelector('.times'),
    stretchX: svg.querySelector('.stretch-x'), panes: [...svg.querySelectorAll('.pane-box')].map(paneOf) }
})
const whole = [Math.min(...charts.map((c) => c.from)), Math.max(...charts.map((c) => c.to))]
let view = whole
let cursor = null
const isZoomed = () => view[0] > whole[0] || view[1] < whole[1]
const nearest = (times, t) => {
  let low = 0, high = times.length - 1
  while (low < high) { const mid = (low + high) >> 1; if (times[mid] < t) low = mid + 1; else high = mid }
  return low > 0 && t - times[low - 1] < times[low] - t ? low - 1 : low
}
const fitted = (c, p, k, e) => {
  const isFitted = isZoomed() && p.fits.length > 0 && c.series && c.series.time.length > 0
  if (!isFitted) return [p.low, p.high]
  const { time, columns } = c.series
  let low = Number.MAX_VALUE, high = -Number.MAX_VALUE
  const take = (value) => { low = Math.min(low, value); high = Math.max(high, value) }
  const first = Math.max(0, nearest(time, c.view[0]) - 1)
  const last = Math.min(time.length - 1, nearest(time, c.view[1]) + 1)
  for (const column of p.fits) {
    const { values } = columns[column]
    for (let i = first; i <= last; i++) if (values[i] !== null && values[i] !== undefined) take(p.isLog ? Math.log(values[i]) : values[i])
  }
  for (const { x, y } of p.marks) {
    if (x * k + e >= c.left && x * k + e <= c.right) take(p.low + (p.bottom - y) / (p.bottom - p.top) * (p.high - p.low))
  }
  if (!(low <= high)) return [p.low, p.high]
  const room = high > low ? (high - low) * .08 : Math.abs(low) * .001 || 1
  return [low - room, p.high === 0 ? 0 : high + room]
}
const drawPane = (c, p, k, e) => {
  const [low, high] = fitted(c, p, k, e)
  const height = p.bottom - p.top
  const ky = (p.high - p.low) / (high - low)
  const f = p.bottom - (p.low - low) / (high - low) * height - ky * p.bottom
  p.stretch.setAttribute('transform', 'matrix(' + [k, 0, 0, ky, e, f].join(' ') + ')')
  for (const { mark, x, y } of p.marks) mark.setAttribute('transform', 'translate(' + px(x * k + e) + ' ' + px(y * ky + f) + ')')
  p.ys.replaceChildren(...axisTicks(low, high, p).flatMap(([at, text]) => {
    const y = px(p.bottom - (at - low) / (high - low) * height)
    return [node('line', { class: 'grid', x1: c.left, x2: c.right, y1: y, y2: y }),
      node('text', { class: 'tick end', x: c.left - 6, y, dy: '.32em' }, text)]
  }))
}
const draw = (c) => {
  const [a, b] = c.view
  const width = c.right - c.left, span = c.to - c.from, k = span / (b - a)
  const e = c.left - k * (c.left + (a - c.from) / span * width)
  c.stretchX?.setAttribute('transform', 'matrix(' + [k, 0, 0, 1, e, 0].join(' ') + ')')
  if (c.times) {
    const { top, bottom } = c.times.dataset
    c.times.replaceChildren(...timeTicks(a, b, 9).flatMap(([time, label]) => {
      const x = px(c.left + (time - a) / (b - a) * width)
      return [node('line', { class: 'grid', x1: x, x2: x, y1: top, y2: bottom }),
        node('text', { class: 'tick ' + (x > c.right - 16 ? 'end' : 'mid'), x, y: +bottom + 15 }, x < c.left + 18 ? '' : label)]
    }))
  }
  for (const p of c.panes) drawPane(c, p, k, e)
}
const readoutOf = (c, t) => {
  const i = nearest(c.series.time, t)
  return [wall(c.series.time[i]).slice(0, 19).replace('T', ' ') + ' ' + zoneName(),
    ...c.series.columns.filter(({ values }) => values[i] !== null && values[i] !== undefined).map(({ name, values, unit, digits }) => name + ' ' +
      (unit === 'percent' ? formatNumber(values[i] * 100, digits) + ' %' : formatNumber(values[i], digits).replace(/(\.\d\d)0+$/, '$1')))].join('   ')
}
const show = (t) => {
  cursor = t
  for (const c of charts) {
    const inside = t !== null && t >= c.view[0] && t <= c.view[1]
    c.line.style.display = inside ? '' : 'none'
    c.readout.hidden = !inside || !c.series || c.series.time.length === 0
    if (!inside) continue
    const x = c.left + (t - c.view[0]) / (c.view[1] - c.view[0]) * (c.right - c.left)
    c.line.setAttribute('x1', x)
    c.line.setAttribute('x2', x)
    if (!c.readout.hidden) c.readout.textContent = readoutOf(c, t)
  }
}
const setView = (a, b) => {
  const least = Math.min(whole[1] - whole[0], Math.max(5e6, (whole[1] - whole[0]) / 1000))
  const span = Math.min(whole[1] - whole[0], Math.max(least, b - a))
  const from = Math.min(whole[1] - span, Math.max(whole[0], (a + b - span) / 2))
  view = [from, from + span]
  root.classList.toggle('zoomed', isZoomed())
  for (const c of charts) {
    const start = Math.max(c.from, view[0]), end = Math.min(c.to, view[1])
    c.view = end > start ? [start, end] : [c.from, c.to]
    draw(c)
  }
  show(cursor !== null && cursor >= view[0] && cursor <= view[1] ? cursor : null)
}
const zoom = (factor) => {
  const at = cursor ?? (view[0] + view[1]) / 2
  setView(at - (at - view[0]) * factor, at + (view[1] - at) * factor)
}
const reset = () => setView(...whole)
const timeAt = (c, event) => {
  const box = c.svg.getBoundingClientRect()
  const x = (event.clientX - box.left) / box.width * c.svg.viewBox.baseVal.width
  return c.view[0] + (x - c.left) / (c.right - c.left) * (c.view[1] - c.view[0])
}
const select = (c, a, b) => {
  const x = (t) => c.left + (Math.min(c.view[1], Math.max(c.view[0], t)) - c.view[0]) / (c.view[1] - c.view[0]) * (c.right - c.left)
  c.span.setAttribute('x', x(Math.min(a, b)))
  c.span.setAttribute('width', Math.abs(x(b) - x(a)))
}
const move = (c, way) => {
  const times = c.series?.time ?? []
  let t = cursor === null ? (way > 0 ? c.view[0] : c.view[1]) : cursor + way * (c.view[1] - c.view[0]) / 100
  if (times.length > 0) {
    let i = nearest(times, t)
    const isSame = cursor !== null && i === nearest(times, cursor)
    if (isSame) i = Math.min(times.length - 1, Math.max(0, i + way))
    t = times[i]
  }
  show(Math.min(c.view[1], Math.max(c.view[0], t)))
  if (c.series && times.length > 0) live.textContent = readoutOf(c, cursor)
}
for (const c of charts) {
  let start = null
  c.svg.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' || event.button !== 0) return
    start = { x: event.clientX, t: timeAt(c, event), isDrag: false }
    c.svg.setPointerCapture(event.pointerId)
  })
  c.svg.addEventListener('pointermove', (event) => {
    const t = timeAt(c, event)
    show(t < c.view[0] || t > c.view[1] ? null : t)
    if (start === null || (!start.isDrag && Math.abs(event.clientX - start.x) < 5)) return
    start.isDrag = true
    c.span.style.display = ''
    select(c, start.t, t)
  })
  const end = (event) => {
    c.span.style.display = 'none'
    if (start?.isDrag && event.type === 'pointerup') {
      const t = timeAt(c, event)
      const clamp = (each) => Math.min(c.view[1], Math.max(c.view[0], each))
      setView(clamp(Math.min(start.t, t)), clamp(Math.max(start.t, t)))
    }
    start = null
  }
  c.svg.addEventListener('pointerup', end)
  c.svg.addEventListener('pointercancel', end)
  c.svg.addEventListener('pointerleave', () => { if (start === null) show(null) })
  c.svg.addEventListener('dblclick', reset)
  const pan = (share) => setView(view[0] + share * (view[1] - view[0]), view[1] + share * (view[1] - view[0]))
  const keys = { ArrowLeft: () => move(c, -1), ArrowRight: () => move(c, 1), '+': () => zoom(.5), '=': () => zoom(.5), '-': () => zoom(2),
    '[': () => pan(-.25), ']': () => pan(.25), '0': reset, Escape: reset }
  c.plot.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return
    event.preventDefault()
    keys[event.key]()
  })
  const tools = document.createElement('div')
  tools.className = 'zoom'
  for (const [text, label, act] of [['\u2212', 'Zoom out', () => zoom(2)], ['+', 'Zoom in', () => zoom(.5)], ['Reset zoom', 'Reset zoom', reset]]) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = text
    button.setAttribute('aria-label', label)
    if (act === reset) button.className = 'reset'
    button.addEventListener('click', act)
    tools.append(button)
  }
  c.plot.parentElement.querySelector('.switches').append(tools)
}
`.trim()
