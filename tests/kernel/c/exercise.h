/* exercise: asks a verified pack everything that gp_kernel.h offers; shared by fuzz_pack.c and mutate_pack.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Stops the process where an answer breaks a promise of gp_kernel.h that holds whatever the bytes are. */
#ifndef EXERCISE_H
#define EXERCISE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gp_kernel.h"

#define MUST(condition)                                                                \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

#define EXERCISE_MOST 64u

typedef struct {
    double lat[EXERCISE_MOST], lon[EXERCISE_MOST];
    uint32_t count;
} exercise_places_t;

static inline void exercise_add(exercise_places_t *places, double lat, double lon)
{
    if (places->count < EXERCISE_MOST && gp_is_position(lat, lon)) {
        places->lat[places->count] = lat;
        places->lon[places->count++] = lon;
    }
}

static inline int32_t exercise_i32(const uint8_t *bytes)
{
    int32_t value;
    memcpy(&value, bytes, 4);
    return value;
}

static inline void exercise_fixed_places(exercise_places_t *places)
{
    static const double fixed[][2] = {{0, 0},     {0, 180},     {0, -180},   {90, 0},      {-90, 12.5}, {85, 180},
                                      {85, 20},   {-85, -180},  {85.0000001, 3}, {30, 105}, {31.2, 121.4}, {-1, 69},
                                      {61, 141},  {1.05, 179.9999999}, {8, 47}, {0.0001, 0.0001}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        exercise_add(places, fixed[i][0], fixed[i][1]);
    }
}

/* Positions at vertices and corners of the grids, where what a pack says of itself meets. */
static inline void exercise_own_places(const gp_pack_t *pack, exercise_places_t *places)
{
    const uint32_t step = pack->vertex_count / 16u + 1u;
    for (uint32_t i = 0; i < pack->vertex_count; i += step) {
        const int32_t x = exercise_i32(pack->vertices + 8u * (uint64_t)i);
        const int32_t y = exercise_i32(pack->vertices + 8u * (uint64_t)i + 4u);
        exercise_add(places, (double)y / 1e7, (double)x / 1e7);
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        const gp_family_index_t *index = &pack->families[family];
        exercise_add(places, (double)index->min_y / 1e7, (double)index->min_x / 1e7);
        exercise_add(places, ((double)index->min_y + (double)index->height) / 1e7,
                     ((double)index->min_x + (double)index->width) / 1e7);
    }
}

static inline void exercise_distances(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_found_t *found)
{
    static const double radii_m[] = {0.0, 0.5, 300.0, 20000.0};
    for (size_t i = 0; i < sizeof radii_m / sizeof radii_m[0]; i++) {
        found->count = 0;
        MUST(gp_near(pack, family, at, radii_m[i], found) == GP_OK);
        for (uint32_t n = 0; n < found->count; n++) {
            MUST(found->owners[n] < pack->zone_count + pack->coverage_count);
            MUST(found->distance_sq[n] >= 0.0 && found->distance_sq[n] <= radii_m[i] * radii_m[i]);
        }
        const double nearest = gp_nearest(pack, family, at, radii_m[i]);
        MUST(isinf(nearest) || (nearest >= 0.0 && nearest <= radii_m[i] * radii_m[i]));
        MUST(gp_narrow(radii_m[i], at.y, family) <= radii_m[i]);
    }
}

static inline void exercise_point(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_found_t *found)
{
    gp_cell_t cell;
    const gp_answer_id_t id = gp_locate(pack, family, at, &cell);
    MUST(id == gp_locate(pack, family, at, NULL)); /* which zones it names a pack may lie about */
    found->count = 0;
    MUST(gp_covering(pack, family, at, found) == GP_OK); /* the capacity is said to suffice always */
    for (uint32_t n = 0; n < found->count; n++) {
        MUST(found->owners[n] < pack->zone_count + pack->coverage_count);
    }
    exercise_distances(pack, family, at, found);
}

static inline void exercise_paths(const gp_pack_t *pack, uint32_t family, const exercise_places_t *places,
                                 gp_found_t *found)
{
    static const double accuracies_m[] = {0.0, 10.0, 10000.0};
    for (uint32_t i = 0; i + 1u < places->count; i++) {
        const double lat[2] = {places->lat[i], places->lat[i + 1u]}, lon[2] = {places->lon[i], places->lon[i + 1u]};
        gp_path_t path;
        bool is_known = false;
        if (gp_path_between(pack, family, lat, lon, accuracies_m[i % 3u], &path, &is_known)) {
            found->count = 0;
            MUST(is_known && gp_touched_by(pack, family, &path, found) == GP_OK);
            for (uint32_t n = 0; n < found->count; n++) {
                MUST(found->distance_sq[n] == 0.0 || isinf(found->distance_sq[n]));
            }
        }
    }
}

static inline void exercise_family(const gp_pack_t *pack, uint32_t family, const exercise_places_t *places,
                                   gp_found_t *found)
{
    gp_point_t points[EXERCISE_MOST];
    gp_answer_id_t ids[EXERCISE_MOST];
    uint32_t count = 0;
    for (uint32_t i = 0; i < places->count; i++) {
        if (gp_to_grid(pack, family, places->lat[i], places->lon[i], &points[count])) {
            exercise_point(pack, family, points[count++], found);
        }
    }
    gp_fetch(pack, family, points, count);
    gp_locate_many(pack, family, points, count, ids);
    for (uint32_t i = 0; i < count; i++) {
        MUST(ids[i] == gp_locate(pack, family, points[i], NULL));
    }
    exercise_paths(pack, family, places, found);
}

/* Opens and verifies what was copied to memory of exactly that size; all queries where that is GP_OK. */
static inline gp_status_t exercise(const uint8_t *bytes, size_t size, const exercise_places_t *more)
{
    gp_pack_t pack;
    gp_status_t status = gp_open(&pack, bytes, size);
    if (status == GP_OK) {
        status = gp_verify(&pack);
    }
    if (status != GP_OK) {
        return status;
    }
    const uint32_t owners = pack.zone_count + pack.coverage_count;
    gp_found_t found = {.capacity = owners};
    found.owners = malloc(4u * (size_t)owners + 1u); /* exactly as much as is promised to suffice, for ASan */
    found.distance_sq = malloc(8u * (size_t)owners + 1u);
    exercise_places_t places = *more;
    MUST(found.owners != NULL && found.distance_sq != NULL);
    exercise_own_places(&pack, &places);
    exercise_fixed_places(&places);
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        exercise_family(&pack, family, &places, &found);
    }
    for (uint32_t owner = 0; owner < owners; owner++) {
        uint32_t length, sum = 0;
        const char *id = gp_zone_id(&pack, owner, &length);
        MUST((id != NULL) == (owner < pack.zone_count));
        for (uint32_t i = 0; i < length; i++) {
            sum += (uint8_t)id[i];
        }
        MUST(sum <= 255u * length);
    }
    free(found.owners);
    free(found.distance_sq);
    return GP_OK;
}

#endif
