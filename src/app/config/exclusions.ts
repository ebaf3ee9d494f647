/** What of a configuration names instruments, and excludes them. */
interface Naming {
  readonly exclude: Readonly<Record<string, string>>
  readonly venue?: { readonly instruments: readonly string[] } | undefined
  readonly data?: object | undefined
}

/** An instrument that a configuration names although it excludes it. */
interface Excluded {
  readonly path: readonly (string | number)[]
  readonly error: string
}

/** Instruments that `exclude` names, by themselves or by their coin. */
export function excludedInstruments(config: Naming): readonly Excluded[] {
  const found: Excluded[] = []
  const check = (path: readonly string[], symbols: readonly string[] | undefined): void => {
    symbols?.forEach((symbol, i) => {
      const name = [symbol, symbol.split('/')[0]!].find((each) =>
        Object.hasOwn(config.exclude, each),
      )
      if (name === undefined) return
      const error = `an instrument that exclude does not name (${name}: ${config.exclude[name]})`
      found.push({ path: [...path, i], error })
    })
  }
  check(['venue', 'instruments'], config.venue?.instruments)
  const data = config.data as Readonly<Record<string, readonly string[] | undefined>> | undefined
  for (const key of ['symbols', 'instruments']) check(['data', key], data?.[key])
  return found
}
