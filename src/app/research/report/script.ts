import { chartScript } from './script-charts.ts'
import { zoneScript } from './script-zone.ts'

/**
 * The report's script, which only adds: theme and zone switch, linked crosshair and zoom, sorting
 * of tables, downloads built from the embedded data, plain characters on copy.
 */
export const script = String.raw`
(() => {
const root = document.documentElement
root.classList.add('scripted')
const data = JSON.parse(document.getElementById('ornstein-report').textContent)
const series = new Map()
if (data.series) {
  const { equity, bars, exposure, rolling } = data.series
  series.set('equity', { time: equity.time, columns: [
    { name: 'equity', values: equity.value, unit: 'number', digits: 2 },
    { name: 'drawdown', values: equity.drawdown, unit: 'percent', digits: 2 },
    ...(equity.benchmark ? [{ name: 'benchmark', values: equity.benchmark, unit: 'number', digits: 2 }] : [])] })
  for (const b of bars) series.set('bars-' + b.instrument, { time: b.time, columns: [
    { name: b.symbol, values: b.close, unit: 'number', digits: 4 },
    { name: 'z', values: b.z, unit: 'number', digits: 2 },
    { name: 'imbalance', values: b.imbalance, unit: 'number', digits: 2 }] })
  series.set('exposure', { time: exposure.time, columns: [
    { name: 'net', values: exposure.net, unit: 'percent', digits: 1 },
    { name: 'gross', values: exposure.gross, unit: 'percent', digits: 1 }] })
  series.set('rolling', { time: rolling.time, columns: [
    { name: 'Sharpe', values: rolling.sharpe, unit: 'number', digits: 2 },
    { name: 'volatility', values: rolling.volatility, unit: 'percent', digits: 1 }] })
}
for (const each of data.drawn ?? []) series.set(each.name, each)
${zoneScript}
${chartScript}
const save = (name, type, text) => {
  const a = document.createElement('a')
  a.href = URL.createObjectURL(new Blob([text], { type }))
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}
const pageName = () => /([^/]+)\.html?$/.exec(decodeURIComponent(location.pathname))?.[1] ?? 'report'
const iso = (us) => new Date(us / 1000).toISOString()
const cell = (v) => v === null ? '' : /[",\n]/.test(String(v)) ? '"' + String(v).replaceAll('"', '""') + '"' : String(v)
const csv = (head, rows) => [head, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n'
const actions = {
  theme() {
    const dark = getComputedStyle(root).colorScheme === 'dark' ||
      (!root.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches)
    root.dataset.theme = dark ? 'light' : 'dark'
  },
  equity() {
    const e = data.series.equity
    save('equity.csv', 'text/csv', csv(['time', 'equity', 'drawdown', ...(e.benchmark ? ['benchmark'] : [])],
      e.time.map((t, i) => [iso(t), e.value[i], e.drawdown[i], ...(e.benchmark ? [e.benchmark[i]] : [])])))
  },
  drawdowns() {
    const columns = ['depth', 'peakTime', 'troughTime', 'recoveryTime', 'days']
    save('drawdowns.csv', 'text/csv', csv(columns, data.figures.drawdowns.worst.map((fall) => columns.map((column) => fall[column]))))
  },
  zone() {
    switchZone()
    charts.forEach(draw)
    show(cursor)
    for (const button of document.querySelectorAll('button[data-do=zone]')) button.setAttribute('aria-pressed', zone.isLocal)
  },
  trips() { save('trades.csv', 'text/csv', csv(data.trips.columns, data.trips.rows)) },
  json() { save(pageName() + '.json', 'application/json', JSON.stringify(data)) },
}
for (const button of document.querySelectorAll('button[data-do]')) {
  button.addEventListener('click', () => actions[button.dataset.do]())
}
const number = (text) => {
  const units = { ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 }
  const m = /^([+\u2212-]?[\d\u202f.]+)\s*(ms|s|min|h|d)?\b/.exec(text)
  if (!m || /^\d{4}-/.test(text)) return Date.parse(text.slice(0, 19).replace(' ', 'T') + 'Z') || null
  return Number(m[1].replace('\u2212', '-').replaceAll('\u202f', '')) * (units[m[2]] ?? 1)
}
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.querySelectorAll('thead th')]
  heads.forEach((th, column) => {
    if (th.textContent.trim() === '') return
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'sort'
    button.append(...th.childNodes)
    th.append(button)
    button.addEventListener('click', () => {
      const down = th.getAttribute('aria-sort') !== 'descending'
      for (const other of heads) other.removeAttribute('aria-sort')
      th.setAttribute('aria-sort', down ? 'descending' : 'ascending')
      const body = table.tBodies[0]
      const rows = [...body.rows].map((row) => ({ row, text: row.cells[column].textContent.trim() }))
      for (const each of rows) each.value = number(each.text)
      const isText = rows.every((each) => each.value === null)
      rows.sort((a, b) => isText ? (a.text < b.text ? -1 : a.text > b.text ? 1 : 0) * (down ? -1 : 1)
        : a.value === null || b.value === null ? (a.value === null) - (b.value === null)
        : (a.value - b.value) * (down ? -1 : 1))
      body.append(...rows.map((each) => each.row))
    })
  })
}
document.addEventListener('keydown', (event) => {
  if (event.key !== 'z' || event.ctrlKey || event.metaKey || event.altKey) return
  if (document.querySelector('button[data-do=zone]')) actions.zone()
})
document.addEventListener('copy', (event) => {
  const text = String(getSelection())
  if (text === '') return
  event.clipboardData.setData('text/plain', text.replaceAll('\u2212', '-').replaceAll('\u202f', ''))
  event.preventDefault()
})
})()
`.trim()
