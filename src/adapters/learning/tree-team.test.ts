import { describe, expect, it } from 'vitest'
import { TeamControl } from './tree-team.ts'

describe('the team of a training', () => {
  it('has each unit done once, also where nobody comes to help', () => {
    const control = new TeamControl()
    const done: unknown[] = []
    control.announce()
    control.run('gather', 3, (...work) => void done.push(work))
    expect(done).toEqual([
      ['gather', 2, 1],
      ['gather', 1, 1],
      ['gather', 0, 1],
    ])
  })

  it('finds nothing to take between turns', () => {
    const control = new TeamControl()
    control.run('measure', 2, () => {})
    const late = new TeamControl(control.buffer)
    late.take(() => expect.unreachable())
  })

  it('ends when a member failed', () => {
    const control = new TeamControl()
    const work = () => {
      throw new Error('out of memory')
    }
    const member = new TeamControl(control.buffer)
    const leader = () =>
      control.run('measure', 2, () => {
        if (taken++ === 0) expect(() => member.follow(work)).toThrow('out of memory')
      })
    let taken = 0
    expect(leader).toThrow('a thread of the trees failed')
  })
})
