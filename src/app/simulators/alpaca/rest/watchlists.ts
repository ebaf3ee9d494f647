import { asText, isArray, isObject } from '../../json.ts'
import type { Watchlist } from '../state/types.ts'
import { uuidOf } from '../wire/identity.ts'
import { timeText } from '../wire/times.ts'
import { wireAsset } from './assets.ts'
import { invalid, notFound, ok, type Reply, unprocessable } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

const written = (context: RestContext, list: Watchlist, withAssets = true) => ({
  id: list.id,
  account_id: context.account.id,
  created_at: timeText(list.createdAt),
  updated_at: timeText(list.updatedAt),
  name: list.name,
  ...(withAssets
    ? { assets: list.assets.map((i) => wireAsset(context.state.assets[i]!, context.shape)) }
    : {}),
})

function find({ account, params, query }: RestContext): Watchlist | null {
  const name = query.get('name')
  const wanted = (list: Watchlist): boolean =>
    params.length === 0 ? list.name === name : list.id === params[0]
  return account.watchlists.find(wanted) ?? null
}

const missing = notFound('watchlist not found')

/** Asset indexes of symbols; a refusal when one is not listed. */
function assetsOf({ state }: RestContext, given: unknown): number[] | Reply {
  if (given === undefined || given === null) return []
  if (!isArray(given as never)) return invalid('invalid symbols')
  const found: number[] = []
  for (const name of given as readonly unknown[]) {
    const asset = typeof name === 'string' ? state.listing.find(name) : null
    if (asset === null) return unprocessable(`asset "${String(name)}" not found`)
    if (!found.includes(asset.index)) found.push(asset.index)
  }
  return found
}

function create(context: RestContext): Reply {
  const { state, account, body } = context
  const name = isObject(body) ? asText(body['name']) : null
  if (name === null || name === '') return invalid('watchlist name is required')
  if (account.watchlists.some((list) => list.name === name)) {
    return unprocessable('watchlist name must be unique')
  }
  const assets = assetsOf(context, isObject(body) ? body['symbols'] : undefined)
  if ('status' in assets) return assets
  const id = uuidOf(`watchlist ${account.key} ${state.time} ${name}`)
  const list: Watchlist = { id, createdAt: state.time, updatedAt: state.time, name, assets }
  account.watchlists.push(list)
  return ok(written(context, list))
}

function change(context: RestContext, apply: (list: Watchlist) => Reply | null): Reply {
  const list = find(context)
  if (list === null) return missing
  const refused = apply(list)
  if (refused !== null) return refused
  list.updatedAt = context.state.time
  return ok(written(context, list))
}

const update = (context: RestContext): Reply =>
  change(context, (list) => {
    const { body } = context
    if (!isObject(body)) return invalid('request body format is invalid')
    const assets = assetsOf(context, body['symbols'])
    if ('status' in assets) return assets
    list.name = asText(body['name']) ?? list.name
    if (body['symbols'] !== undefined) list.assets.splice(0, list.assets.length, ...assets)
    return null
  })

const addAsset = (context: RestContext): Reply =>
  change(context, (list) => {
    const { body } = context
    const assets = assetsOf(context, [isObject(body) ? body['symbol'] : null])
    if ('status' in assets) return assets
    if (!list.assets.includes(assets[0]!)) list.assets.push(assets[0]!)
    return null
  })

const removeAsset = (context: RestContext): Reply =>
  change(context, (list) => {
    const asset = context.state.listing.find(context.params.slice(1).join('/'))
    const place = asset === null ? -1 : list.assets.indexOf(asset.index)
    if (place < 0) return notFound('asset not found in watchlist')
    list.assets.splice(place, 1)
    return null
  })

function remove(context: RestContext): Reply {
  const list = find(context)
  if (list === null) return missing
  const { watchlists } = context.account
  watchlists.splice(watchlists.indexOf(list), 1)
  return { status: 204, body: null }
}

const show = (context: RestContext): Reply => {
  const list = find(context)
  return list === null ? missing : ok(written(context, list))
}

const ONE = '/v2/watchlists/{}'
const BY_NAME = '/v2/watchlists:by_name'

/** Lists of symbols. */
export const watchlistRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: at('/v2/watchlists'),
    run: (context) => ok(context.account.watchlists.map((list) => written(context, list, false))),
  },
  { method: 'POST', path: at('/v2/watchlists'), isCommand: true, run: create },
  ...[ONE, BY_NAME].flatMap((path): Route[] => [
    { method: 'GET', path: at(path), run: show },
    { method: 'PUT', path: at(path), isCommand: true, run: update },
    { method: 'POST', path: at(path), isCommand: true, run: addAsset },
    { method: 'DELETE', path: at(path), isCommand: true, run: remove },
  ]),
  { method: 'DELETE', path: at(`${ONE}/{}`), isCommand: true, run: removeAsset },
  { method: 'DELETE', path: at(`${ONE}/{}/{}`), isCommand: true, run: removeAsset },
]
