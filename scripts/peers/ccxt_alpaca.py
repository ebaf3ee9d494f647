"""ccxt, unmodified, against the simulated Alpaca: ccxt_alpaca.py URL KEY SECRET"""
import asyncio
import sys

import ccxt
import ccxt.pro

sys.dont_write_bytecode = True
from steps import finish, step  # noqa: E402

url, key, secret = sys.argv[1:4]
socket_url = url.replace("http", "ws", 1)
symbol = "BTC/USD"


def point(exchange):
    sockets = {"crypto": socket_url + "/v1beta2/crypto", "trading": socket_url + "/stream"}
    exchange.urls["api"] = {"broker": url, "trader": url, "market": url, "ws": sockets}
    return exchange


def refused(call, kind):
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError("not refused")


keys = {"apiKey": key, "secret": secret}
x = point(ccxt.alpaca(keys))
step("time", x.fetch_time)
step("markets", lambda: sorted(x.load_markets()), lambda found: symbol in found)
step("balance", lambda: x.fetch_balance()["total"], lambda total: total["USD"] > 0)
for name in ("fetch_ticker", "fetch_trades", "fetch_ohlcv", "fetch_order_book"):
    step(name, lambda: getattr(x, name)(symbol))
mid = x.fetch_order_book(symbol)["bids"][0][0]
order = step("limit order", lambda: x.create_order(symbol, "limit", "buy", 0.01, round(mid * 0.9)))
step("fetch order", lambda: x.fetch_order(order["id"])["status"], lambda s: s == "open")
order = step("edit", lambda: x.edit_order(order["id"], symbol, "limit", "buy", 0.011, round(mid * 0.91)))
step("open orders", lambda: x.fetch_open_orders(symbol), lambda found: len(found) == 1)
step("cancel", lambda: x.cancel_order(order["id"]))
step("market order", lambda: x.create_order(symbol, "market", "buy", 0.02))
step("sell too much", lambda: refused(lambda: x.create_order(symbol, "market", "sell", 5), ccxt.InsufficientFunds))
step("too small", lambda: refused(lambda: x.create_order(symbol, "market", "buy", 0.00001), ccxt.InvalidOrder))
step("wrong keys", lambda: refused(point(ccxt.alpaca({"apiKey": key, "secret": "wrong"})).fetch_balance, ccxt.AuthenticationError))
step("cancel all", x.cancel_all_orders)
step("closed orders", lambda: x.fetch_closed_orders(symbol), len)
step("my trades", lambda: x.fetch_my_trades(symbol), len)


async def channels():
    p = point(ccxt.pro.alpaca(keys))
    await p.load_markets()
    heard = {}

    async def watch(name, waiting):
        heard[name] = await asyncio.wait_for(waiting, 70)

    await watch("book", p.watch_order_book(symbol))
    await watch("trades", p.watch_trades(symbol))
    await watch("ticker", p.watch_ticker(symbol))
    task = asyncio.create_task(watch("orders", p.watch_orders()))
    await asyncio.sleep(1)
    await p.create_order(symbol, "market", "buy", 0.01)
    await task
    await p.close()
    return sorted(heard)


step("channels", lambda: asyncio.run(channels()), lambda heard: len(heard) == 4)
finish()
