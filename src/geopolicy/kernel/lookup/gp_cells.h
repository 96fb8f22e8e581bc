/* gp_cells: the cell of the index that holds a position, and what covers it there; shared by gp_lookup.c and gp_many.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GP_CELLS_H
#define GP_CELLS_H

#include "gp_layout.h"

#define ID_LEAF (UINT64_C(1) << 62)

/* What one edge adds to the parity of a position P = (x, y): 0 or 1, or ON_EDGE if P lies on the edge.
 *
 * A zone covers P if its border crosses a path that ends in P, and begins where it does not cover, an odd number of
 * times. Here the path comes from the south along the left side of P's cell, and bends at B towards the east:
 *
 *      w - - - - - B ----------> P       row y + e, e > 0
 *                  ^
 *                  |                     e is less than any gap between a vertex or a crossing and P or x0:
 *                  + corner of the cell  neither leg meets one exactly, which is what the half-open
 *                  |                     comparisons below say (ay > y, ax >= x0)
 *              column x0 - e
 *
 * Only the part from the corner on matters: corner_parity is chosen so that the sum over all edges of the leaf is right
 * at the corner (docs/spec/pack-v1.md, Look-up, step 6). So an edge that does not meet the cell cancels itself.
 *
 * The leg to the east is the ray from P to the west less the ray w from B to the west. An edge crosses the ray from P
 * where it crosses the row west of P: is_west. What remains are the rays from B to the west and to the south, together
 * crossed an odd number of times or not: is_odd_at_bend.
 *   - An edge that crosses row and column passes B on one side. If it rises to the east it crosses just one of the two
 *     rays: the south one if it passes on the right, the west one on the left. If it falls, both or neither.
 *   - One that crosses the row alone crosses the west ray if it lies west of the column, which one end tells.
 *   - One that crosses the column alone crosses the south ray if it lies below the row, which again one end tells.
 *
 * Bounds: the product is formed only where min(ax, bx) <= x <= max(ax, bx) and y lies between ay and by, so
 * that the factors are at most 2^32 and 2 * GP_POLE < 2^31. */
#define ON_EDGE 2u
static inline uint32_t edge_parity(int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t x, int64_t y, int64_t x0)
{
    const bool is_row = (ay > y) != (by > y), is_column = (ax >= x0) != (bx >= x0);
    if (!is_row) {
        const bool is_level = ay == y || by == y;
        if (is_level && ((ay == by && x >= min64(ax, bx) && x <= max64(ax, bx)) || (ay == y && ax == x) ||
                         (by == y && bx == x))) {
            return ON_EDGE;
        }
        return is_column && ay <= y;
    }
    const bool is_odd_at_bend = is_column ? (ax < bx) == (ay < by) : ax < x0;
    if (x < min64(ax, bx)) {
        return is_odd_at_bend;
    }
    if (x > max64(ax, bx)) {
        return !is_odd_at_bend;
    }
    GP_ASSERT(abs64(bx - ax) <= INT64_C(1) << 32 && abs64(by - ay) <= INT64_C(2) * GP_POLE);
    GP_ASSERT(abs64(x - ax) <= abs64(bx - ax) && abs64(y - ay) <= abs64(by - ay));
    const int64_t left = (bx - ax) * (y - ay), right = (x - ax) * (by - ay);
    if (left == right) {
        return ON_EDGE;
    }
    const bool is_west = by > ay ? left < right : left > right;
    return is_odd_at_bend != is_west;
}

/* The zones of a chunk that cover a position, as bits. */
static inline uint32_t chunk_covers(const gp_pack_t *pack, const chunk_t *chunk, gp_point_t at, int64_t x0)
{
    uint32_t inside = chunk->corner_parity, on = 0;
    for (uint32_t i = 0; i < chunk->run_count; i++) {
        const run_t run = run_at(chunk, i);
        if ((run.flags & RUN_COVERS) == 0) {
            continue;
        }
        const uint8_t *vertex = pack->vertices + 8u * (uint64_t)run.first;
        const int64_t x = at.x - run.origin_x, column = x0 - run.origin_x;
        int64_t ax = i32_at(vertex, 0), ay = i32_at(vertex, 1);
        for (uint32_t edge = 0; edge < run.edge_count; edge++) {
            vertex += 8;
            const int64_t bx = i32_at(vertex, 0), by = i32_at(vertex, 1);
            const uint32_t parity = edge_parity(ax, ay, bx, by, x, at.y, column);
            inside ^= parity == 1u ? run.mask : 0u;
            on |= parity == ON_EDGE ? run.mask : 0u;
            ax = bx;
            ay = by;
        }
    }
    return inside | on;
}

static inline void set_cell(gp_cell_t *cell, int32_t x, int32_t y, uint32_t side)
{
    cell->x = x;
    cell->y = y;
    cell->side = side;
}

/* The side of a cell; 0 if a pole is in it, which has an answer of its own. */
static inline uint32_t side_of(int32_t south, uint32_t inner)
{
    return south <= -GP_POLE || (int64_t)south + inner >= GP_POLE ? 0 : inner + 1u;
}

/* Whether a position lies in the index, x and y units from its lower left corner, modulo 2^32. An index may be so wide
 * that a position west of it comes in again from the east. */
static inline bool is_in_index(const gp_family_index_t *index, gp_point_t at, uint32_t x, uint32_t y)
{
    return at.x >= index->min_x && at.y >= index->min_y && x < index->width && y < index->height;
}

/* The entry of the index for a position, and the cell that it stands for. */
static inline uint32_t entry_at(const gp_pack_t *pack, const gp_family_index_t *index, gp_point_t at, gp_cell_t *cell)
{
    if (at.y == GP_POLE || at.y == -GP_POLE) { /* one place, whatever the longitude */
        set_cell(cell, at.x, at.y, 1);
        return at.y > 0 ? index->north : index->south;
    }
    const uint32_t x = (uint32_t)at.x - (uint32_t)index->min_x, y = (uint32_t)at.y - (uint32_t)index->min_y;
    if (!is_in_index(index, at, x, y)) {
        set_cell(cell, at.x, at.y, 0);
        return 0;
    }
    uint32_t shift = index->shift;
    uint32_t entry = u32_at(index->roots, (uint64_t)(y >> shift) * index->cols + (x >> shift));
    while (entry >> 30 == TAG_NODE) {
        GP_ASSERT(shift >= 2u && (entry & ENTRY_VALUE) < pack->node_count);
        shift -= 2u;
        entry = u32_at(pack->nodes, 16u * (uint64_t)(entry & ENTRY_VALUE) + 4u * ((y >> shift) & 3u) +
                                        ((x >> shift) & 3u));
    }
    const uint32_t inner = (1u << shift) - 1u;
    const int32_t south = i32_of((uint32_t)at.y - (y & inner));
    set_cell(cell, i32_of((uint32_t)at.x - (x & inner)), south, side_of(south, inner));
    return entry;
}

/* The id of the answer at a position in the cell of a leaf, whose entry and first chunk are known. */
static inline gp_answer_id_t leaf_answer_id(const gp_pack_t *pack, uint32_t entry, const chunk_t *chunk, gp_point_t at,
                                            int64_t x0)
{
    if (chunk->has_more) {
        return GP_ANSWER_UNNAMED;
    }
    const uint32_t mask = chunk_covers(pack, chunk, at, x0);
    if (mask == 0) {
        return chunk->base;
    }
    const uint32_t set = chunk->set_count > 0 ? u32_at(chunk->sets, mask - 1u) : 0;
    return set != 0 ? set : ID_LEAF | (uint64_t)(entry & ENTRY_VALUE) << 16 | mask;
}

/* The same for any entry; x0 is where its cell begins. */
static inline gp_answer_id_t answer_id_at(const gp_pack_t *pack, uint32_t entry, gp_point_t at, int64_t x0)
{
    if (entry >> 30 == TAG_SET) {
        return entry;
    }
    const chunk_t chunk = chunk_at(pack->leaves, entry & ENTRY_VALUE);
    return leaf_answer_id(pack, entry, &chunk, at, x0);
}

#endif
