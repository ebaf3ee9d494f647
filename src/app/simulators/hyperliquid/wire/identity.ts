/**
 * Stand-ins for the venue's opaque identifiers: well mixed functions of counters, so that a replay
 * gives the same ones. They carry no meaning and prove nothing.
 */

/** 32-bit finaliser (Murmur3). */
function mix(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** A word out of a safe integer and a salt. */
const word = (value: number, salt: number): number =>
  mix(mix(value % 0x100000000) ^ mix(Math.floor(value / 0x100000000) + salt * 0x9e3779b9))

/** `digits` hex digits out of a safe integer. */
function hex(value: number, digits: number, salt: number): string {
  let text = ''
  for (let i = 0; text.length < digits; i++) {
    text += word(value, salt + i)
      .toString(16)
      .padStart(8, '0')
  }
  return `0x${text.slice(0, digits)}`
}

/** A transaction hash. */
export const transactionHash = (value: number): string => hex(value, 64, 1)

/** A stranger's address. */
export const strangerAddress = (value: number): string => hex(value, 40, 101)

/** The address of a user's sub-account of this number. */
export function subAccountAddress(master: string, number: number): string {
  let value = number
  for (let i = 2; i < 42; i += 8) {
    value = (value * 31 + Number.parseInt(master.slice(i, i + 8), 16)) % 0xffffffff
  }
  return hex(value, 40, 211 + number)
}

/**
 * A trade id of up to 50 bits, a bijection of the low 32 bits of a counter with mixed high bits.
 */
export const tradeId = (counter: number): number =>
  (word(counter, 7) % 0x3ffff) * 0x100000000 + (mix(counter) >>> 0)

/** Number of orders shown at a level the market makes: 1 to 12. */
export const ordersAtLevel = (price: number, lots: number): number =>
  1 + (word(price, lots % 97) % 12)
