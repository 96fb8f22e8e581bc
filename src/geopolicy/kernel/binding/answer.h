/* answer: what is true where a vehicle may be, over all frame families; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_ANSWER_H
#define GEOPOLICY_ANSWER_H

#include "lookup/gp_kernel.h"

/* Why a position is not known; the bits of answer_t.unknown. */
#define UNKNOWN_COVERAGE 1u
#define UNKNOWN_POLE 2u
#define UNKNOWN_POSITION 4u
#define UNKNOWN_ACCURACY 8u

/* How an answer is given: by an id, with which all equal answers can be found again, or in full. */
typedef enum { ANSWER_BY_ID, ANSWER_IN_FULL, ANSWER_FAILED } answer_kind_t; /* the last: out of memory */

/* Lists that are kept from one use to the next; all zeros at first. */
typedef struct {
    gp_found_t covers, borders; /* owners at the position, or along the path, at hand */
    uint32_t *applies, *met;    /* zones, ascending, each once */
    uint32_t applies_count, met_count, capacity;
    uint32_t unknown;
} answer_t;

void answer_free(answer_t *answer);

/* The id of the answer for an exact position, over all families; GP_ANSWER_UNNAMED where none can name it. */
gp_answer_id_t answer_id_of(const gp_pack_t *pack, double lat, double lon);

/* The same from the ids that the kernel gives for one position in each family. */
gp_answer_id_t answer_id_of_families(const gp_answer_id_t family_ids[GP_FAMILIES]);

/* For a valid position with an accuracy of 0 to 10,000 m: the id of an exact position, or of a disc that no border
 * meets, if it has one; else the answer in full. */
answer_kind_t answer_position(const gp_pack_t *pack, double lat, double lon, double accuracy_m, gp_answer_id_t *id,
                              answer_t *answer);

/* The same, always in full. false: out of memory. */
bool answer_fully(const gp_pack_t *pack, double lat, double lon, double accuracy_m, answer_t *answer);

/* For a path between two valid positions. */
answer_kind_t answer_path(const gp_pack_t *pack, const double lat[2], const double lon[2], double accuracy_m,
                          gp_answer_id_t *id, answer_t *answer);

/* Zones with a border within a radius, or that cover the position, in answer->applies. clearance_m is set to a new
 * array of their clearances, in that order, which the caller frees; NULL for no zone. false: out of memory. */
bool answer_near(const gp_pack_t *pack, double lat, double lon, double radius_m, answer_t *answer,
                 double **clearance_m);

/* Metres within which no answer can change, at most limit_m. */
double answer_safe_radius(const gp_pack_t *pack, double lat, double lon, double limit_m);

#endif
