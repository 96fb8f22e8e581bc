/* Implements answer.h: asks the kernel in every family and puts the answers together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "builder/sort_unique.h"
#include "lookup/gp_layout.h"

/* The clearance of a position that is not covered, where the distance rounds to less. */
#define LEAST_CLEARANCE_M 1e-9

void answer_free(answer_t *answer)
{
    free(answer->covers.owners);
    free(answer->borders.owners);
    free(answer->borders.distance_sq);
    free(answer->applies);
    free(answer->met);
    memset(answer, 0, sizeof *answer);
}

/* Room for every owner, once and for all: then no query of the kernel can run out of it. */
static bool begin(const gp_pack_t *pack, answer_t *answer)
{
    const uint32_t wanted = pack->zone_count + pack->coverage_count + 1u;
    answer->covers.count = answer->borders.count = 0;
    answer->applies_count = answer->met_count = answer->unknown = 0;
    if (answer->capacity >= wanted) {
        return true;
    }
    answer_free(answer);
    answer->covers.owners = malloc(4u * (size_t)wanted);
    answer->borders.owners = malloc(4u * (size_t)wanted);
    answer->borders.distance_sq = malloc(8u * (size_t)wanted);
    answer->applies = malloc(12u * (size_t)wanted); /* those known already, and both lists */
    answer->met = malloc(8u * (size_t)wanted);
    if (answer->covers.owners == NULL || answer->borders.owners == NULL || answer->borders.distance_sq == NULL ||
        answer->applies == NULL || answer->met == NULL) {
        answer_free(answer);
        return false;
    }
    answer->capacity = answer->covers.capacity = answer->borders.capacity = wanted;
    return true;
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
static void gather(const gp_pack_t *pack, answer_t *answer)
{
    const gp_found_t *covers = &answer->covers, *borders = &answer->borders;
    for (uint32_t i = 0; i < covers->count; i++) {
        if (covers->owners[i] < pack->zone_count) {
            answer->applies[answer->applies_count++] = covers->owners[i];
        }
    }
    for (uint32_t i = 0; i < borders->count; i++) {
        if (borders->owners[i] < pack->zone_count) {
            answer->applies[answer->applies_count++] = borders->owners[i];
            if (borders->distance_sq[i] <= MOST_DISTANCE_SQ) {
                answer->met[answer->met_count++] = borders->owners[i];
            }
        }
    }
    answer->applies_count = (uint32_t)sort_unique(answer->applies, answer->applies_count);
    answer->met_count = (uint32_t)sort_unique(answer->met, answer->met_count);
}

/* A place is known where all coverages hold it and no border of one is met. */
static void check_coverage(const gp_pack_t *pack, answer_t *answer)
{
    for (uint32_t owner = pack->zone_count; owner < pack->zone_count + pack->coverage_count; owner++) {
        if (!is_in(&answer->covers, owner) || is_in(&answer->borders, owner)) {
            answer->unknown |= UNKNOWN_COVERAGE;
        }
    }
}

/* Beyond 85 degrees no disc is judged. */
static bool is_polar(double lat)
{
    return grid_units(lat) > GP_MAX_LAT_E7 || grid_units(lat) < -GP_MAX_LAT_E7;
}

/* The borders within a geodesic distance of a position, in all families. */
static void find_borders(const gp_pack_t *pack, double lat, double lon, double accuracy_m, gp_found_t *borders)
{
    for (uint32_t family = 0; accuracy_m > 0.0 && family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_to_grid(pack, family, lat, lon, &at)) {
            gp_near(pack, family, at, gp_widen(accuracy_m, at.y, family), borders);
        }
    }
}

static void find_covering(const gp_pack_t *pack, double lat, double lon, gp_found_t *covers)
{
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_to_grid(pack, family, lat, lon, &at)) {
            gp_covering(pack, family, at, covers);
        }
    }
}

gp_answer_id_t answer_id_of_families(const gp_answer_id_t family_ids[GP_FAMILIES])
{
    gp_answer_id_t id = 0;
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        if (family_ids[family] == 0) {
            continue;
        }
        if (id != 0 || family_ids[family] == GP_ANSWER_UNNAMED) {
            return GP_ANSWER_UNNAMED;
        }
        id = family_ids[family] | (gp_answer_id_t)family << 48; /* the kernel leaves these bits free */
    }
    return id;
}

gp_answer_id_t answer_id_of(const gp_pack_t *pack, double lat, double lon)
{
    gp_answer_id_t family_ids[GP_FAMILIES];
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        family_ids[family] = gp_to_grid(pack, family, lat, lon, &at) ? gp_locate(pack, family, at, NULL) : 0;
    }
    return answer_id_of_families(family_ids);
}

/* Completes an answer whose borders are found. */
static void complete(const gp_pack_t *pack, double lat, double lon, answer_t *answer)
{
    find_covering(pack, lat, lon, &answer->covers);
    gather(pack, answer);
    check_coverage(pack, answer);
}

bool answer_fully(const gp_pack_t *pack, double lat, double lon, double accuracy_m, answer_t *answer)
{
    if (!begin(pack, answer)) {
        return false;
    }
    const bool has_no_disc = accuracy_m > 0.0 && is_polar(lat);
    answer->unknown = has_no_disc ? UNKNOWN_POLE : 0;
    find_borders(pack, lat, lon, has_no_disc ? 0.0 : accuracy_m, &answer->borders);
    complete(pack, lat, lon, answer);
    return true;
}

answer_kind_t answer_position(const gp_pack_t *pack, double lat, double lon, double accuracy_m, gp_answer_id_t *id,
                              answer_t *answer)
{
    *id = GP_ANSWER_UNNAMED;
    const bool has_disc = accuracy_m > 0.0 && !is_polar(lat);
    if (has_disc) {
        if (!begin(pack, answer)) {
            return ANSWER_FAILED;
        }
        find_borders(pack, lat, lon, accuracy_m, &answer->borders);
    }
    if (accuracy_m == 0.0 || (has_disc && answer->borders.count == 0)) {
        *id = answer_id_of(pack, lat, lon);
        if (*id != GP_ANSWER_UNNAMED) {
            return ANSWER_BY_ID;
        }
    }
    if (!has_disc) {
        return answer_fully(pack, lat, lon, accuracy_m, answer) ? ANSWER_IN_FULL : ANSWER_FAILED;
    }
    complete(pack, lat, lon, answer);
    return ANSWER_IN_FULL;
}

/* The edges that a path meets, in all families. */
static void find_path(const gp_pack_t *pack, const double lat[2], const double lon[2], double accuracy_m,
                      answer_t *answer)
{
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_path_t path;
        bool is_known;
        if (gp_path_between(pack, family, lat, lon, accuracy_m, &path, &is_known)) {
            gp_touched_by(pack, family, &path, &answer->borders);
        } else if (!is_known) {
            answer->unknown |= UNKNOWN_POLE;
        }
    }
}

answer_kind_t answer_path(const gp_pack_t *pack, const double lat[2], const double lon[2], double accuracy_m,
                          gp_answer_id_t *id, answer_t *answer)
{
    if (!begin(pack, answer)) {
        return ANSWER_FAILED;
    }
    *id = GP_ANSWER_UNNAMED;
    find_path(pack, lat, lon, accuracy_m, answer);
    const bool is_free = answer->borders.count == 0 && answer->unknown == 0;
    if (is_free && (accuracy_m == 0.0 || (!is_polar(lat[0]) && !is_polar(lat[1])))) {
        /* No border is met, nor is one within reach of an end: the ends are reached from each other. */
        *id = answer_id_of(pack, lat[0], lon[0]);
        if (*id != GP_ANSWER_UNNAMED && accuracy_m == 0.0 && *id != answer_id_of(pack, lat[1], lon[1])) {
            *id = GP_ANSWER_UNNAMED;
        }
        if (*id != GP_ANSWER_UNNAMED) {
            return ANSWER_BY_ID;
        }
    }
    uint32_t unknown = answer->unknown;
    gather(pack, answer);
    for (uint32_t i = 0; i < answer->borders.count; i++) {
        const bool is_met = answer->borders.distance_sq[i] == 0.0;
        unknown |= answer->borders.owners[i] >= pack->zone_count && is_met ? UNKNOWN_COVERAGE : 0u;
    }
    for (uint32_t end = 0; end < 2; end++) {
        const bool has_no_disc = accuracy_m > 0.0 && is_polar(lat[end]);
        answer->covers.count = answer->borders.count = answer->unknown = 0;
        find_borders(pack, lat[end], lon[end], has_no_disc ? 0.0 : accuracy_m, &answer->borders);
        complete(pack, lat[end], lon[end], answer);
        unknown |= answer->unknown | (has_no_disc ? UNKNOWN_POLE : 0u);
    }
    answer->unknown = unknown;
    return ANSWER_IN_FULL;
}

bool answer_near(const gp_pack_t *pack, double lat, double lon, double radius_m, answer_t *answer,
                 double **clearance_m)
{
    if (!begin(pack, answer)) {
        return false;
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_to_grid(pack, family, lat, lon, &at)) {
            gp_near(pack, family, at, radius_m, &answer->borders);
            gp_covering(pack, family, at, &answer->covers);
        }
    }
    gather(pack, answer);
    *clearance_m = answer->applies_count == 0 ? NULL : malloc(8u * (size_t)answer->applies_count);
    for (uint32_t i = 0; *clearance_m != NULL && i < answer->applies_count; i++) {
        const uint32_t owner = answer->applies[i];
        double clearance = radius_m;
        for (uint32_t k = 0; k < answer->borders.count; k++) {
            if (answer->borders.owners[k] == owner) {
                clearance = sqrt(answer->borders.distance_sq[k]);
            }
        }
        const double outside = clearance > LEAST_CLEARANCE_M ? clearance : LEAST_CLEARANCE_M;
        (*clearance_m)[i] = is_in(&answer->covers, owner) ? -clearance : outside;
    }
    return answer->applies_count == 0 || *clearance_m != NULL;
}

double answer_safe_radius(const gp_pack_t *pack, double lat, double lon, double limit_m)
{
    const int32_t y = (int32_t)grid_units(lat), height = y < 0 ? -y : y;
    double per_lat, per_lon;
    if (height > GP_MAX_LAT_E7) {
        return 0.0;
    }
    gp_scales((double)y, &per_lat, &per_lon);
    const double to_limit_of_lat = gp_narrow((double)(GP_MAX_LAT_E7 - height) * per_lat, y, GP_WGS84);
    double safe = to_limit_of_lat < limit_m ? to_limit_of_lat : limit_m;
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (!gp_to_grid(pack, family, lat, lon, &at)) {
            continue;
        }
        const double nearest_sq = gp_nearest(pack, family, at, gp_widen(limit_m, at.y, family));
        const bool is_near = nearest_sq <= MOST_DISTANCE_SQ;
        const double tight = is_near ? gp_narrow(sqrt(nearest_sq), at.y, family) : limit_m;
        safe = tight < safe ? tight : safe;
    }
    return safe;
}
