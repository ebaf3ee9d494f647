// Twin of a sweep's trials on the column tier, what `ornstein sweep` does for each: z-score shared by
// the trials of a window, reversion with an optional stop, orders that meet the next open within
// their limit, fees rounded per fill, equity at every bar, the account's daily limits, the equity
// column thinned to every fifth bar with its returns and its deepest drawdown. Prints for each
// repetition after a first one that only touches the memory: seconds of the thread's processor time,
// and over all trials the sums of trades, final equity, drawdown, returns squared and trials at a
// limit.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUN 8192
#define DAY 1440
#define THIN 5
#define WINDOWS 10
#define TRIALS 1000

typedef struct {
  const double *close, *openBuy, *openSell, *limitBuy, *limitSell;
  long n;
} Market;

typedef struct {
  double entry, leave, stopBp, notional, feeScale, unit, feeUnit, start, lossMax, drawdownMax;
  int window;
} Rules;

typedef struct {
  double equity, drawdown, squares;
  long trades, bound;
} Totals;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double *load(const char *folder, const char *name, long n) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.bin", folder, name);
  FILE *file = fopen(path, "rb");
  double *values = malloc(8 * n);
  if (!file || fread(values, 8, n, file) != (size_t)n) exit(1);
  fclose(file);
  return values;
}

// The sums are exact while distances from the center stay small, so a new center each run of rows
// changes no bit of the result.
static void scores(const double *close, long n, int w, double *z) {
  const double factor = (double)w / (w - 1);
  double center = 0, sum = 0, squares = 0;
  for (long i = 0; i < w - 1; i++) z[i] = NAN;
  for (long i = w - 1; i < n; i++) {
    if ((i - (w - 1)) % RUN == 0) {
      center = close[i];
      sum = squares = 0;
      for (long j = i - w + 1; j < i; j++) {
        double d = close[j] - center;
        sum += d;
        squares += d * d;
      }
    }
    double d = close[i] - center;
    sum += d;
    squares += d * d;
    z[i] = (d * w - sum) / sqrt((squares * w - sum * sum) * factor);
    double left = close[i - w + 1] - center;
    sum -= left;
    squares -= left * left;
  }
}

// Trades and equity in one pass: an order decided at a close meets the next bar's open.
static void trade(const Market *m, const double *zs, Rules r, double *equity, Totals *t) {
  const double *close = m->close;
  const long n = m->n;
  int position = 0, sent = 0;
  double entry = 0, limit = 0, lots = 0, gross = 0, fees = 0, stopAt = 0;
  double flat = r.start, slope = 0, base = r.start;
  const double stop = r.stopBp * 1e-4;
  for (long i = 0; i < n; i++) {
    const double x = close[i], z = zs[i];
    if (sent != 0) {
      const double price = sent > 0 ? m->openBuy[i] : m->openSell[i];
      const int met = sent > 0 ? price <= limit : price >= limit;
      if (met) {
        fees += nearbyint(price * lots * r.feeScale);
        if (position == 0) {
          position = sent;
          entry = price;
          stopAt = entry * (1 - position * stop);
          slope = position * lots * r.unit;
          base = r.start + (gross - position * lots * entry) * r.unit - fees * r.feeUnit;
          t->trades++;
        } else {
          gross += position * lots * (price - entry);
          position = 0;
          flat = r.start + gross * r.unit - fees * r.feeUnit;
        }
        sent = 0;
      } else if (position == 0) {
        sent = 0;
      } else {
        // A failed exit goes out again, priced off the close before.
        limit = sent > 0 ? m->limitBuy[i - 1] : m->limitSell[i - 1];
      }
    }
    equity[i] = position == 0 ? flat : base + slope * x;
    if (sent != 0) continue;
    if (position == 0) {
      if (z < -r.entry) {
        sent = 1;
        limit = m->limitBuy[i];
        lots = floor(r.notional / x);
      } else if (z > r.entry) {
        sent = -1;
        limit = m->limitSell[i];
        lots = floor(r.notional / x);
      }
    } else if (position > 0 ? (z > -r.leave || x <= stopAt) : (z < r.leave || x >= stopAt)) {
      sent = -position;
      limit = sent > 0 ? m->limitBuy[i] : m->limitSell[i];
    }
  }
  t->equity += equity[n - 1];
}

// True when a daily limit was reached: looked at every bar, anew every day.
static int reached(const double *equity, long n, Rules r) {
  for (long from = 0; from < n; from += DAY) {
    const long end = from + DAY < n ? from + DAY : n;
    double high = equity[from], low = high, share = 1;
    for (long i = from; i < end; i++) {
      const double x = equity[i];
      if (x > high) high = x;
      else if (x < low) low = x;
      if (x < high * share) share = x / high;
    }
    if (equity[from] - low >= r.lossMax || share <= 1 - r.drawdownMax) return 1;
  }
  return 0;
}

static void measure(const double *equity, long n, Rules r, double *returns, Totals *t) {
  double before = r.start, level = 1, peak = 1, deepest = 0, squares = 0;
  long count = 0;
  for (long i = THIN - 1; i < n; i += THIN) {
    const double ratio = equity[i] / before;
    returns[count++] = ratio - 1;
    before = equity[i];
    level *= ratio;
    if (level > peak) peak = level;
    else if (level / peak - 1 < deepest) deepest = level / peak - 1;
  }
  // The last two are one interval on the other side.
  for (long i = 0; i < count - 2; i++) squares += returns[i] * returns[i];
  t->drawdown += deepest;
  t->squares += squares;
}

// The grid of the TypeScript side: window, entry, exit and stop from the number of the trial.
static Rules rulesOf(int c, Rules r) {
  r.window = 20 + 10 * (c % 10);
  r.entry = 1.2 + 0.2 * ((c / 10) % 10);
  r.leave = 0.1 * ((c / 100) % 5);
  r.stopBp = (c / 500) % 2 == 0 ? INFINITY : 100;
  return r;
}

int main(int count, char **arguments) {
  if (count < 8) return 2;
  const char *folder = arguments[1];
  const long n = atol(arguments[2]);
  const int repetitions = atoi(arguments[3]);
  Rules shared = {.notional = atof(arguments[4]),
                  .feeScale = atof(arguments[5]),
                  .unit = atof(arguments[6]),
                  .feeUnit = atof(arguments[7]),
                  .start = 10000,
                  .lossMax = 500,
                  .drawdownMax = 0.02};
  Market m = {load(folder, "closes", n),   load(folder, "openBuy", n),
              load(folder, "openSell", n), load(folder, "limitBuy", n),
              load(folder, "limitSell", n), n};
  double *zs = malloc(8 * n), *equity = malloc(8 * n), *returns = malloc(8 * n);
  for (int k = -1; k < repetitions; k++) {
    Totals t = {0};
    double start = now();
    for (int w = 0; w < WINDOWS; w++) {
      scores(m.close, n, 20 + 10 * w, zs);
      for (int c = w; c < TRIALS; c += WINDOWS) {
        Rules r = rulesOf(c, shared);
        trade(&m, zs, r, equity, &t);
        t.bound += reached(equity, n, r);
        measure(equity, n, r, returns, &t);
      }
    }
    double seconds = now() - start;
    if (k < 0) continue;
    printf("%.9f %ld %.17g %.17g %.17g %ld\n", seconds, t.trades, t.equity, t.drawdown, t.squares,
           t.bound);
  }
  return 0;
}
