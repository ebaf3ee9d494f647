// What the C twins of the event engine share: packed records (40 bytes, see market-record.ts) and books
// of sorted levels with incremental sums over the best 20 of each side.
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

// Sets a level (0 lots remove it); returns the lots it had.
static inline double delta(Book *book, int side, int32_t price, double lots) {
  int32_t *keys = book->keys[side], key = side ? price : -price;
  double *all = book->lots[side];
  int n = book->count[side], i = n - 1;
  while (i >= 0 && keys[i] < key) i--;
  if (i >= 0 && keys[i] == key) {
    double old = all[i];
    if (lots > 0) {
      if (i >= n - LEVELS) book->sums[side] += lots - old;
      all[i] = lots;
      return old;
    }
    if (i >= n - LEVELS) book->sums[side] += (n > LEVELS ? all[n - LEVELS - 1] : 0) - old;
    for (int j = i + 1; j < n; j++) {
      keys[j - 1] = keys[j];
      all[j - 1] = all[j];
    }
    book->count[side] = n - 1;
    return old;
  }
  if (lots > 0 && n < CAPACITY) {
    if (i >= n - LEVELS || n < LEVELS) book->sums[side] += lots - (n >= LEVELS ? all[n - LEVELS] : 0);
    for (int j = n; j > i + 1; j--) {
      keys[j] = keys[j - 1];
      all[j] = all[j - 1];
    }
    keys[i + 1] = key;
    all[i + 1] = lots;
    book->count[side] = n + 1;
  }
  return 0;
}

// Price of the best level, 0 without one.
static inline int32_t best(const Book *book, int side) {
  int n = book->count[side];
  return n > 0 ? abs(book->keys[side][n - 1]) : 0;
}

static inline double imbalance(const Book *book) {
  return (book->sums[0] - book->sums[1]) / (book->sums[0] + book->sums[1]);
}

static inline void snapshot(Book *book, const double *pool, int bids, int asks) {
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
