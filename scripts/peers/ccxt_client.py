"""ccxt, unmodified, against the simulated venue: ccxt_client.py URL TEST_KEY"""
import asyncio
import sys

import ccxt
import ccxt.pro
import eth_account

sys.dont_write_bytecode = True
from steps import finish, step  # noqa: E402

url, key = sys.argv[1:3]
user = eth_account.Account.from_key(key).address
socket_url = url.replace("http", "ws", 1) + "/ws"
symbol, other = "BTC/USDC:USDC", "ETH/USDC:USDC"


def point(exchange):
    exchange.urls["api"] = {"public": url, "private": url, "ws": {"public": socket_url}}
    return exchange


x = point(ccxt.hyperliquid({"walletAddress": user, "privateKey": key}))
step("markets", lambda: sorted(x.load_markets()), lambda found: symbol in found)
step("balance", lambda: x.fetch_balance()["total"], lambda total: total["USDC"] > 0)
for name in ("fetch_ticker", "fetch_trades", "fetch_ohlcv", "fetch_order_book", "fetch_open_interest", "fetch_trading_fee"):
    step(name, lambda: getattr(x, name)(symbol))
mid = x.fetch_order_book(symbol)["bids"][0][0]
order = step("limit order", lambda: x.create_order(symbol, "limit", "buy", 0.01, round(mid * 0.9)))
step("fetch order", lambda: x.fetch_order(order["id"], symbol)["status"], lambda s: s == "open")
order = step("edit", lambda: x.edit_order(order["id"], symbol, "limit", "buy", 0.011, round(mid * 0.91)))
step("cancel", lambda: x.cancel_order(x.fetch_open_orders(symbol)[0]["id"], symbol))
step("market order", lambda: x.create_order(symbol, "market", "buy", 0.02, mid)["info"], lambda i: "filled" in i)
step("positions", x.fetch_positions, len)
at = round(mid * 0.9)
step("stop", lambda: x.create_order(symbol, "market", "sell", 0.02, at, {"stopLossPrice": at, "reduceOnly": True}))
children = {"stopLoss": {"triggerPrice": round(mid * 0.8), "type": "market"}, "takeProfit": {"triggerPrice": round(mid * 1.2), "type": "market"}}
step("order with children", lambda: x.create_order(symbol, "limit", "buy", 0.02, round(mid * 0.95), children))
step("open orders", lambda: x.fetch_open_orders(symbol), lambda found: len(found) >= 4)
step("cancel all", lambda: x.cancel_orders([each["id"] for each in x.fetch_open_orders(symbol)], symbol))
step("leverage", lambda: x.set_leverage(10, symbol))
step("isolated", lambda: x.set_margin_mode("isolated", other, {"leverage": 5}))
step("isolated order", lambda: x.create_order(other, "market", "buy", 0.1, x.fetch_order_book(other)["asks"][0][0]))
step("add margin", lambda: x.add_margin(other, 10))
step("my trades", lambda: x.fetch_my_trades(symbol), len)
step("to spot", lambda: x.transfer("USDC", 10, "swap", "spot"))
step("withdraw", lambda: x.withdraw("USDC", 10, user))
step("ledger", x.fetch_ledger, len)


async def channels():
    p = point(ccxt.pro.hyperliquid({"walletAddress": user, "privateKey": key}))
    await p.load_markets()
    heard = {}

    async def watch(name, waiting):
        heard[name] = await asyncio.wait_for(waiting, 15)

    await watch("book", p.watch_order_book(symbol))
    await watch("trades", p.watch_trades(symbol))
    await watch("bars", p.watch_ohlcv(symbol, "1m"))
    task = asyncio.create_task(watch("orders", p.watch_orders()))
    await asyncio.sleep(1)
    await p.create_order_ws(symbol, "market", "sell", 0.01, mid)
    await task
    await p.close()
    return sorted(heard)


step("channels", lambda: asyncio.run(channels()), lambda heard: len(heard) == 4)
finish()
