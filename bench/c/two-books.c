// The market part of the event engine in C: every packed record (40 bytes, see market-record.ts) is
// applied to a venue's book and to a strategy's book with incremental sums over 20 levels, and the
// strategy's imbalance is summed up. No orders, strategy, ledger or risk. Prints for each repetition
// after a first one: seconds of the thread's processor time, sum of imbalances, sum of best prices.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INSTRUMENTS 28
#define CAPACITY 256
#define LEVELS 20

typedef struct {
  double received, venue, quantity, aux;
  int32_t price;
  uint8_t kind, side;
  uint16_t instrument;
} Record;

// Keys grow away from the best (ask: price, bid: -price); the best level is the last one.
typedef struct {
  int32_t keys[2][CAPACITY];
  double lots[2][CAPACITY];
  int count[2];
  double sums[2];
} Book;

static Book venue[INSTRUMENTS], strategy[INSTRUMENTS];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *load(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  void *data = malloc(size);
  if (!file || fread(data, 1, size, file) != size) exit(1);
  fclose(file);
  return data;
}

static void delta(Book *book, int side, int32_t price, double lots) {
  int32_t *keys = book->keys[side], key = side ? price : -price;
  double *all = book->lots[side];
  int n = book->count[side], i = n - 1;
  while (i >= 0 && keys[i] < key) i--;
  if (i >= 0 && keys[i] == key) {
    if (lots > 0) {
      if (i >= n - LEVELS) book->sums[side] += lots - all[i];
      all[i] = lots;
      return;
    }
    if (i >= n - LEVELS) book->sums[side] += (n > LEVELS ? all[n - LEVELS - 1] : 0) - all[i];
    for (int j = i + 1; j < n; j++) {
      keys[j - 1] = keys[j];
      all[j - 1] = all[j];
    }
    book->count[side] = n - 1;
  } else if (lots > 0 && n < CAPACITY) {
    if (i >= n - LEVELS || n < LEVELS) book->sums[side] += lots - (n >= LEVELS ? all[n - LEVELS] : 0);
    for (int j = n; j > i + 1; j--) {
      keys[j] = keys[j - 1];
      all[j] = all[j - 1];
    }
    keys[i + 1] = key;
    all[i + 1] = lots;
    book->count[side] = n + 1;
  }
}

static void snapshot(Book *book, const double *pool, int bids, int asks) {
  for (int side = 0; side < 2; side++) {
    int n = side ? asks : bids;
    double sum = 0;
    for (int i = 0; i < n; i++, pool += 2) {
      book->keys[side][n - 1 - i] = side ? (int32_t)pool[0] : -(int32_t)pool[0];
      book->lots[side][n - 1 - i] = pool[1];
      if (i < LEVELS) sum += pool[1];
    }
    book->count[side] = n;
    book->sums[side] = sum;
  }
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  long n = atol(arguments[3]), length = atol(arguments[4]);
  int repetitions = atoi(arguments[5]);
  Record *records = load(arguments[1], n * sizeof(Record));
  double *pool = load(arguments[2], length * sizeof(double));
  for (int k = -1; k < repetitions; k++) {
    memset(venue, 0, sizeof venue);
    memset(strategy, 0, sizeof strategy);
    double total = 0, start = now();
    for (long i = 0; i < n; i++) {
      const Record *r = records + i;
      Book *ours = strategy + r->instrument;
      if (r->kind == 1) {
        delta(venue + r->instrument, r->side, r->price, r->quantity);
        delta(ours, r->side, r->price, r->quantity);
      } else if (r->kind == 0) {
        snapshot(venue + r->instrument, pool + (long)r->aux, (int)r->quantity, r->price);
        snapshot(ours, pool + (long)r->aux, (int)r->quantity, r->price);
      } else {
        continue;
      }
      total += (ours->sums[0] - ours->sums[1]) / (ours->sums[0] + ours->sums[1]);
    }
    double seconds = now() - start, best = 0;
    for (int i = 0; i < INSTRUMENTS; i++) {
      Book *book = venue + i;
      for (int s = 0; s < 2; s++) {
        if (book->count[s] > 0) best += abs(book->keys[s][book->count[s] - 1]);
      }
    }
    if (k >= 0) printf("%.9f %.17g %.17g\n", seconds, total, best);
  }
  return 0;
}
