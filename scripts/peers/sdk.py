"""hyperliquid-python-sdk, unmodified, against the simulated venue: sdk.py URL TEST_KEY"""
import sys
import time

import eth_account
from hyperliquid.exchange import Exchange
from hyperliquid.info import Info
from hyperliquid.utils.types import Cloid

sys.dont_write_bytecode = True
from steps import finish, step  # noqa: E402

url, key = sys.argv[1:3]
account = eth_account.Account.from_key(key)
user = account.address
info = Info(url, perp_dexs=["", "xyz"])
exchange = Exchange(account, url, perp_dexs=["", "xyz"])
now = lambda: int(time.time() * 1000)
ok = lambda reply: reply["status"] == "ok"
status = lambda reply: reply["response"]["data"]["statuses"][0]
filled = lambda reply: "filled" in status(reply)
resting = lambda reply: "resting" in status(reply)

# Queries
for name in ("meta", "perp_dexs", "spot_meta", "meta_and_asset_ctxs", "all_mids"):
    step(name, getattr(info, name))
for name in (
    "user_state", "spot_user_state", "open_orders", "frontend_open_orders", "user_fills",
    "user_fees", "user_staking_summary", "user_staking_delegations", "historical_orders",
    "portfolio", "user_twap_slice_fills", "user_vault_equities", "user_role", "user_rate_limit",
    "extra_agents", "query_referral_state", "query_sub_accounts",
):
    step(name, lambda: getattr(info, name)(user))
step("candles", lambda: info.candles_snapshot("BTC", "1m", now() - 300_000, now()), len)
step("l2 of a builder's coin", lambda: info.l2_snapshot("xyz:SP500")["levels"][0], len)

# Channels
heard = {}
channels = [
    {"type": "allMids"}, {"type": "l2Book", "coin": "BTC"}, {"type": "trades", "coin": "BTC"},
    {"type": "bbo", "coin": "BTC"}, {"type": "candle", "coin": "BTC", "interval": "1m"},
    {"type": "activeAssetCtx", "coin": "BTC"}, {"type": "userEvents", "user": user},
    {"type": "userFills", "user": user}, {"type": "orderUpdates", "user": user},
    {"type": "userFundings", "user": user}, {"type": "webData2", "user": user},
    {"type": "userNonFundingLedgerUpdates", "user": user},
    {"type": "activeAssetData", "user": user, "coin": "BTC"},
]
for channel in channels:
    info.subscribe(channel, lambda message, t=channel["type"]: heard.setdefault(t, message))

# Orders
mid = float(info.all_mids()["BTC"])
far = {"limit": {"tif": "Gtc"}}
cloid = Cloid.from_int(now())
step("order", lambda: exchange.order("BTC", True, 0.01, round(mid * 0.9), far, cloid=cloid), resting)
step("order by cloid", lambda: info.query_order_by_cloid(user, cloid), lambda r: r["status"] == "order")
step("modify", lambda: exchange.modify_order(cloid, "BTC", True, 0.011, round(mid * 0.91), far, cloid=cloid), resting)
step("cancel by cloid", lambda: exchange.cancel_by_cloid("BTC", cloid), lambda r: status(r) == "success")
step("market order", lambda: exchange.market_open("BTC", True, 0.02), filled)
stop = {"trigger": {"triggerPx": round(mid * 0.9), "isMarket": True, "tpsl": "sl"}}
step("stop", lambda: exchange.order("BTC", False, 0.02, round(mid * 0.85), stop, reduce_only=True), resting)
step("market close", lambda: exchange.market_close("BTC"), filled)
step("leverage", lambda: exchange.update_leverage(10, "BTC"), ok)
step("isolated leverage", lambda: exchange.update_leverage(5, "ETH", False), ok)
step("schedule cancel", lambda: exchange.schedule_cancel(now() + 60_000), ok)

# Money and keys
step("to spot", lambda: exchange.usd_class_transfer(100, False), ok)
step("back", lambda: exchange.usd_class_transfer(50, True), ok)
usdc = "USDC:0x6d1e7cde53ba9467b783cb7c530ce054"
step("to a builder's dex", lambda: exchange.send_asset(user, "", "xyz", usdc, 300), ok)
step("trade there", lambda: exchange.market_open("xyz:SP500", True, 0.02), filled)
step("to another user", lambda: exchange.usd_transfer(1, "0x" + "5" * 40), ok)
step("withdraw", lambda: exchange.withdraw_from_bridge(5, user), ok)
step("sub-account", lambda: exchange.create_sub_account("one"), ok)
agent_reply, agent_key = exchange.approve_agent("robot")
step("agent", lambda: agent_reply, ok)
agent = Exchange(eth_account.Account.from_key(agent_key), url, account_address=user)
step("agent's order", lambda: agent.order("BTC", True, 0.01, round(mid * 0.9), far), resting)
step("agent may not move money", lambda: agent.usd_class_transfer(1, False), lambda r: "Must deposit" in r["response"])
builder = "0x" + "7" * 40
step("approve builder", lambda: exchange.approve_builder_fee(builder, "0.01%"), ok)
step("order with builder", lambda: exchange.market_open("BTC", True, 0.01, builder={"b": builder, "f": 10}), filled)
exchange.set_expires_after(now() - 1000)
step("expired", lambda: exchange.market_open("BTC", True, 0.01), lambda r: r["status"] == "err")

for _ in range(80):
    if len(heard) > len(channels) - 1:
        break
    time.sleep(0.1)
missing = [channel["type"] for channel in channels if channel["type"] not in heard]
step("all channels heard", lambda: missing, lambda left: left == [])
info.disconnect_websocket()
finish()
