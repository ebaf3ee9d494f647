// Twin of the column tier: z-score (sample deviation, window includes the current value) of whole
// numbers, reversion state machine with imbalance gate, fees, equity column. Two layouts, because
// either may be the faster: one fused loop, or a z column first. Prints for each repetition after a
// first one that only touches the memory: seconds of the thread's processor time, gross, turnover,
// trades, sum of the equity column.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

int main(int count, char **arguments) {
  if (count < 5) return 2;
  long n = atol(arguments[3]);
  int repetitions = atoi(arguments[4]);
  double *close = load(arguments[1], n), *rho = load(arguments[2], n);
  Rules rules = {-2, -0.5, 2, 0.5, 0.1, 2e-5, 60};
  backtest(close, rho, n, repetitions, rules);
  return 0;
}
