/* Look-ups of the kernel beside those of tg, on the same zones and fixes, in one process, round by round.
 *
 *   beside_tg PACK FIXES ZONES     FIXES: n doubles of latitude, then n of longitude, in degrees
 *                                  ZONES: for each zone a uint32 length and its WKB
 *
 * tg gets its own ystripes index on every ring and its own box tree over all zones: a GeometryCollection that is
 * searched with tg_geom_search. Prints JSON: nanoseconds of processor a fix, the best of the rounds, and how many fixes each found
 * covered.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gp_kernel.h"
#include "read_file.h"
#include "tg.h"

#define BLOCK 256u
#define ROUNDS 7

typedef struct {
    double x, y;
    uint64_t covering;
} search_t;

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* what other processes take does not count */
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static struct tg_geom *collection(const uint8_t *wkb, uint64_t size)
{
    uint64_t count = 0, at = 0;
    struct tg_geom **geoms = NULL;
    while (at + 4 <= size) {
        uint32_t length;
        memcpy(&length, wkb + at, 4);
        geoms = realloc(geoms, (count + 1) * sizeof *geoms);
        geoms[count] = tg_parse_wkb_ix(wkb + at + 4, length, TG_YSTRIPES);
        if (tg_geom_error(geoms[count])) {
            return NULL;
        }
        count++;
        at += 4u + length;
    }
    return tg_geom_new_geometrycollection((const struct tg_geom *const *)geoms, (int)count);
}

static bool test(const struct tg_geom *geom, int index, void *udata)
{
    search_t *search = udata;
    (void)index;
    search->covering += tg_geom_intersects_xy(geom, search->x, search->y);
    return true;
}

static double ask_tg(const struct tg_geom *zones, const double *lat, const double *lon, size_t n, uint64_t *covered)
{
    const double began = now_ns();
    *covered = 0;
    for (size_t i = 0; i < n; i++) {
        search_t search = {lon[i], lat[i], 0};
        struct tg_rect at = {{lon[i], lat[i]}, {lon[i], lat[i]}};
        tg_geom_search(zones, at, test, &search);
        *covered += search.covering > 0;
    }
    return (now_ns() - began) / (double)n;
}

static double ask_one_by_one(const gp_pack_t *pack, const double *lat, const double *lon, size_t n, uint64_t *named)
{
    const double began = now_ns();
    gp_point_t at;
    *named = 0;
    for (size_t i = 0; i < n; i++) {
        *named += gp_to_grid(pack, GP_WGS84, lat[i], lon[i], &at) && gp_locate(pack, GP_WGS84, at, NULL) != 0;
    }
    return (now_ns() - began) / (double)n;
}

static double ask_in_blocks(const gp_pack_t *pack, const double *lat, const double *lon, size_t n, uint64_t *named)
{
    const double began = now_ns();
    gp_point_t points[BLOCK];
    gp_answer_id_t ids[BLOCK];
    *named = 0;
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t end = start + BLOCK < n ? start + BLOCK : n;
        uint32_t placed = 0;
        for (size_t i = start; i < end; i++) {
            placed += gp_to_grid(pack, GP_WGS84, lat[i], lon[i], &points[placed]);
        }
        gp_locate_many(pack, GP_WGS84, points, placed, ids);
        for (uint32_t i = 0; i < placed; i++) {
            *named += ids[i] != 0;
        }
    }
    return (now_ns() - began) / (double)n;
}

int main(int argc, char **argv)
{
    uint64_t size = 0, fixes_bytes = 0, zones_bytes = 0;
    void *bytes = argc == 4 ? read_file(argv[1], &size) : NULL;
    double *lat = argc == 4 ? read_file(argv[2], &fixes_bytes) : NULL;
    uint8_t *wkb = argc == 4 ? read_file(argv[3], &zones_bytes) : NULL;
    gp_pack_t pack;
    if (!bytes || !lat || !wkb || gp_open(&pack, bytes, size) != GP_OK || gp_verify(&pack) != GP_OK) {
        fprintf(stderr, "beside_tg: needs a pack, a file of fixes and one of zones\n");
        return 1;
    }
    struct tg_geom *zones = collection(wkb, zones_bytes);
    if (!zones) {
        fprintf(stderr, "beside_tg: tg reads no such zones\n");
        return 1;
    }
    const size_t n = (size_t)(fixes_bytes / (2 * sizeof(double)));
    double best[3] = {1e30, 1e30, 1e30};
    uint64_t covered = 0, named = 0, named_in_blocks = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const double spent[3] = {ask_tg(zones, lat, lat + n, n, &covered), ask_one_by_one(&pack, lat, lat + n, n, &named),
                                 ask_in_blocks(&pack, lat, lat + n, n, &named_in_blocks)};
        for (int i = 0; i < 3; i++) {
            best[i] = spent[i] < best[i] ? spent[i] : best[i];
        }
    }
    printf("{\"fixes\": %zu, \"tg\": %.3f, \"one_by_one\": %.3f, \"in_blocks\": %.3f, \"covered_by_tg\": %llu, "
           "\"named\": %llu, \"named_in_blocks\": %llu}\n",
           n, best[0], best[1], best[2], (unsigned long long)covered, (unsigned long long)named,
           (unsigned long long)named_in_blocks);
    return 0;
}
