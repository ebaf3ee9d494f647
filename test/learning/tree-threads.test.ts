import { expect, it } from 'vitest'
import { openTreeKernels } from '../../src/adapters/mod.ts'
import { createRandom } from '../../src/core/mod.ts'
import { scoreTrees, trainTrees } from '../../src/models/mod.ts'

const ROWS = 30_000

it('trees and scores are the same to the bit on one, two and three threads, one training after another', async () => {
  const random = createRandom(9)
  const columns = Array.from({ length: 21 }, (_, f) =>
    Float32Array.from({ length: ROWS }, () =>
      random.next() < 0.02 * f ? Number.NaN : Math.fround(random.normal()),
    ),
  )
  const target = Float64Array.from(
    { length: ROWS },
    (_, i) => columns[0]![i]! * (columns[20]![i]! || 1) + random.normal(),
  )
  const train = (kernels: Awaited<ReturnType<typeof openTreeKernels>>, rowShare: number) =>
    trainTrees({ columns, target, kernels, seed: 2, parameters: { trees: 5, rowShare } })
  const rows = Int32Array.from({ length: 20_000 }, (_, i) => ROWS - 1 - i)
  const single = await openTreeKernels(1)
  const expected = [1, 0.5].map((share) => train(single, share))
  for (const threads of [2, 3]) {
    const kernels = await openTreeKernels(threads)
    const models = [1, 0.5].map((share) => {
      const model = train(kernels, share)
      expect(kernels.score(model, columns, rows)).toEqual(scoreTrees(model, columns, rows))
      return model
    })
    expect(models).toEqual(expected)
    await kernels.close()
  }
})
