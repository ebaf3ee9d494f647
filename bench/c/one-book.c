// The least an event-driven backtest does, in C: every packed record is applied to one book an
// instrument with incremental sums over 20 levels; one order a side rests at the best price and moves up
// in its queue, decreases that no trade explains being shared out pro rata; mids make bars of a second
// and these a z-score over 60 of them; imbalance and z are compared with their bounds. Nothing has
// latency, there is no account and no risk. Prints for each repetition after a first one: seconds of
// the thread's processor time, sum of imbalances, sum of best prices, sum of z, bars, orders, fills,
// signals.
#include "book.h"

#include <math.h>

#define WINDOW 60
#define INTERVAL 1e6
#define ORDER_LOTS 1
#define AWAY 5

typedef struct {
  int32_t price;
  double leaves, ahead, traded;
} Order;

// Half mids; sums over the window, of integers and so exact.
typedef struct {
  double end, close, ring[WINDOW], sum, squares, z;
  long count;
} Bars;

typedef struct {
  Book book;
  Order orders[2];
  Bars bars;
} Market;

static Market markets[INSTRUMENTS];
static long bars, orders, fills, signals;

static void rest(Market *market, int side) {
  Order *order = market->orders + side;
  const Book *book = &market->book;
  int32_t price = best(book, side);
  if (price == 0 || (order->leaves > 0 && abs(order->price - price) <= AWAY)) return;
  double ahead = book->lots[side][book->count[side] - 1];
  *order = (Order){.price = price, .leaves = ORDER_LOTS, .ahead = ahead};
  orders++;
}

// The level of an order had `old` lots and has `lots`.
static void publish(Order *order, double old, double lots) {
  double canceled = old - lots - order->traded;
  order->traded = 0;
  if (canceled > 0 && old > 0) order->ahead -= canceled * (order->ahead / old);
}

static void trade(Order *order, int side, int32_t price, double lots) {
  if (order->leaves <= 0) return;
  if (price == order->price) {
    order->ahead -= lots;
    order->traded += lots;
    if (order->ahead >= 0) return;
    order->leaves += order->ahead;
    order->ahead = 0;
  } else if (side ? price > order->price : price < order->price) {
    order->leaves = 0;
  }
  if (order->leaves <= 0) fills++;
}

static double lotsAt(const Book *book, int side, int32_t price) {
  int32_t key = side ? price : -price;
  for (int i = book->count[side] - 1; i >= 0 && book->keys[side][i] <= key; i--) {
    if (book->keys[side][i] == key) return book->lots[side][i];
  }
  return 0;
}

static void replaceBook(Market *market, const double *pool, int bids, int asks) {
  double old[2];
  Order *order = market->orders;
  for (int side = 0; side < 2; side++) old[side] = lotsAt(&market->book, side, order[side].price);
  snapshot(&market->book, pool, bids, asks);
  for (int side = 0; side < 2; side++) {
    if (order[side].leaves <= 0) continue;
    publish(order + side, old[side], lotsAt(&market->book, side, order[side].price));
  }
  rest(market, 0);
  rest(market, 1);
}

static void closeBar(Bars *b) {
  double x = b->close, *slot = b->ring + b->count++ % WINDOW, left = *slot;
  *slot = x;
  b->sum += x - left;
  b->squares += x * x - left * left;
  b->end += INTERVAL;
  bars++;
  if (b->count < WINDOW) return;
  double spread = b->squares * WINDOW - b->sum * b->sum;
  b->z = spread > 0 ? (x * WINDOW - b->sum) / sqrt(spread * (WINDOW / (WINDOW - 1.0))) : 0;
}

static double closeBars(Bars *b, double received) {
  while (received >= b->end) closeBar(b);
  return b->z;
}

static void enter(Market *market, double received) {
  Bars *b = &market->bars;
  int32_t bid = best(&market->book, 0), ask = best(&market->book, 1);
  if (bid == 0 || ask == 0 || bid > ask) return;
  if (b->end == INFINITY) b->end = (floor(received / INTERVAL) + 1) * INTERVAL;
  b->close = (double)bid + ask;
}

static double decide(const Market *market) {
  double share = imbalance(&market->book), z = market->bars.z;
  if ((z < -1.5 && share > 0.2) || (z > 1.5 && share < -0.2)) signals++;
  return share;
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  long n = atol(arguments[3]), length = atol(arguments[4]);
  int repetitions = atoi(arguments[5]);
  Record *records = load(arguments[1], n * sizeof(Record));
  double *pool = load(arguments[2], length * sizeof(double));
  for (int k = -1; k < repetitions; k++) {
    memset(markets, 0, sizeof markets);
    for (int i = 0; i < INSTRUMENTS; i++) markets[i].bars.end = INFINITY;
    bars = orders = fills = signals = 0;
    double total = 0, scores = 0, start = now();
    for (long i = 0; i < n; i++) {
      const Record *r = records + i;
      Market *market = markets + r->instrument;
      if (r->received >= market->bars.end) scores += closeBars(&market->bars, r->received);
      if (r->kind == 1) {
        Order *order = market->orders + r->side;
        double old = delta(&market->book, r->side, r->price, r->quantity);
        if (order->leaves > 0 && order->price == r->price) publish(order, old, r->quantity);
        rest(market, r->side);
      } else if (r->kind == 0) {
        replaceBook(market, pool + (long)r->aux, (int)r->quantity, r->price);
      } else {
        // Buyers meet asks, and sellers bids.
        int side = 1 - r->side;
        if (r->kind == 2) trade(market->orders + side, side, r->price, r->quantity);
        continue;
      }
      enter(market, r->received);
      total += decide(market);
    }
    double seconds = now() - start, prices = 0;
    for (int i = 0; i < INSTRUMENTS; i++) {
      prices += best(&markets[i].book, 0) + best(&markets[i].book, 1);
    }
    if (k < 0) continue;
    printf("%.9f %.17g %.17g %.17g ", seconds, total, prices, scores);
    printf("%ld %ld %ld %ld\n", bars, orders, fills, signals);
  }
  return 0;
}
