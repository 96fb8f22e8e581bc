/* sweep: finds where rings contradict themselves or each other. Hosted C11; not needed in a vehicle.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact. Time grows like n log n whatever the rings, memory like n. geometry/effective/sweep.py is its plain twin, and
 * says how it works; docs/adr/0025 says why. */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GP_SWEEP_LIMIT (INT64_C(1) << 52) /* of a coordinate, so that differences have 53 bits, exact in doubles */

typedef enum {
    GP_SWEEP_OK = 0,
    GP_SWEEP_MEMORY, /* out of memory */
    GP_SWEEP_RANGE,  /* a coordinate beyond the limit, or more than 2^28 corners */
} gp_sweep_status_t;

typedef enum {
    GP_RING_CROSSES = 0,
    GP_HOLE_OUTSIDE,
    GP_HOLES_OVERLAP,
    GP_POLYGON_HOLLOW,
    GP_PARTS_OVERLAP,
} gp_contradiction_t;

/* Closed rings, the exterior of each polygon before its holes. */
typedef struct {
    const int64_t *corners;       /* pairs x, y */
    const uint32_t *ring_ends;    /* of each ring's corners */
    const uint32_t *polygon_ends; /* of each polygon's rings */
    uint32_t ring_count, polygon_count;
} gp_rings_t;

typedef struct {
    gp_contradiction_t kind;
    uint32_t ring; /* one that has part in it */
    double x, y;   /* where rings cross, or a corner where they begin to overlap */
} gp_finding_t;

/* The first contradiction of every ring that crosses itself, and of every polygon whose rings do not; the first one
 * between polygons if there is none within them. */
typedef struct {
    gp_finding_t *findings;
    uint8_t *is_empty; /* of each ring: whether it encloses nothing, in no loop */
    size_t count;
    bool touches; /* a ring touches itself, or rings touch each other more than GEOS would allow */
} gp_swept_t;

/* Fills what is all zeros. Whatever it returns, gp_swept_free frees what it took. */
gp_sweep_status_t gp_sweep(const gp_rings_t *rings, gp_swept_t *swept);
void gp_swept_free(gp_swept_t *swept);

#endif
