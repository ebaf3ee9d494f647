// The reading part of the market-data socket in C: every level of every l2Book frame is read from its
// bytes into doubles, without a look at whether the text is what it should be, without a book, without
// an adapter. Prints for each repetition: seconds of the thread's processor time for all frames, and
// the sum of all digits as whole numbers (prices and sizes without their points).
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEVELS 20

static double powers[23], prices[2 * LEVELS], sizes[2 * LEVELS];
static int64_t digits;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static const uint8_t *number(const uint8_t *p, double *into) {
  int64_t mantissa = 0;
  int places = 0;
  while (*p >= '0' && *p <= '9') mantissa = mantissa * 10 + (*p++ - '0');
  if (*p == '.') {
    const uint8_t *point = ++p;
    while (*p >= '0' && *p <= '9') mantissa = mantissa * 10 + (*p++ - '0');
    places = (int)(p - point);
  }
  *into = places ? mantissa / powers[places] : mantissa;
  digits += mantissa;
  return p;
}

// {"channel":"l2Book","data":{"coin":"..","time":..,"levels":[[{"px":"..","sz":"..","n":..},..],[..]]}}
static void scan(const uint8_t *p) {
  double ignored;
  p = (const uint8_t *)strstr((const char *)p + 36, "[[") + 2;
  for (int side = 0; side < 2; side++) {
    for (int i = 0; *p == '{'; i++) {
      p = number(p + 7, prices + LEVELS * side + i);
      p = number(p + 8, sizes + LEVELS * side + i);
      int64_t before = digits;
      p = number(p + 6, &ignored) + 1;
      digits = before;
      if (*p == ',') p++;
    }
    p += 3;
  }
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  FILE *file = fopen(arguments[1], "rb");
  long frames = atol(arguments[2]);
  int repetitions = atoi(arguments[3]);
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  long length = ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(length + 1);
  if (fread(bytes, 1, length, file) != (size_t)length) return 1;
  bytes[length] = 0;
  const uint8_t **starts = malloc(frames * sizeof *starts);
  uint8_t *at = bytes;
  for (long i = 0; i < frames; i++) {
    starts[i] = at;
    at = memchr(at, '\n', bytes + length - at);
    *at++ = 0;
  }
  powers[0] = 1;
  for (int i = 1; i < 23; i++) powers[i] = powers[i - 1] * 10;
  for (int k = -1; k < repetitions; k++) {
    digits = 0;
    double start = now();
    for (long i = 0; i < frames; i++) scan(starts[i]);
    if (k >= 0) printf("%.9f %lld\n", now() - start, (long long)digits);
  }
  return 0;
}
