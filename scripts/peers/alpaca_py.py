"""alpaca-py, unmodified, against the simulated venue: alpaca_py.py URL KEY SECRET"""
import asyncio
import sys
import uuid
from datetime import datetime, timedelta, timezone

from alpaca.common.exceptions import APIError
from alpaca.data.enums import DataFeed
from alpaca.data.historical import CryptoHistoricalDataClient, StockHistoricalDataClient
from alpaca.data.live import CryptoDataStream, StockDataStream
from alpaca.data.requests import (
    CryptoBarsRequest,
    CryptoLatestOrderbookRequest,
    CryptoLatestQuoteRequest,
    CryptoSnapshotRequest,
    CryptoTradesRequest,
    StockBarsRequest,
    StockSnapshotRequest,
)
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderSide, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    CreateWatchlistRequest,
    GetAssetsRequest,
    GetCalendarRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
    StopLossRequest,
    TakeProfitRequest,
)
from alpaca.trading.stream import TradingStream

sys.dont_write_bytecode = True
from steps import finish, step  # noqa: E402

url, key, secret = sys.argv[1:4]
socket_url = url.replace("http", "ws", 1)
client = TradingClient(key, secret, url_override=url)
coins = CryptoHistoricalDataClient(key, secret, url_override=url)
stocks = StockHistoricalDataClient(key, secret, url_override=url)
pair = "BTC/USD"
GTC, DAY = TimeInForce.GTC, TimeInForce.DAY
BUY, SELL = OrderSide.BUY, OrderSide.SELL


def refused(call, code):
    try:
        call()
    except APIError as error:
        assert error.code == code, error
        return error.message
    raise AssertionError("not refused")


step("account", client.get_account, lambda a: float(a.cash) > 0)
step("configurations", client.get_account_configurations)
step("clock", client.get_clock, lambda c: c.next_open > datetime.now(timezone.utc) - timedelta(days=99999))
step("calendar", lambda: client.get_calendar(GetCalendarRequest(start=datetime(2026, 11, 20).date(), end=datetime(2026, 11, 30).date())), lambda days: len(days) == 6)
step("assets", lambda: client.get_all_assets(GetAssetsRequest()), lambda found: any(a.symbol == pair for a in found))
step("asset", lambda: client.get_asset("BTCUSD"), lambda a: a.symbol == pair)
step("market order", lambda: client.submit_order(MarketOrderRequest(symbol=pair, qty=0.01, side=BUY, time_in_force=GTC)))
step("position", lambda: client.get_open_position("BTCUSD"), lambda p: float(p.qty) == 0.009975)
quote = coins.get_crypto_latest_quote(CryptoLatestQuoteRequest(symbol_or_symbols=pair))[pair]
low = round(quote.bid_price * 0.9, 2)
mine = str(uuid.uuid4())
order = step("limit order", lambda: client.submit_order(LimitOrderRequest(symbol=pair, qty=0.01, side=BUY, time_in_force=GTC, limit_price=low, client_order_id=mine)))
step("by client id", lambda: client.get_order_by_client_id(mine), lambda o: o.id == order.id)
step("duplicate id", lambda: refused(lambda: client.submit_order(LimitOrderRequest(symbol=pair, qty=0.01, side=BUY, time_in_force=GTC, limit_price=low, client_order_id=mine)), 40010001))
new = step("replace", lambda: client.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=low + 1)), lambda o: o.replaces == order.id)
step("open orders", lambda: client.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN)), lambda found: [o.id for o in found] == [new.id])
step("cancel", lambda: client.cancel_order_by_id(new.id))
step("cancel a filled one", lambda: refused(lambda: client.cancel_order_by_id(client.get_orders(GetOrdersRequest(status=QueryOrderStatus.CLOSED))[-1].id), 42210000))
step("too small", lambda: refused(lambda: client.submit_order(MarketOrderRequest(symbol=pair, notional=5, side=BUY, time_in_force=GTC)), 40310000))
step("too large", lambda: refused(lambda: client.submit_order(MarketOrderRequest(symbol=pair, qty=50, side=BUY, time_in_force=GTC)), 40310000))
bracket = step("bracket", lambda: client.submit_order(LimitOrderRequest(symbol="AAPL", qty=2, side=BUY, time_in_force=DAY, limit_price=100, order_class=OrderClass.BRACKET, take_profit=TakeProfitRequest(limit_price=400), stop_loss=StopLossRequest(stop_price=90))), lambda o: len(o.legs) == 2)
step("cancel all", client.cancel_orders, len)
step("close half", lambda: client.close_position("BTCUSD", ClosePositionRequest(percentage="50")))
step("close all", lambda: client.close_all_positions(cancel_orders=True))
step("activities", lambda: client.get("/account/activities", {"activity_types": "FILL"}), len)
step("portfolio history", client.get_portfolio_history, lambda h: h.base_value > 0)
step("watchlist", lambda: client.create_watchlist(CreateWatchlistRequest(name=str(uuid.uuid4()), symbols=["AAPL"])), lambda w: w.assets[0].symbol == "AAPL")

since = datetime.now(timezone.utc) - timedelta(days=3)
step("coin bars", lambda: coins.get_crypto_bars(CryptoBarsRequest(symbol_or_symbols=[pair, "ETH/USD"], timeframe=TimeFrame.Minute, start=since, limit=1500)), lambda b: len(b[pair]) > 1000)
step("coin trades", lambda: coins.get_crypto_trades(CryptoTradesRequest(symbol_or_symbols=pair, start=since, limit=10)), lambda b: len(b[pair]) > 0)
step("coin book", lambda: coins.get_crypto_latest_orderbook(CryptoLatestOrderbookRequest(symbol_or_symbols=pair)), lambda b: len(b[pair].bids) >= 20)
step("coin snapshot", lambda: coins.get_crypto_snapshot(CryptoSnapshotRequest(symbol_or_symbols=pair)), lambda s: s[pair].daily_bar.open > 0)
step("stock bars", lambda: stocks.get_stock_bars(StockBarsRequest(symbol_or_symbols=["AAPL", "SPY"], timeframe=TimeFrame.Day, start=datetime(2026, 1, 5), feed=DataFeed.IEX)), lambda b: len(b["AAPL"]) > 200)
step("stock snapshot", lambda: stocks.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols="AAPL")), lambda s: s["AAPL"].previous_daily_bar.close > 0)


async def heard(stream, subscribe, act, wanted):
    """Runs a stream until it has heard something of every kind wanted, or 75 s are over."""
    found = {}

    async def note(item):
        name = type(item).__name__
        found[name] = found.get(name, 0) + 1

    subscribe(note)
    task = asyncio.create_task(stream._run_forever())
    for _ in range(150):
        await asyncio.sleep(0.5)
        await act()
        if all(found.get(name) for name in wanted):
            break
    await stream.stop_ws()
    task.cancel()
    return found


async def nothing():
    pass


async def trade():
    client.submit_order(MarketOrderRequest(symbol=pair, notional=20, side=BUY, time_in_force=GTC))


def coin_subscribe(note):
    coin_stream.subscribe_trades(note, "*")
    coin_stream.subscribe_quotes(note, pair)
    coin_stream.subscribe_orderbooks(note, pair)
    coin_stream.subscribe_bars(note, pair)


def test_subscribe(note):
    test_stream.subscribe_quotes(note, "FAKEPACA")
    test_stream.subscribe_trades(note, "FAKEPACA")


updates = TradingStream(key, secret, url_override=socket_url + "/stream")
step("trade updates", lambda: asyncio.run(heard(updates, updates.subscribe_trade_updates, trade, ["TradeUpdate"])), lambda found: found["TradeUpdate"] > 1)
coin_stream = CryptoDataStream(key, secret, url_override=socket_url + "/v1beta3/crypto/us")
step("coin stream", lambda: asyncio.run(heard(coin_stream, coin_subscribe, nothing, ["Trade", "Quote", "Orderbook", "Bar"])), lambda found: len(found) >= 4)
test_stream = StockDataStream(key, secret, url_override=socket_url + "/v2/test")
step("test stream", lambda: asyncio.run(heard(test_stream, test_subscribe, nothing, ["Trade", "Quote"])), lambda found: len(found) == 2)
finish()
