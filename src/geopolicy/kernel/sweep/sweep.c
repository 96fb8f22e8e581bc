/* sweep: the three levels: each ring alone, each polygon, all of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include <stdlib.h>

#include "work.h"

#define MOST_CORNERS (UINT32_C(1) << 28)

/* Rings on their way through the levels. */
typedef struct {
    const gp_rings_t *rings;
    gp_swept_t *swept;
    size_t capacity;
    int8_t *signs;        /* of each ring's winding; 0 where it encloses nothing */
    uint8_t *is_crossing; /* of each ring */
    work_t work;
} levels_t;

static uint32_t first_corner(const gp_rings_t *rings, uint32_t ring)
{
    return ring == 0 ? 0 : rings->ring_ends[ring - 1u];
}

static uint32_t first_ring(const gp_rings_t *rings, uint32_t polygon)
{
    return polygon == 0 ? 0 : rings->polygon_ends[polygon - 1u];
}

/* Adds the edges of a ring, each with one value where it has its left side above, and its opposite where below. */
static bool add_ring(levels_t *levels, uint32_t ring, face_t value)
{
    const gp_rings_t *rings = levels->rings;
    const uint32_t from = first_corner(rings, ring), to = rings->ring_ends[ring];
    pieces_t *edges = &levels->work.edges;
    piece_t *items = reserved(edges->items, &edges->capacity, edges->count + (to - from), sizeof *items);
    if (items == NULL) {
        return to == from;
    }
    edges->items = items;
    for (uint32_t i = from; i + 1u < to; i++) {
        const int64_t *a = rings->corners + 2u * (size_t)i, *b = a + 2;
        if (a[0] < b[0] || (a[0] == b[0] && a[1] < b[1])) {
            items[edges->count++] = (piece_t){a[0], a[1], b[0], b[1], value, ring, 0};
        } else if (a[0] != b[0] || a[1] != b[1]) {
            items[edges->count++] = (piece_t){b[0], b[1], a[0], a[1], {-value.area, -value.holes}, ring, 0};
        }
    }
    return true;
}

static bool add_finding(levels_t *levels, gp_contradiction_t kind, uint32_t ring, double x, double y)
{
    gp_swept_t *swept = levels->swept;
    gp_finding_t *findings = reserved(swept->findings, &levels->capacity, swept->count + 1u, sizeof *findings);
    if (findings == NULL) {
        return false;
    }
    swept->findings = findings;
    findings[swept->count++] = (gp_finding_t){kind, ring, x, y};
    return true;
}

/* Adds a finding at the first corner of the level swept last. */
static bool add_finding_at_first(levels_t *levels, gp_contradiction_t kind, uint32_t ring)
{
    const corner_t *corner = &levels->work.corners[0];
    return add_finding(levels, kind, ring, (double)corner->x, (double)corner->y);
}

/* A ring that runs forth and back everywhere: as a tree it encloses nothing, a loop drawn twice contradicts itself. */
static bool sweep_drawn(levels_t *levels, uint32_t ring)
{
    seen_t seen = {0};
    bool has_overlap = false;
    levels->swept->touches = true;
    if (!make_pieces(&levels->work, true, &has_overlap) || !sweep_plane(&levels->work, LEVEL_DRAWN, 0, 0, &seen)) {
        return false;
    }
    if (!seen.has_finding && seen.pieces + 1u <= seen.corners + (seen.corners == 0)) {
        levels->swept->is_empty[ring] = 1;
        return true;
    }
    levels->is_crossing[ring] = 1;
    return seen.has_finding ? add_finding(levels, GP_RING_CROSSES, ring, seen.x, seen.y)
                            : add_finding_at_first(levels, GP_RING_CROSSES, ring);
}

static bool sweep_ring(levels_t *levels, uint32_t ring)
{
    seen_t seen = {0};
    levels->work.edges.count = 0;
    if (!add_ring(levels, ring, (face_t){1, 0}) || !make_pieces(&levels->work, false, &seen.touches)) {
        return false;
    }
    if (levels->work.pieces.count == 0) {
        return sweep_drawn(levels, ring);
    }
    if (!sweep_plane(&levels->work, LEVEL_RING, 0, 0, &seen)) {
        return false;
    }
    levels->signs[ring] = (int8_t)(seen.sign > 0 ? 1 : -1);
    levels->swept->touches |= seen.touches;
    levels->is_crossing[ring] = seen.has_finding;
    return !seen.has_finding || add_finding(levels, GP_RING_CROSSES, ring, seen.x, seen.y);
}

static bool sweep_polygon(levels_t *levels, uint32_t exterior, uint32_t end)
{
    seen_t seen = {0};
    if (levels->swept->is_empty[exterior]) {
        return true;
    }
    levels->work.edges.count = 0;
    for (uint32_t ring = exterior; ring < end; ring++) {
        const int8_t sign = levels->signs[ring];
        if (levels->is_crossing[ring]) {
            return true;
        }
        if (!add_ring(levels, ring, ring == exterior ? (face_t){sign, 0} : (face_t){0, sign})) {
            return false;
        }
    }
    if (!make_pieces(&levels->work, false, &seen.touches) ||
        !sweep_plane(&levels->work, LEVEL_POLYGON, exterior, end - exterior, &seen)) {
        return false;
    }
    levels->swept->touches |= seen.touches;
    if (seen.has_finding) {
        const bool is_overlap = seen.face.area > 0 && seen.face.holes > 1;
        return add_finding(levels, is_overlap ? GP_HOLES_OVERLAP : GP_HOLE_OUTSIDE, seen.ring, seen.x, seen.y);
    }
    return seen.is_any_left || add_finding_at_first(levels, GP_POLYGON_HOLLOW, exterior);
}

static bool sweep_parts(levels_t *levels)
{
    const gp_rings_t *rings = levels->rings;
    seen_t seen = {0};
    levels->work.edges.count = 0;
    for (uint32_t polygon = 0; polygon < rings->polygon_count; polygon++) {
        const uint32_t exterior = first_ring(rings, polygon);
        for (uint32_t ring = exterior; ring < rings->polygon_ends[polygon]; ring++) {
            const int8_t sign = levels->signs[ring];
            if (!add_ring(levels, ring, (face_t){ring == exterior ? sign : -sign, 0})) {
                return false;
            }
        }
    }
    if (!make_pieces(&levels->work, false, &seen.touches) ||
        !sweep_plane(&levels->work, LEVEL_PARTS, 0, 0, &seen)) {
        return false;
    }
    levels->swept->touches |= seen.touches;
    return !seen.has_finding || add_finding(levels, GP_PARTS_OVERLAP, seen.ring, seen.x, seen.y);
}

static bool sweep_levels(levels_t *levels)
{
    const gp_rings_t *rings = levels->rings;
    for (uint32_t ring = 0; ring < rings->ring_count; ring++) {
        if (!sweep_ring(levels, ring)) {
            return false;
        }
    }
    for (uint32_t polygon = 0; polygon < rings->polygon_count; polygon++) {
        const uint32_t exterior = first_ring(rings, polygon), end = rings->polygon_ends[polygon];
        if (end - exterior > 1u && !sweep_polygon(levels, exterior, end)) {
            return false;
        }
    }
    return rings->polygon_count < 2u || levels->swept->count > 0 || sweep_parts(levels);
}

static bool are_in_range(const gp_rings_t *rings)
{
    const size_t count = rings->ring_count == 0 ? 0 : rings->ring_ends[rings->ring_count - 1u];
    bool are_near = count <= MOST_CORNERS;
    for (size_t i = 0; are_near && i < 2u * count; i++) {
        are_near = rings->corners[i] <= GP_SWEEP_LIMIT && rings->corners[i] >= -GP_SWEEP_LIMIT;
    }
    return are_near;
}

gp_sweep_status_t gp_sweep(const gp_rings_t *rings, gp_swept_t *swept)
{
    levels_t levels = {.rings = rings, .swept = swept};
    work_t *work = &levels.work;
    if (!are_in_range(rings)) {
        return GP_SWEEP_RANGE;
    }
    const size_t count = (size_t)rings->ring_count + 1u;
    swept->is_empty = calloc(count, 1);
    levels.signs = calloc(count, 1);
    levels.is_crossing = calloc(count, 1);
    const bool is_done =
        swept->is_empty != NULL && levels.signs != NULL && levels.is_crossing != NULL && sweep_levels(&levels);
    free(levels.signs);
    free(levels.is_crossing);
    free(work->edges.items);
    free(work->pieces.items);
    free(work->sloped);
    free(work->corners);
    free(work->through);
    free(work->tree.nodes);
    free(work->parents);
    return is_done ? GP_SWEEP_OK : GP_SWEEP_MEMORY;
}

void gp_swept_free(gp_swept_t *swept)
{
    free(swept->findings);
    free(swept->is_empty);
    *swept = (gp_swept_t){0};
}
