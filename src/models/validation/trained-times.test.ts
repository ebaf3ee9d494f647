import { expect, it } from 'vitest'
import { seenTimes, trainedTimes } from './trained-times.ts'

const grid = {
  openTime: Float64Array.from({ length: 10 }, (_, bar) => bar * 100),
  closeTime: Float64Array.from({ length: 10 }, (_, bar) => bar * 100 + 60),
}
const windows = [
  { first: 0, last: 2 },
  { first: 6, last: 7 },
]
const trained = trainedTimes(windows, grid)

it('a saved model keeps the times that it and its labels saw', () => {
  expect(trained).toEqual([
    { fromTime: 0, toTime: 260 },
    { fromTime: 600, toTime: 760 },
  ])
})

it('dates it was trained on are found, also where only a label reaches into them', () => {
  expect(seenTimes(trained, { fromTime: 250, toTime: 300 })).toBe(trained[0])
  expect(seenTimes(trained, { fromTime: 100, toTime: 900 })).toBe(trained[0])
  expect(seenTimes(trained, { fromTime: 640, toTime: 650 })).toBe(trained[1])
})

it('dates between and after what it was trained on are free', () => {
  expect(seenTimes(trained, { fromTime: 261, toTime: 599 })).toBeNull()
  expect(seenTimes(trained, { fromTime: 761, toTime: 9000 })).toBeNull()
  expect(seenTimes([], { fromTime: 0, toTime: 1 })).toBeNull()
})
