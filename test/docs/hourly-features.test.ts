import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { featurePage } from '../../src/models/features/feature-page.ts'

it('the page of features is what the registry says', () => {
  const file = new URL('../../docs/hourly-features.md', import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(featurePage())
})
