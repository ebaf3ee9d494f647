import { describe, expect, it } from 'vitest'
import { isClosed, type OrderState } from './order.ts'
import { type GridEvidence, orderGrid } from './order-grid.ts'

const states = Object.keys(orderGrid) as OrderState[]
const evidences = Object.keys(orderGrid.open) as GridEvidence[]

/**
 * The grid as a table people can check: state -> evidence -> next state (! contradiction, ~ late).
 */
const expected = `
inFlight      accepted>open rejected>rejected canceled>canceled expired>expired cancelRejected>inFlight! unknown>unknown notFound>inFlight~ filled>open partialFill>open lastFill>filled cancelSent>inFlight!
unknown       accepted>open rejected>rejected canceled>canceled expired>expired cancelRejected>unknown~ unknown>unknown~ notFound>rejected filled>open partialFill>open lastFill>filled cancelSent>unknown
open          accepted>open~ rejected>unknown! canceled>canceled expired>expired cancelRejected>open! unknown>open~ notFound>unknown! filled>open partialFill>open lastFill>filled cancelSent>pendingCancel
pendingCancel accepted>pendingCancel~ rejected>unknown! canceled>canceled expired>expired cancelRejected>open unknown>unknown notFound>unknown! filled>pendingCancel partialFill>pendingCancel lastFill>filled cancelSent>pendingCancel~
filled        accepted>filled~ rejected>filled! canceled>filled! expired>filled! cancelRejected>filled~ unknown>filled~ notFound>filled! filled>filled~ partialFill>filled! lastFill>filled! cancelSent>filled!
canceled      accepted>canceled~ rejected>canceled! canceled>canceled~ expired>canceled~ cancelRejected>canceled~ unknown>canceled~ notFound>canceled~ filled>canceled! partialFill>canceled~ lastFill>filled~ cancelSent>canceled!
rejected      accepted>open! rejected>rejected~ canceled>rejected~ expired>rejected~ cancelRejected>rejected~ unknown>rejected~ notFound>rejected~ filled>open! partialFill>open! lastFill>filled! cancelSent>rejected!
expired       accepted>expired~ rejected>expired! canceled>expired~ expired>expired~ cancelRejected>expired~ unknown>expired~ notFound>expired~ filled>expired! partialFill>expired~ lastFill>filled~ cancelSent>expired!
`

describe('order state grid', () => {
  it('is exactly the documented table, cell by cell', () => {
    const marks = { normal: '', late: '~', contradiction: '!' } as const
    const rows = states.map((state) => {
      const cells = evidences.map((evidence) => {
        const cell = orderGrid[state][evidence]
        return `${evidence}>${cell.next}${marks[cell.verdict]}`
      })
      return `${state.padEnd(13)} ${cells.join(' ')}`
    })
    expect(rows).toEqual(expected.trim().split('\n'))
  })

  it('never turns unknown into rejected without the venue saying so', () => {
    const toRejected = evidences.filter((e) => orderGrid.unknown[e].next === 'rejected')
    expect(toRejected).toEqual(['rejected', 'notFound'])
  })

  it('reopens a closed order only where the venue contradicts its own rejection', () => {
    for (const state of states.filter(isClosed)) {
      for (const evidence of evidences) {
        const { next, verdict } = orderGrid[state][evidence]
        if (!isClosed(next)) expect([state, verdict]).toEqual(['rejected', 'contradiction'])
      }
    }
  })
})
