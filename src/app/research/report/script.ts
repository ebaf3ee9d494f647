/**
 * The report's script, which only adds: theme switch, linked crosshair with readout, sorting of
 * tables, downloads built from the embedded data, plain characters on copy.
 */
export const script = `
(() => {
const root = document.documentElement
root.classList.add('scripted')
const data = JSON.parse(document.getElementById('ornstein-report').textContent)
const series = new Map()
if (data.series) {
  series.set('equity', { time: data.series.equity.time, columns: [
    ['equity', data.series.equity.value, 2, ''], ['drawdown', data.series.equity.drawdown.map((v) => v * 100), 2, ' %']] })
  for (const b of data.series.bars) series.set('bars-' + b.instrument, { time: b.time, columns: [
    [b.symbol, b.close, 4, ''], ['z', b.z, 2, ''], ['imbalance', b.imbalance, 2, '']] })
}
const save = (name, type, text) => {
  const a = document.createElement('a')
  a.href = URL.createObjectURL(new Blob([text], { type }))
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}
const iso = (us) => new Date(us / 1000).toISOString()
const cell = (v) => v === null ? '' : /[",\\n]/.test(String(v)) ? '"' + String(v).replaceAll('"', '""') + '"' : String(v)
const csv = (head, rows) => [head, ...rows].map((row) => row.map(cell).join(',')).join('\\n') + '\\n'
const actions = {
  theme() {
    const dark = getComputedStyle(root).colorScheme === 'dark' ||
      (!root.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches)
    root.dataset.theme = dark ? 'light' : 'dark'
  },
  equity() {
    const e = data.series.equity
    save('equity.csv', 'text/csv', csv(['time', 'equity', 'drawdown'], e.time.map((t, i) => [iso(t), e.value[i], e.drawdown[i]])))
  },
  trips() { save('trades.csv', 'text/csv', csv(data.trips.columns, data.trips.rows)) },
  json() { save('report.json', 'application/json', JSON.stringify(data)) },
}
for (const button of document.querySelectorAll('button[data-do]')) {
  button.addEventListener('click', () => actions[button.dataset.do]())
}
const charts = [...document.querySelectorAll('svg[data-from]')].map((svg) => {
  const d = svg.dataset
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line')
  line.setAttribute('class', 'cursor')
  line.setAttribute('y1', 0)
  line.setAttribute('y2', svg.viewBox.baseVal.height)
  line.style.display = 'none'
  svg.append(line)
  const readout = document.createElement('div')
  readout.className = 'readout'
  readout.hidden = true
  readout.setAttribute('aria-hidden', 'true')
  svg.parentElement.append(readout)
  return { svg, line, readout, from: +d.from, to: +d.to, left: +d.left, right: +d.right, series: series.get(d.series) }
})
const nearest = (times, t) => {
  let low = 0, high = times.length - 1
  while (low < high) { const mid = (low + high) >> 1; if (times[mid] < t) low = mid + 1; else high = mid }
  return low > 0 && t - times[low - 1] < times[low] - t ? low - 1 : low
}
const show = (t) => {
  for (const c of charts) {
    const inside = t !== null && t >= c.from && t <= c.to
    c.line.style.display = inside ? '' : 'none'
    c.readout.hidden = !inside || !c.series
    if (!inside) continue
    const x = c.left + (t - c.from) / (c.to - c.from) * (c.right - c.left)
    c.line.setAttribute('x1', x)
    c.line.setAttribute('x2', x)
    if (!c.series || c.series.time.length === 0) continue
    const i = nearest(c.series.time, t)
    c.readout.textContent = [iso(c.series.time[i]).replace('T', ' ').slice(0, 19) + ' UTC',
      ...c.series.columns.filter(([, v]) => v[i] !== null).map(([n, v, digits, unit]) =>
        n + ' ' + v[i].toFixed(digits).replace(/(\\.\\d\\d)0+$/, '$1') + unit)].join('   ')
  }
}
for (const c of charts) {
  c.svg.addEventListener('pointermove', (event) => {
    const box = c.svg.getBoundingClientRect()
    const x = (event.clientX - box.left) / box.width * c.svg.viewBox.baseVal.width
    show(x < c.left || x > c.right ? null : c.from + (x - c.left) / (c.right - c.left) * (c.to - c.from))
  })
  c.svg.addEventListener('pointerleave', () => show(null))
}
const number = (text) => {
  const units = { ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 }
  const m = /^([+\\u2212-]?[\\d\\u202f.]+)\\s*(ms|s|min|h|d)?\\b/.exec(text)
  if (!m || /^\\d{4}-/.test(text)) return null
  return Number(m[1].replace('\\u2212', '-').replaceAll('\\u202f', '')) * (units[m[2]] ?? 1)
}
for (const table of document.querySelectorAll('table.sortable')) {
  table.querySelectorAll('thead th').forEach((th, column) => {
    th.tabIndex = 0
    th.setAttribute('role', 'button')
    const sort = () => {
      const down = th.getAttribute('aria-sort') !== 'descending'
      for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort')
      th.setAttribute('aria-sort', down ? 'descending' : 'ascending')
      const body = table.tBodies[0]
      const rows = [...body.rows].map((row) => ({ row, text: row.cells[column].textContent.trim() }))
      for (const each of rows) each.value = number(each.text)
      rows.sort((a, b) => (a.value !== null && b.value !== null ? a.value - b.value : a.text < b.text ? -1 : a.text > b.text ? 1 : 0) * (down ? -1 : 1))
      body.append(...rows.map((each) => each.row))
    }
    th.addEventListener('click', sort)
    th.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sort() } })
  })
}
document.addEventListener('copy', (event) => {
  const text = String(getSelection())
  if (text === '') return
  event.clipboardData.setData('text/plain', text.replaceAll('\\u2212', '-').replaceAll('\\u202f', ''))
  event.preventDefault()
})
})()
`.trim()
