/* Implements answer.h: asks the kernel in every family and puts the answers together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The clearance of a position that is not covered, where the distance rounds to less. */
#define LEAST_CLEARANCE_M 1e-9

void judgement_free(judgement_t *judgement)
{
    free(judgement->covers.owners);
    free(judgement->borders.owners);
    free(judgement->borders.distance_sq);
    free(judgement->applies);
    free(judgement->met);
    memset(judgement, 0, sizeof *judgement);
}

/* Room for every owner, once and for all: then no query of the kernel can run out of it. */
static bool begin(const gp_pack_t *pack, judgement_t *judgement)
{
    const uint32_t wanted = pack->zone_count + pack->coverage_count + 1u;
    judgement->covers.count = judgement->borders.count = 0;
    judgement->applies_count = judgement->met_count = judgement->unknown = 0;
    if (judgement->capacity >= wanted) {
        return true;
    }
    judgement_free(judgement);
    judgement->covers.owners = malloc(4u * (size_t)wanted);
    judgement->borders.owners = malloc(4u * (size_t)wanted);
    judgement->borders.distance_sq = malloc(8u * (size_t)wanted);
    judgement->applies = malloc(12u * (size_t)wanted); /* those known already, and both lists */
    judgement->met = malloc(8u * (size_t)wanted);
    if (judgement->covers.owners == NULL || judgement->borders.owners == NULL ||
        judgement->borders.distance_sq == NULL || judgement->applies == NULL || judgement->met == NULL) {
        judgement_free(judgement);
        return false;
    }
    judgement->capacity = judgement->covers.capacity = judgement->borders.capacity = wanted;
    return true;
}

static int ascending(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static uint32_t sorted(uint32_t *owners, uint32_t count)
{
    uint32_t kept = 0;
    if (count > 1) {
        qsort(owners, count, 4, ascending);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || owners[i] != owners[kept - 1u]) {
            owners[kept++] = owners[i];
        }
    }
    return kept;
}

static bool is_in(const gp_found_t *found, uint32_t owner)
{
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->owners[i] == owner) {
            return true;
        }
    }
    return false;
}

/* Adds the zones of the lists at hand to those that apply and those that are met. */
static void gather(const gp_pack_t *pack, judgement_t *judgement)
{
    const gp_found_t *covers = &judgement->covers, *borders = &judgement->borders;
    for (uint32_t i = 0; i < covers->count; i++) {
        if (covers->owners[i] < pack->zone_count) {
            judgement->applies[judgement->applies_count++] = covers->owners[i];
        }
    }
    for (uint32_t i = 0; i < borders->count; i++) {
        if (borders->owners[i] < pack->zone_count) {
            judgement->applies[judgement->applies_count++] = borders->owners[i];
            if (borders->distance_sq[i] <= GP_LIMIT_M * GP_LIMIT_M * 5.0) {
                judgement->met[judgement->met_count++] = borders->owners[i];
            }
        }
    }
    judgement->applies_count = sorted(judgement->applies, judgement->applies_count);
    judgement->met_count = sorted(judgement->met, judgement->met_count);
}

/* A place is known where all coverages hold it and no border of one is met. */
static void check_coverage(const gp_pack_t *pack, judgement_t *judgement)
{
    for (uint32_t owner = pack->zone_count; owner < pack->zone_count + pack->coverage_count; owner++) {
        if (!is_in(&judgement->covers, owner) || is_in(&judgement->borders, owner)) {
            judgement->unknown |= UNKNOWN_COVERAGE;
        }
    }
}

/* Beyond 85 degrees no disc is judged. */
static bool is_polar(double lat)
{
    return nearbyint(lat * 1e7) > GP_MAX_LAT_E7 || nearbyint(lat * 1e7) < -GP_MAX_LAT_E7;
}

/* The borders within a geodesic distance of a position, in all families. */
static void find_borders(const gp_pack_t *pack, double lat, double lon, double accuracy_m, gp_found_t *borders)
{
    for (uint32_t family = 0; accuracy_m > 0.0 && family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_place(pack, family, lat, lon, &at)) {
            gp_near(pack, family, at, gp_widen(accuracy_m, at.y, family), borders);
        }
    }
}

static void find_covering(const gp_pack_t *pack, double lat, double lon, gp_found_t *covers)
{
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_place(pack, family, lat, lon, &at)) {
            gp_covering(pack, family, at, covers);
        }
    }
}

uint64_t key_of_spots(const gp_spot_t spots[GP_FAMILIES])
{
    uint64_t key = 0;
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        if (spots[family] == 0) {
            continue;
        }
        if (key != 0 || spots[family] == GP_SPOT_MANY) {
            return KEY_NONE;
        }
        key = spots[family] | (uint64_t)family << 48; /* a spot leaves these bits free */
    }
    return key;
}

uint64_t key_of(const gp_pack_t *pack, double lat, double lon)
{
    gp_spot_t spots[GP_FAMILIES];
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        spots[family] = gp_place(pack, family, lat, lon, &at) ? gp_locate(pack, family, at, NULL) : 0;
    }
    return key_of_spots(spots);
}

bool judge_fully(const gp_pack_t *pack, double lat, double lon, double accuracy_m, judgement_t *judgement)
{
    if (!begin(pack, judgement)) {
        return false;
    }
    const bool has_no_disc = accuracy_m > 0.0 && is_polar(lat);
    judgement->unknown = has_no_disc ? UNKNOWN_POLE : 0;
    find_covering(pack, lat, lon, &judgement->covers);
    find_borders(pack, lat, lon, has_no_disc ? 0.0 : accuracy_m, &judgement->borders);
    gather(pack, judgement);
    check_coverage(pack, judgement);
    return true;
}

judged_t judge(const gp_pack_t *pack, double lat, double lon, double accuracy_m, uint64_t *key, judgement_t *judgement)
{
    *key = KEY_NONE;
    if (accuracy_m == 0.0) {
        *key = key_of(pack, lat, lon);
    } else if (!is_polar(lat)) {
        if (!begin(pack, judgement)) {
            return JUDGED_NOT;
        }
        find_borders(pack, lat, lon, accuracy_m, &judgement->borders);
        *key = judgement->borders.count == 0 ? key_of(pack, lat, lon) : KEY_NONE;
    }
    if (*key != KEY_NONE) {
        return JUDGED_BY_KEY;
    }
    return judge_fully(pack, lat, lon, accuracy_m, judgement) ? JUDGED_IN_FULL : JUDGED_NOT;
}

/* The edges that a way meets, in all families. */
static void find_path(const gp_pack_t *pack, const double lat[2], const double lon[2], double accuracy_m,
                      judgement_t *judgement)
{
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_way_t way;
        bool is_known;
        if (gp_way(pack, family, lat, lon, accuracy_m, &way, &is_known)) {
            gp_path(pack, family, &way, &judgement->borders);
        } else if (!is_known) {
            judgement->unknown |= UNKNOWN_POLE;
        }
    }
}

judged_t judge_way(const gp_pack_t *pack, const double lat[2], const double lon[2], double accuracy_m, uint64_t *key,
                   judgement_t *judgement)
{
    if (!begin(pack, judgement)) {
        return JUDGED_NOT;
    }
    *key = KEY_NONE;
    find_path(pack, lat, lon, accuracy_m, judgement);
    const bool is_free = judgement->borders.count == 0 && judgement->unknown == 0;
    if (is_free && (accuracy_m == 0.0 || (!is_polar(lat[0]) && !is_polar(lat[1])))) {
        /* No border is met, nor is one within reach of an end: the ends are reached from each other. */
        *key = key_of(pack, lat[0], lon[0]);
        if (*key != KEY_NONE && accuracy_m == 0.0 && *key != key_of(pack, lat[1], lon[1])) {
            *key = KEY_NONE;
        }
        if (*key != KEY_NONE) {
            return JUDGED_BY_KEY;
        }
    }
    uint32_t unknown = judgement->unknown;
    gather(pack, judgement);
    for (uint32_t i = 0; i < judgement->borders.count; i++) {
        const bool is_met = judgement->borders.distance_sq[i] == 0.0;
        unknown |= judgement->borders.owners[i] >= pack->zone_count && is_met ? UNKNOWN_COVERAGE : 0u;
    }
    for (uint32_t end = 0; end < 2; end++) {
        const bool has_no_disc = accuracy_m > 0.0 && is_polar(lat[end]);
        judgement->covers.count = judgement->borders.count = judgement->unknown = 0;
        find_covering(pack, lat[end], lon[end], &judgement->covers);
        find_borders(pack, lat[end], lon[end], has_no_disc ? 0.0 : accuracy_m, &judgement->borders);
        gather(pack, judgement);
        check_coverage(pack, judgement);
        unknown |= judgement->unknown | (has_no_disc ? UNKNOWN_POLE : 0u);
    }
    judgement->unknown = unknown;
    return JUDGED_IN_FULL;
}

bool judge_near(const gp_pack_t *pack, double lat, double lon, double radius_m, judgement_t *judgement,
                double **clearance_m)
{
    if (!begin(pack, judgement)) {
        return false;
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_place(pack, family, lat, lon, &at)) {
            gp_near(pack, family, at, radius_m, &judgement->borders);
            gp_covering(pack, family, at, &judgement->covers);
        }
    }
    gather(pack, judgement);
    *clearance_m = judgement->applies_count == 0 ? NULL : malloc(8u * (size_t)judgement->applies_count);
    for (uint32_t i = 0; *clearance_m != NULL && i < judgement->applies_count; i++) {
        const uint32_t owner = judgement->applies[i];
        double clearance = radius_m;
        for (uint32_t k = 0; k < judgement->borders.count; k++) {
            if (judgement->borders.owners[k] == owner) {
                clearance = sqrt(judgement->borders.distance_sq[k]);
            }
        }
        const double outside = clearance > LEAST_CLEARANCE_M ? clearance : LEAST_CLEARANCE_M;
        (*clearance_m)[i] = is_in(&judgement->covers, owner) ? -clearance : outside;
    }
    return judgement->applies_count == 0 || *clearance_m != NULL;
}

double judge_safe_radius(const gp_pack_t *pack, double lat, double lon, double limit_m)
{
    const int32_t y = (int32_t)nearbyint(lat * 1e7), height = y < 0 ? -y : y;
    double per_lat, per_lon;
    if (height > GP_MAX_LAT_E7) {
        return 0.0;
    }
    gp_scales((double)y, &per_lat, &per_lon);
    const double to_limit_of_lat = gp_narrow((double)(GP_MAX_LAT_E7 - height) * per_lat, y, GP_WGS84);
    double safe = to_limit_of_lat < limit_m ? to_limit_of_lat : limit_m;
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (!gp_place(pack, family, lat, lon, &at)) {
            continue;
        }
        const double nearest_sq = gp_nearest(pack, family, at, gp_widen(limit_m, at.y, family));
        const bool is_near = nearest_sq <= 5.0 * GP_LIMIT_M * GP_LIMIT_M;
        const double tight = is_near ? gp_narrow(sqrt(nearest_sq), at.y, family) : limit_m;
        safe = tight < safe ? tight : safe;
    }
    return safe;
}
