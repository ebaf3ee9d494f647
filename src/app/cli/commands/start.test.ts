import { describe, expect, it } from 'vitest'
import { resumeCommandOf } from './start.ts'

describe('the command that goes on with a rehearsal', () => {
  it('names the configuration and the market it began with', () => {
    expect(resumeCommandOf({})).toBe('npm start --')
    expect(resumeCommandOf({ config: 'own.yaml' })).toBe('npm start -- --config own.yaml')
    expect(resumeCommandOf({ config: 'own.yaml', market: 'book.parquet' })).toBe(
      'npm start -- --config own.yaml --market book.parquet',
    )
    expect(resumeCommandOf({ faults: 'drawn' })).toBe("npm start -- --faults 'drawn'")
  })
})
