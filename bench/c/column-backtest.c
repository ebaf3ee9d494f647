// Twin of the column tier: z-score (sample deviation, window includes the current value) of whole
// numbers, reversion state machine with imbalance gate, fees, equity column. Two layouts, because
// either may be the faster: one fused loop, or a z column first. Prints for each repetition after a
// first one that only touches the memory: seconds of the thread's processor time, gross, turnover,
// trades, sum of the equity column.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUN 8192

typedef struct {
  double gross, turnover;
  long trades;
} Totals;

typedef struct {
  double longEntry, longExit, shortEntry, shortExit, threshold, fee;
  int window;
} Rules;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double *load(const char *path, long n) {
  FILE *file = fopen(path, "rb");
  double *values = malloc(8 * n);
  if (!file || fread(values, 8, n, file) != (size_t)n) exit(1);
  fclose(file);
  return values;
}

// The sums are exact while distances from the center stay small, so a new center each run of rows
// changes no bit of the result.
static Totals fused(const double *close, const double *rho, long n, Rules r, double *equity) {
  Totals t = {0, 0, 0};
  const int w = r.window;
  const double factor = (double)w / (w - 1);
  int position = 0;
  double entry = 0, center = 0, sum = 0, squares = 0;
  for (long i = 0; i < w - 1; i++) equity[i] = 0;
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
    double x = close[i], d = x - center;
    sum += d;
    squares += d * d;
    double z = (d * w - sum) / sqrt((squares * w - sum * sum) * factor);
    if (position == 0) {
      if (z < r.longEntry) {
        if (rho[i] > r.threshold) position = 1;
      } else if (z > r.shortEntry && rho[i] < -r.threshold) {
        position = -1;
      }
      if (position != 0) {
        entry = x;
        t.turnover += x;
        t.trades++;
      }
    } else if (position > 0 ? z > r.longExit : z < r.shortExit) {
      t.gross += position * (x - entry);
      t.turnover += x;
      position = 0;
    }
    equity[i] = t.gross - r.fee * t.turnover + position * (x - entry);
    double left = close[i - w + 1] - center;
    sum -= left;
    squares -= left * left;
  }
  if (position != 0) t.gross += position * (close[n - 1] - entry);
  return t;
}

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

static Totals split(const double *close, const double *rho, long n, Rules r, double *equity,
                    double *zs) {
  scores(close, n, r.window, zs);
  Totals t = {0, 0, 0};
  int position = 0;
  double entry = 0, flat = 0;
  for (long i = 0; i < n; i++) {
    double z = zs[i], x = close[i];
    if (position == 0) {
      if (z < r.longEntry) {
        if (rho[i] > r.threshold) position = 1;
      } else if (z > r.shortEntry && rho[i] < -r.threshold) {
        position = -1;
      }
      if (position != 0) {
        entry = x;
        t.turnover += x;
        t.trades++;
        flat = t.gross - r.fee * t.turnover;
      }
    } else if (position > 0 ? z > r.longExit : z < r.shortExit) {
      t.gross += position * (x - entry);
      t.turnover += x;
      position = 0;
      flat = t.gross - r.fee * t.turnover;
    }
    equity[i] = flat + position * (x - entry);
  }
  if (position != 0) t.gross += position * (close[n - 1] - entry);
  return t;
}

// As split, without the equity column: what a trial of a sweep costs.
static Totals trial(const double *close, const double *rho, const double *zs, long n, Rules r) {
  Totals t = {0, 0, 0};
  int position = 0;
  double entry = 0;
  for (long i = r.window - 1; i < n; i++) {
    double z = zs[i];
    if (position == 0) {
      if (z < r.longEntry) {
        if (rho[i] > r.threshold) position = 1;
      } else if (z > r.shortEntry && rho[i] < -r.threshold) {
        position = -1;
      }
      if (position != 0) {
        entry = close[i];
        t.turnover += close[i];
        t.trades++;
      }
    } else if (position > 0 ? z > r.longExit : z < r.shortExit) {
      t.gross += position * (close[i] - entry);
      t.turnover += close[i];
      position = 0;
    }
  }
  if (position != 0) t.gross += position * (close[n - 1] - entry);
  return t;
}

static void backtest(const double *close, const double *rho, long n, int repetitions, Rules r) {
  double *equity = calloc(n, 8), *zs = calloc(n, 8);
  for (int layout = 0; layout < 2; layout++) {
    for (int k = -1; k < repetitions; k++) {
      double start = now();
      Totals t = layout == 0 ? fused(close, rho, n, r, equity) : split(close, rho, n, r, equity, zs);
      double seconds = now() - start, checksum = 0;
      for (long i = 0; i < n; i++) checksum += equity[i];
      if (k < 0) continue;
      printf("%.9f %.17g %.17g %ld %.17g\n", seconds, t.gross, t.turnover, t.trades, checksum);
    }
  }
}

// The grid of the TypeScript side: window, entry, exit and gate from the number of the trial.
static Rules trialRules(int c, double fee) {
  double entry = 1.2 + 0.2 * ((c / 10) % 10), leave = 0.1 * ((c / 100) % 5);
  Rules r = {-entry, -leave, entry, leave, 0.1 * ((c / 500) % 2), fee, 20 + 10 * (c % 10)};
  return r;
}

static void sweep(const double *close, const double *rho, long n, int repetitions, double fee) {
  double *zs = malloc(8 * n);
  for (int k = -1; k < repetitions; k++) {
    double start = now();
    Totals sum = {0, 0, 0};
    for (int w = 0; w < 10; w++) {
      scores(close, n, 20 + 10 * w, zs);
      for (int c = w; c < 1000; c += 10) {
        Totals t = trial(close, rho, zs, n, trialRules(c, fee));
        sum.gross += t.gross;
        sum.turnover += t.turnover;
        sum.trades += t.trades;
      }
    }
    double seconds = now() - start;
    if (k < 0) continue;
    printf("%.9f %.17g %.17g %ld 0\n", seconds, sum.gross, sum.turnover, sum.trades);
  }
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  long n = atol(arguments[4]);
  int repetitions = atoi(arguments[5]);
  double *close = load(arguments[2], n), *rho = load(arguments[3], n);
  Rules rules = {-2, -0.5, 2, 0.5, 0.1, 2e-5, 60};
  if (!strcmp(arguments[1], "backtest")) backtest(close, rho, n, repetitions, rules);
  else sweep(close, rho, n, repetitions, rules.fee);
  return 0;
}
