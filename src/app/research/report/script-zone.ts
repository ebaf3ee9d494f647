/** Part of the report's script: numbers, axis labels and times, in UTC or the reader's zone. */
export const zoneScript = String.raw`
const DAY = 864e8
const zone = { isLocal: false }
const offset = (us) => zone.isLocal ? new Date(us / 1000).getTimezoneOffset() * -6e7 : 0
const wall = (us) => new Date((us + offset(us)) / 1000).toISOString()
const fromWall = (at) => at - offset(at - offset(at))
const zoneName = () => zone.isLocal ? Intl.DateTimeFormat().resolvedOptions().timeZone || 'local' : 'UTC'
const formatNumber = (value, digits) => {
  const fixed = Math.abs(value).toFixed(digits)
  const [whole, fraction] = fixed.split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') + (fraction === undefined ? '' : '.' + fraction)
  return value < 0 && /[1-9]/.test(fixed) ? '\u2212' + text : text
}
const niceTicks = (low, high, count) => {
  if (!(high > low)) return { values: [low], digits: 2 }
  const rough = (high - low) / count
  const base = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * base).find((each) => each >= rough)
  const power = 10 ** Math.floor(Math.log10(step) + 1e-9)
  const values = []
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) values.push(k * step)
  const digits = -Math.floor(Math.log10(step) + 1e-9) + (Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0)
  return { values, digits: Math.min(10, Math.max(0, digits)) }
}
const axisTicks = (low, high, p) => {
  if (!p.isLog) {
    const { values, digits } = niceTicks(low, high, p.ticks)
    return values.map((at) => [at, p.unit === 'percent'
      ? formatNumber(at * 100, Math.max(0, digits - 2)) + '\u00a0%' : formatNumber(at, digits)])
  }
  const from = Math.exp(low), to = Math.exp(high)
  if (to / from < 8) {
    const { values, digits } = niceTicks(from, to, p.ticks)
    return values.map((value) => [Math.log(value), formatNumber(value, digits)])
  }
  const ticks = []
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++) {
    for (const factor of [1, 2, 5]) {
      const value = factor * 10 ** power
      if (value >= from && value <= to) ticks.push([Math.log(value), formatNumber(value, Math.max(0, -power))])
    }
  }
  return ticks
}
const steps = [1e6, 5e6, 15e6, 3e7, ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((m) => m * 6e7),
  ...[1, 2, 5, 7, 14].map((d) => d * DAY)]
const timeTicks = (from, to, count) => {
  const first = from + offset(from), last = to + offset(to), span = to - from
  const step = steps.find((each) => span / each <= count)
  const text = (at) => new Date(at / 1000).toISOString()
  let ticks = []
  if (step === undefined) {
    const date = new Date(first / 1000)
    let month = date.getUTCFullYear() * 12 + date.getUTCMonth()
    for (;; month++) {
      const at = Date.UTC(Math.floor(month / 12), month % 12, 1) * 1000
      if (at > last) break
      if (at >= first) ticks.push([at, text(at).slice(0, 7), month])
    }
    const every = [1, 2, 3, 6, 12, 24, 60, 120, 240].find((each) => ticks.length / each <= count) ?? 600
    ticks = ticks.filter((tick) => tick[2] % every === 0)
  } else {
    for (let at = Math.ceil(first / step) * step; at <= last; at += step) {
      ticks.push([at, step >= DAY || (at % DAY === 0 && span > DAY)
        ? text(at).slice(5, 10) : text(at).slice(11, step >= 6e7 ? 16 : 19)])
    }
  }
  return ticks.map(([at, label]) => [fromWall(at), label]).filter(([time]) => time >= from && time <= to)
}
const stamps = [...document.querySelectorAll('time')].map((element) => {
  const text = element.textContent
  return { element, us: Date.parse(text.slice(0, 19).replace(' ', 'T') + 'Z') * 1000, rest: text.slice(19) }
})
const switchZone = () => {
  zone.isLocal = !zone.isLocal
  for (const { element, us, rest } of stamps) element.textContent = wall(us).slice(0, 19).replace('T', ' ') + rest
  for (const element of document.querySelectorAll('.zone')) element.textContent = element.closest('svg') && zone.isLocal ? 'local' : zoneName()
}
`.trim()
