import { InvalidArgumentError } from 'commander'

/** Reads the text of a flag as a number of at least `least`. */
export const decimal =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    // An empty text would be 0: an unset variable is no number.
    if (!/^\d+(\.\d+)?$/.test(text) || value < least) {
      throw new InvalidArgumentError(`a number of at least ${least}`)
    }
    return value
  }
