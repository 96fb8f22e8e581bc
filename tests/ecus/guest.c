/* guest: what an emulated processor runs. Written from gp_kernel.h alone; needs no library and no start-up code.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The host (tests/support/ecus.py) writes a pack and the numbers of a question to memory, calls one of the functions
 * guest_*, and reads the answer from memory. Whole numbers and the bits of doubles go both ways as words of 64 bits in
 * the byte order of the processor. Compiled for the host the same functions say what the bits must be.
 *
 * guest_point, guest_disc and guest_path ask what a vehicle asks, and nothing else: their instructions are counted, and
 * those of guest_transform.
 * guest_tell then asks all else that gp_kernel.h offers for the same place, and writes the words. */
#include <float.h>

#include "gp_kernel.h"
#include "guest.h"

#define MOST_OWNERS 1024u

#define SEEN __attribute__((used, visibility("default"))) /* by the host alone */

SEEN uint8_t guest_pack[MOST_PACK_BYTES];
SEEN uint64_t guest_question[NUMBERS];
SEEN uint64_t guest_answer[MOST_WORDS];
SEEN uint64_t guest_count;

typedef struct {
    uint32_t owners[MOST_OWNERS];
    double distance_sq[MOST_OWNERS];
    gp_found_t found;
} owners_t;

static gp_pack_t pack;
static double numbers[NUMBERS];
static uint32_t refused; /* calls */
static bool is_position, is_known, is_judged;
static double accuracy_m;
static bool is_reached[2][GP_FAMILIES], is_met[GP_FAMILIES];
static gp_point_t at[2][GP_FAMILIES];
static double radius_m[2][GP_FAMILIES];
static gp_path_t ways[GP_FAMILIES];
static double moved[2];
static owners_t covering[2], near, touched;

static void clear(owners_t *all)
{
    all->found.owners = all->owners;
    all->found.distance_sq = all->distance_sq;
    all->found.capacity = MOST_OWNERS;
    all->found.count = 0;
}

static void begin(void)
{
    __builtin_memcpy(numbers, guest_question, sizeof numbers);
    __builtin_memset(is_reached, 0, sizeof is_reached);
    __builtin_memset(is_met, 0, sizeof is_met);
    __builtin_memset(radius_m, 0, sizeof radius_m);
    clear(&covering[0]);
    clear(&covering[1]);
    clear(&near);
    clear(&touched);
    refused = 0;
    is_known = true;
    is_judged = true;
    accuracy_m = moved[0] = moved[1] = 0.0;
}

static void must(gp_status_t status)
{
    refused += status != GP_OK;
}

static void cover(uint32_t end, double lat, double lon)
{
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        is_reached[end][family] = gp_to_grid(&pack, family, lat, lon, &at[end][family]);
        if (is_reached[end][family]) {
            must(gp_covering(&pack, family, at[end][family], &covering[end].found));
        }
    }
}

static void find_near(uint32_t end)
{
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        if (is_reached[end][family]) {
            radius_m[end][family] = gp_widen(accuracy_m, at[end][family].y, family);
            if (radius_m[end][family] > DBL_MAX) { /* beyond 85 degrees */
                is_judged = false;
            } else {
                must(gp_near(&pack, family, at[end][family], radius_m[end][family], &near.found));
            }
        }
    }
}

/* ---- Called by the host ------------------------------------------------------------------------------ */

/* Opens and verifies the pack, of as many bytes as the first word of the question says. */
SEEN void guest_load(void)
{
    gp_status_t status = gp_open(&pack, guest_pack, guest_question[0]);
    if (status == GP_OK) {
        status = gp_verify(&pack);
    }
    guest_answer[0] = (uint64_t)status;
    guest_count = 1;
}

SEEN void guest_point(void)
{
    begin();
    is_position = gp_is_position(numbers[0], numbers[1]);
    if (is_position) {
        cover(0, numbers[0], numbers[1]);
    }
}

SEEN void guest_disc(void)
{
    guest_point();
    accuracy_m = numbers[2];
    find_near(0);
}

SEEN void guest_path(void)
{
    begin();
    const double lat[2] = {numbers[0], numbers[2]}, lon[2] = {numbers[1], numbers[3]};
    is_position = gp_is_position(lat[0], lon[0]) && gp_is_position(lat[1], lon[1]);
    accuracy_m = numbers[4];
    for (uint32_t end = 0; end < 2u && is_position; end++) {
        cover(end, lat[end], lon[end]);
        if (accuracy_m > 0.0) {
            find_near(end);
        }
    }
    for (uint32_t family = 0; family < GP_FAMILIES && is_position; family++) {
        bool is_all = false;
        is_met[family] = gp_path_between(&pack, family, lat, lon, accuracy_m, &ways[family], &is_all);
        is_known = is_known && is_all;
        if (is_met[family]) {
            must(gp_touched_by(&pack, family, &ways[family], &touched.found));
        }
    }
}

SEEN void guest_transform(void)
{
    begin();
    moved[0] = numbers[0];
    moved[1] = numbers[1];
    gp_forward((uint32_t)numbers[2], &moved[0], &moved[1]);
}

/* ---- The answer -------------------------------------------------------------------------------------- */

static void tell(uint64_t word)
{
    if (guest_count < MOST_WORDS) {
        guest_answer[guest_count] = word;
    }
    guest_count++; /* beyond MOST_WORDS the host sees that not all fits */
}

static void tell_double(double number)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &number, sizeof bits);
    tell(bits);
}

/* How many, then who, then the squared distances where the call says any. */
static void tell_owners(const owners_t *all, bool has_distances)
{
    tell(all->found.count);
    for (uint32_t i = 0; i < all->found.count; i++) {
        tell(all->owners[i]);
    }
    for (uint32_t i = 0; has_distances && i < all->found.count; i++) {
        tell_double(all->distance_sq[i]);
    }
}

static void tell_place(uint32_t end, uint32_t family)
{
    const gp_point_t place = at[end][family];
    gp_cell_t cell;
    gp_answer_id_t id;
    tell((uint32_t)place.x);
    tell((uint32_t)place.y);
    tell(gp_locate(&pack, family, place, &cell));
    tell((uint32_t)cell.x);
    tell((uint32_t)cell.y);
    tell(cell.side);
    gp_fetch(&pack, family, &place, 1);
    gp_locate_many(&pack, family, &place, 1, &id);
    tell(id);
    tell_double(radius_m[end][family]);
    tell_double(gp_narrow(accuracy_m, place.y, family));
    tell_double(gp_nearest(&pack, family, place, accuracy_m));
}

static void tell_way(const gp_path_t *way)
{
    for (uint32_t end = 0; end < 2u; end++) {
        tell((uint64_t)way->x[end]);
        tell((uint64_t)way->y[end]);
    }
    tell_double(way->per_lat);
    tell_double(way->per_lon);
    tell_double(way->radius_m);
}

SEEN void guest_tell(void)
{
    guest_count = 0;
    tell(refused);
    tell(is_position);
    tell(is_known && is_judged);
    tell(pack.zone_count);
    tell(pack.coverage_count);
    tell_double(moved[0]);
    tell_double(moved[1]);
    tell_owners(&covering[0], false);
    tell_owners(&covering[1], false);
    tell_owners(&near, true);
    tell_owners(&touched, true);
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        for (uint32_t end = 0; end < 2u; end++) {
            tell(is_reached[end][family]);
            if (is_reached[end][family]) {
                tell_place(end, family);
            }
        }
        tell(is_met[family]);
        if (is_met[family]) {
            tell_way(&ways[family]);
        }
    }
}

/* Where each of the calls above returns to. */
SEEN void guest_halt(void)
{
    for (;;) {
    }
}
