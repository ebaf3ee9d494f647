// The market part of the event engine in C: every packed record (40 bytes, see market-record.ts) is
// applied to a venue's book and to a strategy's book with incremental sums over 20 levels, and the
// strategy's imbalance is summed up. No orders, strategy, ledger or risk. Prints for each repetition
// after a first one: seconds of the thread's processor time, sum of imbalances, sum of best prices.
#include "book.h"

static Book venue[INSTRUMENTS], strategy[INSTRUMENTS];

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
      total += imbalance(ours);
    }
    double seconds = now() - start, prices = 0;
    for (int i = 0; i < INSTRUMENTS; i++) prices += best(venue + i, 0) + best(venue + i, 1);
    if (k >= 0) printf("%.9f %.17g %.17g\n", seconds, total, prices);
  }
  return 0;
}
