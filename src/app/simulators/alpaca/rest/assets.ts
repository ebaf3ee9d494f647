import type { Asset } from '../listing.ts'
import { MAINTENANCE_PERCENT } from '../state/margin.ts'
import { textOf } from '../wire/nano.ts'
import { notFound, ok, type Reply } from './reply.ts'
import { type AccountShape, at, type RestContext, type Route } from './route.ts'

/** An asset as the venue writes it. */
export function wireAsset(asset: Asset, shape: AccountShape): Record<string, unknown> {
  const isCrypto = asset.class === 'crypto'
  return {
    id: asset.id,
    class: asset.class,
    exchange: asset.exchange,
    symbol: asset.symbol,
    name: asset.name,
    status: 'active',
    tradable: true,
    marginable: asset.marginable,
    shortable: asset.shortable,
    ...(shape === '2026-09' ? {} : { easy_to_borrow: asset.easyToBorrow }),
    ...(shape === 'legacy'
      ? { maintenance_margin_requirement: isCrypto ? 100 : Number(MAINTENANCE_PERCENT) }
      : {}),
    ...(isCrypto
      ? {}
      : { borrow_status: asset.easyToBorrow ? 'easy_to_borrow' : 'hard_to_borrow' }),
    margin_requirement_long: isCrypto ? '100' : String(MAINTENANCE_PERCENT),
    margin_requirement_short: isCrypto ? '100' : String(MAINTENANCE_PERCENT),
    fractionable: asset.fractionable,
    attributes: isCrypto ? [] : ['fractional_eh_enabled'],
    ...(isCrypto
      ? {
          min_order_size: '0.000000001',
          min_trade_increment: '0.000000001',
          price_increment: textOf(1n),
        }
      : {}),
  }
}

function listAssets({ state, query, shape }: RestContext): Reply {
  const [status, kind, exchange] = ['status', 'asset_class', 'exchange'].map((name) =>
    query.get(name),
  )
  if (status === 'inactive') return ok([])
  const found = state.assets.filter(
    (asset) => (!exchange || asset.exchange === exchange) && (!kind || asset.class === kind),
  )
  return ok(found.map((asset) => wireAsset(asset, shape)))
}

function getAsset({ state, params, shape }: RestContext): Reply {
  const asset = state.listing.find(params.join('/'))
  return asset === null
    ? notFound(`asset not found for ${params.join('/')}`)
    : ok(wireAsset(asset, shape))
}

/** What can be traded. */
export const assetRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v2/assets'), run: listAssets },
  { method: 'GET', path: at('/v2/assets/{}'), run: getAsset },
  { method: 'GET', path: at('/v2/assets/{}/{}'), run: getAsset },
]
