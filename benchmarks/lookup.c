/* What single look-ups of the kernel cost in C: each is timed alone, in the order of the fixes.
 *
 *   lookup PACK FIXES          FIXES: n doubles of latitude, then n doubles of longitude, in degrees
 *
 * Prints JSON: percentiles in nanoseconds, beyond what the clock takes. A look-up is gp_to_grid and gp_locate, from two
 * doubles to the name of the answer. Fences keep look-ups from overlapping.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gp_kernel.h"
#include "read_file.h"

#if defined(__x86_64__)
#include <x86intrin.h>
static inline uint64_t ticks(void)
{
    _mm_lfence();
    uint64_t now = __rdtsc();
    _mm_lfence();
    return now;
}
#else
static inline uint64_t ticks(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
#endif

static double ns_per_tick(void)
{
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    uint64_t first = ticks();
    double ns = 0.0;
    while (ns < 5e7) {
        clock_gettime(CLOCK_MONOTONIC, &b);
        ns = 1e9 * (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec);
    }
    return ns / (double)(ticks() - first);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double percentile(const uint64_t *sorted, size_t count, double percent, double overhead, double scale)
{
    double ns = ((double)sorted[(size_t)((double)(count - 1) * percent / 100.0)] - overhead) * scale;
    return ns > 0.0 ? ns : 0.0;
}

static inline gp_answer_id_t look(const gp_pack_t *pack, double lat, double lon)
{
    gp_point_t at;
    return gp_to_grid(pack, GP_WGS84, lat, lon, &at) ? gp_locate(pack, GP_WGS84, at, NULL) : 0;
}

int main(int argc, char **argv)
{
    uint64_t size = 0, fixes_bytes = 0;
    void *bytes = argc == 3 ? read_file(argv[1], &size) : NULL;
    double *lat = argc == 3 ? read_file(argv[2], &fixes_bytes) : NULL;
    gp_pack_t pack;
    if (!bytes || !lat || gp_open(&pack, bytes, size) != GP_OK || gp_verify(&pack) != GP_OK) {
        fprintf(stderr, "lookup: needs a pack and a file of fixes\n");
        return 1;
    }
    size_t n = (size_t)(fixes_bytes / (2 * sizeof(double)));
    const double *lon = lat + n;
    uint64_t *spent = malloc(n * sizeof *spent);
    if (!spent || n == 0) {
        return 1;
    }
    double scale = ns_per_tick();
    for (size_t i = 0; i < n; i++) {
        uint64_t began = ticks();
        spent[i] = ticks() - began;
    }
    qsort(spent, n, sizeof *spent, compare);
    double overhead = (double)spent[n / 2];
    gp_answer_id_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        double a = lat[i], b = lon[i];
        uint64_t began = ticks();
        sum += look(&pack, a, b);
        spent[i] = ticks() - began;
    }
    qsort(spent, n, sizeof *spent, compare);
    static const double percents[] = {50.0, 90.0, 99.0, 99.9};
    static const char *const names[] = {"p50", "p90", "p99", "p99.9"};
    printf("{\"fixes\": %zu, \"sum\": %llu", n, (unsigned long long)(sum & 0xffff));
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        printf(", \"%s\": %.2f", names[i], percentile(spent, n, percents[i], overhead, scale));
    }
    printf("}\n");
    free(spent);
    free(lat);
    free(bytes);
    return 0;
}
