/* answer: what is true where a vehicle may be, over all frame families; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_JUDGE_H
#define GEOPOLICY_JUDGE_H

#include "lookup/gp_kernel.h"

/* Why a place is not known; the bits of judgement_t.unknown. */
#define UNKNOWN_COVERAGE 1u
#define UNKNOWN_POLE 2u
#define UNKNOWN_POSITION 4u
#define UNKNOWN_ACCURACY 8u

/* Names the answer for an exact position or for a disc that no border meets: equal keys, equal answers. */
#define KEY_NONE UINT64_MAX /* no key can name it */

typedef enum { JUDGED_BY_KEY, JUDGED_IN_FULL, JUDGED_NOT } judged_t; /* the last: out of memory */

/* Lists that are kept from one use to the next; all zeros at first. */
typedef struct {
    gp_found_t covers, borders; /* owners at the position, or along the way, at hand */
    uint32_t *applies, *met;    /* zones, ascending, each once */
    uint32_t applies_count, met_count, capacity;
    uint32_t unknown;
} judgement_t;

void judgement_free(judgement_t *judgement);

/* The key of an exact position. */
uint64_t key_of(const gp_pack_t *pack, double lat, double lon);

/* The key of the spots of one position in all families. */
uint64_t key_of_spots(const gp_spot_t spots[GP_FAMILIES]);

/* A valid position with an accuracy of 0 to 10,000 m: its key, if there is one, else the judgement. */
judged_t judge(const gp_pack_t *pack, double lat, double lon, double accuracy_m, uint64_t *key, judgement_t *judgement);

/* The same, always in full. false: out of memory. */
bool judge_fully(const gp_pack_t *pack, double lat, double lon, double accuracy_m, judgement_t *judgement);

/* A way between two valid positions. */
judged_t judge_way(const gp_pack_t *pack, const double lat[2], const double lon[2], double accuracy_m, uint64_t *key,
                   judgement_t *judgement);

/* Zones with a border within a radius, or that cover the position, in judgement->applies; their clearances,
 * in that order, in clearance_m, which has room for as many as there are owners. false: out of memory. */
bool judge_near(const gp_pack_t *pack, double lat, double lon, double radius_m, judgement_t *judgement,
                double **clearance_m);

/* Metres within which no answer can change, at most limit_m. */
double judge_safe_radius(const gp_pack_t *pack, double lat, double lon, double limit_m);

#endif
