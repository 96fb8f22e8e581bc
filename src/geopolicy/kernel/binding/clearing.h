/* clearing: a disc that no border meets, where every position has the same answer; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_CLEARING_H
#define GEOPOLICY_CLEARING_H

#include "lookup/gp_kernel.h"

/* All zeros: none. */
typedef struct {
    double lat, lon, radius_m;
    double per_lat, per_lon; /* at least the metres that a degree has in the disc */
    bool is_passed;          /* set by the caller where a border met the last disc: none is looked for, it may again */
    double last_lat, last_lon;
} clearing_t;

/* Whether no border meets the disc of a position with an accuracy, because that lies within the clearing. */
bool clearing_holds(const clearing_t *clearing, double lat, double lon, double accuracy_m);

/* Looks for a clearing around a position, where it follows the one before closely enough that more are to be expected
 * in it. false: a border is too near, or may be, and there is none. lat is in [-90, 90], lon in [-180, 180], and
 * accuracy_m above 0 and at most GP_LIMIT_M. */
bool clearing_find(clearing_t *clearing, const gp_pack_t *pack, double lat, double lon, double accuracy_m);

#endif
