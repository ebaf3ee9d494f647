import { InvalidArgumentError } from 'commander'

/** Reads the text of a flag as a whole number of at least `least`; the text is kept. */
export const whole =
  (least: number) =>
  (text: string): string => {
    const value = Number(text)
    // An empty text would be 0: an unset variable is no number.
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`a whole number of at least ${least}`)
    }
    return text
  }
