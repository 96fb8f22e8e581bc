/* The floor: what a look-up costs that only turns a fix into grid integers and makes one dependent load.
 *
 *   floor FIXES          FIXES: n doubles of latitude, then n doubles of longitude, in degrees
 *
 * Prints JSON, nanoseconds per fix, best and median of some runs: "overlapped", where the loads of several fixes may
 * be under way at once, as in a batch, and "chained", where each fix waits for the answer to the one before, as in
 * single calls. The table is a root grid of 2048 x 2048 cells over the fixes: 16 MiB.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SIDE 2048
#define RUNS 9

typedef struct {
    int64_t x0, y0;
    const uint32_t *table;
} grid_t;

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* Degrees to whole units of 1e-7 degrees, ties to even: adding 1.5 * 2^52 rounds in the adder. */
static inline int64_t to_grid(double degrees)
{
    return (int64_t)((degrees * 1e7 + 0x1.8p52) - 0x1.8p52);
}

static inline uint32_t look(const grid_t *grid, unsigned shift, double lat, double lon)
{
    uint64_t x = (uint64_t)(to_grid(lon) - grid->x0);
    uint64_t y = (uint64_t)(to_grid(lat) - grid->y0);
    return grid->table[(y >> shift) * SIDE + (x >> shift)];
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *read_fixes(const char *path, size_t *count)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        return NULL;
    }
    long bytes = ftell(file);
    double *fixes = bytes > 0 ? malloc((size_t)bytes) : NULL;
    rewind(file);
    if (fixes && fread(fixes, 1, (size_t)bytes, file) != (size_t)bytes) {
        fixes = NULL;
    }
    fclose(file);
    *count = (size_t)bytes / (2 * sizeof(double));
    return fixes;
}

static void report(const char *name, double *ns, const char *end)
{
    qsort(ns, RUNS, sizeof *ns, compare);
    printf("\"%s\": {\"best\": %.3f, \"median\": %.3f}%s", name, ns[0], ns[RUNS / 2], end);
}

int main(int argc, char **argv)
{
    size_t n = 0;
    double *lat = argc == 2 ? read_fixes(argv[1], &n) : NULL;
    if (!lat || n == 0) {
        fprintf(stderr, "floor: needs a file of fixes\n");
        return 1;
    }
    const double *lon = lat + n;
    double south = lat[0], west = lon[0], north = lat[0], east = lon[0];
    for (size_t i = 0; i < n; i++) {
        south = fmin(south, lat[i]), north = fmax(north, lat[i]);
        west = fmin(west, lon[i]), east = fmax(east, lon[i]);
    }
    unsigned shift = 0;
    double span_e7 = fmax(north - south, east - west) * 1e7 + 2.0;
    while (ldexp((double)SIDE, (int)shift) <= span_e7) {
        shift++;
    }
    uint32_t *table = malloc((size_t)SIDE * SIDE * sizeof *table);
    if (!table) {
        return 1;
    }
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        table[i] = i * 2654435761u >> 31;
    }
    grid_t grid = {to_grid(west), to_grid(south), table};
    double overlapped[RUNS], chained[RUNS];
    uint32_t sum = 0;
    for (int run = 0; run < RUNS; run++) {
        double began = now_ns();
        for (size_t i = 0; i < n; i++) {
            sum += look(&grid, shift, lat[i], lon[i]);
        }
        double between = now_ns();
        uint32_t last = 0;
        for (size_t i = 0; i < n; i++) {
            /* last is 0 or 1, so last >> 1 is 0; the compiler cannot know, and the processor has to wait for it. */
            last = look(&grid, shift, lat[i + (last >> 1)], lon[i + (last >> 1)]);
            sum += last;
        }
        overlapped[run] = (between - began) / (double)n;
        chained[run] = (now_ns() - between) / (double)n;
    }
    printf("{");
    report("overlapped", overlapped, ", ");
    report("chained", chained, ", ");
    printf("\"fixes\": %zu, \"sum\": %u}\n", n, sum);
    free(table);
    free(lat);
    return 0;
}
