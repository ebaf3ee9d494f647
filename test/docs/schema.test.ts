import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { configJsonSchema } from '../../src/app/config/json-schema.ts'

it('publishes the JSON Schema that the validator has (npm run build renews it)', () => {
  const file = new URL('../../schema/config.schema.json', import.meta.url)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(configJsonSchema())
})
