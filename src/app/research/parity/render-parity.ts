import { MONEY_DECIMALS } from '../../../core/mod.ts'
import { textTable } from '../../data/text-table.ts'
import { type Booked, netOf } from './books.ts'
import { type InstrumentParity, type Parity, partNames } from './parity.ts'
import { isWithin, noteOf, type ParityWish, parityDocument, short } from './parity-document.ts'

const hasTraded = ({ backtest, session }: InstrumentParity): boolean =>
  [backtest, session].some((one) => one.price !== 0n || one.fees !== 0n || one.funding !== 0n)

/** A comparison as tables for people. */
export function renderParity(parity: Parity, wish: ParityWish): string {
  const { instruments, gap, parts } = parity
  const currency = parity.session.genesis.instruments[0]?.quoteCurrency ?? ''
  const booked = (name: string, one: Booked) => [
    name,
    short(one.price),
    short(one.fees),
    short(one.funding),
    short(netOf(one)),
  ]
  const lines = [
    textTable(
      [currency, 'price PnL', 'fees', 'funding', 'net'],
      [booked('backtest', parity.backtest), booked('session', parity.live)],
    ),
    '',
    textTable(
      ['part', currency, ''],
      [
        ...partNames.map((part) => [part, short(parts[part]), noteOf(parity, part)]),
        ['gap', short(gap), 'session less backtest: the sum of the parts'],
      ],
    ),
  ]
  const moved = instruments.filter(hasTraded)
  if (moved.length > 0) {
    const rows = moved.map((one) => [
      one.instrument,
      ...partNames.map((part) => short(one.parts[part])),
      short(one.gap),
    ])
    lines.push('', textTable(['instrument', ...partNames, 'gap'], rows))
  }
  const differences = [
    ['First difference', parity.divergence],
    ['First order or cancel that differs', parity.command],
  ] as const
  for (const [title, difference] of differences) {
    if (difference === null) continue
    lines.push('', `${title} on the same input, entry ${difference.seq}`)
    lines.push(`  session   ${difference.expected}`, `  backtest  ${difference.found}`)
  }
  if (wish.fills) lines.push('', fillTable(parity, wish))
  if (!isWithin(parity, wish)) {
    lines.push('', `The gap ${short(gap)} is beyond ${short(wish.maxGap!)} ${currency}`)
  }
  return lines.join('\n')
}

function fillTable(parity: Parity, wish: ParityWish): string {
  const rows = (parityDocument(parity, wish).fills ?? []).map((fill, i) => {
    const simulated = parity.fills[i]!.simulated
    return [
      fill.time,
      fill.instrument,
      fill.side,
      fill.quantity,
      fill.price,
      fill.liquidity,
      fill.closedPnl,
      fill.fee,
      fill.modelFee,
      fill.simulatedQuantity ?? '-',
      simulated === null ? '-' : average(parity, i),
    ]
  })
  const headers = ['time', 'instrument', 'side', 'quantity', 'price', 'liquidity', 'closed PnL']
  return textTable([...headers, 'fee', 'model fee', 'simulated', 'at'], rows)
}

/** Average simulated price, for display. */
function average({ fills, session }: Parity, index: number): string {
  const { execution, simulated } = fills[index]!
  const { priceDecimals, quantityDecimals } = session.genesis.instruments[execution.instrument]!
  const quantity = simulated!.lots / 10 ** quantityDecimals
  const value = Number(simulated!.value) / 10 ** MONEY_DECIMALS
  return (value / quantity).toFixed(priceDecimals)
}
