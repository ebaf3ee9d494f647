import { MISSING } from './format.ts'

/** Zone in which times are shown. Data and copies stay in UTC. */
export type Zone = 'utc' | 'local'

/** Milliseconds since 1970 of an ISO text. */
export const milliseconds = (iso: string): number => Date.parse(iso)

const options = (zone: Zone) => (zone === 'utc' ? { timeZone: 'UTC' } : {})

const clockFormat = (zone: Zone) =>
  new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...options(zone),
  })
const dayFormat = (zone: Zone) =>
  new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', ...options(zone) })
const formats = {
  utc: { clock: clockFormat('utc'), day: dayFormat('utc') },
  local: { clock: clockFormat('local'), day: dayFormat('local') },
}

/** "12:20:34" in the zone. */
export const clockText = (iso: string | null, zone: Zone): string =>
  iso === null ? MISSING : formats[zone].clock.format(milliseconds(iso))

/** "14 Jan" in the zone. */
export const dayText = (iso: string, zone: Zone): string =>
  formats[zone].day.format(milliseconds(iso))

/** "UTC", or the local zone's own name, for example "CET" or "GMT+1". */
export function zoneName(zone: Zone): string {
  if (zone === 'utc') return 'UTC'
  const names = ['en-GB', 'en-US', 'en-AU'].map((locale) => {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts()
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'local'
  })
  // Each locale abbreviates the zones of its own part of the world; the rest are offsets.
  return names.find((name) => !/^(GMT|UTC)[+-]/.test(name)) ?? names[0] ?? 'local'
}

/** Seconds since 1970 moved so that a chart without zones shows the zone's wall clock. */
export function shiftedSeconds(seconds: number, zone: Zone): number {
  if (zone === 'utc') return seconds
  return seconds - new Date(seconds * 1000).getTimezoneOffset() * 60
}
