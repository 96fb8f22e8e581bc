/* Looks positions up: gp_locate, gp_locate_many and gp_covering of gp_kernel.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gp_layout.h"

#define ID_LEAF (UINT64_C(1) << 62)

bool gp_is_position(double lat, double lon)
{
    return lat >= -90.0 && lat <= 90.0 && lon >= -180.0 && lon <= 180.0;
}

bool gp_to_grid(const gp_pack_t *pack, uint32_t family, double lat, double lon, gp_point_t *at)
{
    GP_ASSERT(pack != NULL && at != NULL && gp_is_position(lat, lon));
    if (family < GP_FAMILIES && pack->families[family].cols == 0) {
        return false;
    }
    if (family == GP_GCJ02 || family == GP_BD09) {
        if (!(lat >= DOMAIN_SOUTH && lat <= DOMAIN_NORTH && lon >= DOMAIN_WEST && lon <= DOMAIN_EAST)) {
            return false;
        }
        gp_forward(family, &lat, &lon);
    }
    at->x = (int32_t)grid_units(lon);
    at->y = (int32_t)grid_units(lat);
    return true;
}

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
static uint32_t chunk_covers(const gp_pack_t *pack, const chunk_t *chunk, gp_point_t at, int64_t x0)
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

/* The entry of the index for a position, and the cell that it stands for. */
static inline uint32_t entry_at(const gp_pack_t *pack, const gp_family_index_t *index, gp_point_t at, gp_cell_t *cell)
{
    if (at.y == GP_POLE || at.y == -GP_POLE) { /* one place, whatever the longitude */
        set_cell(cell, at.x, at.y, 1);
        return at.y > 0 ? index->north : index->south;
    }
    const uint32_t x = (uint32_t)at.x - (uint32_t)index->min_x, y = (uint32_t)at.y - (uint32_t)index->min_y;
    if (x >= index->width || y >= index->height) {
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

static gp_answer_id_t leaf_answer_id(const gp_pack_t *pack, uint32_t entry, gp_point_t at, int64_t x0)
{
    const chunk_t chunk = chunk_at(pack->leaves, entry & ENTRY_VALUE);
    if (chunk.has_more) {
        return GP_ANSWER_UNNAMED;
    }
    const uint32_t mask = chunk_covers(pack, &chunk, at, x0);
    if (mask == 0) {
        return chunk.base;
    }
    const uint32_t set = chunk.set_count > 0 ? u32_at(chunk.sets, mask - 1u) : 0;
    return set != 0 ? set : ID_LEAF | (uint64_t)(entry & ENTRY_VALUE) << 16 | mask;
}

/* The id of the answer at a position whose entry in the index is known; x0 is where its cell begins. */
static inline gp_answer_id_t id_at(const gp_pack_t *pack, uint32_t entry, gp_point_t at, int64_t x0)
{
    return entry >> 30 == TAG_SET ? entry : leaf_answer_id(pack, entry, at, x0);
}

gp_answer_id_t gp_locate(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_cell_t *cell)
{
    GP_ASSERT(pack != NULL && is_on_grid(at));
    gp_cell_t around = {at.x, at.y, 0};
    if (family >= GP_FAMILIES) {
        if (cell != NULL) {
            *cell = around;
        }
        return GP_ANSWER_UNNAMED;
    }
    const uint32_t entry = entry_at(pack, &pack->families[family], at, &around);
    if (cell != NULL) {
        *cell = around;
    }
    if (cell != NULL && entry >> 30 != TAG_SET) {
        cell->side = 0;
    }
    return id_at(pack, entry, at, around.x);
}

#define GROUP 16u /* look-ups in flight: while one waits for memory the others go on */

/* A look-up on its way down the index. */
typedef struct {
    const uint8_t *next; /* the entry that is fetched */
    uint32_t x, y, shift, entry, number;
} lookup_t;

/* Begins a look-up; false if it has ended already. */
static inline bool begin_lookup(const gp_family_index_t *index, gp_point_t at, uint32_t number, lookup_t *lookup)
{
    GP_ASSERT(is_on_grid(at));
    lookup->next = index->roots;
    lookup->x = (uint32_t)at.x - (uint32_t)index->min_x;
    lookup->y = (uint32_t)at.y - (uint32_t)index->min_y;
    lookup->shift = index->shift;
    lookup->entry = 0;
    lookup->number = number;
    if (at.y == GP_POLE || at.y == -GP_POLE) {
        lookup->entry = at.y > 0 ? index->north : index->south;
        return false;
    }
    if (lookup->x >= index->width || lookup->y >= index->height) {
        return false;
    }
    lookup->next += 4u * ((uint64_t)(lookup->y >> index->shift) * index->cols + (lookup->x >> index->shift));
    PREFETCH(lookup->next);
    return true;
}

/* Goes down one level; false at the end. What comes next is on its way when this returns. */
static inline bool step_lookup(const gp_pack_t *pack, lookup_t *lookup)
{
    lookup->entry = u32_at(lookup->next, 0);
    const uint64_t value = lookup->entry & ENTRY_VALUE;
    if (lookup->entry >> 30 != TAG_NODE) {
        PREFETCH(pack->leaves + (lookup->entry >> 30 == TAG_LEAF ? 4u * value : 0u));
        return false;
    }
    GP_ASSERT(lookup->shift >= 2u && value < pack->node_count);
    lookup->shift -= 2u;
    lookup->next = pack->nodes + 64u * value + 16u * ((lookup->y >> lookup->shift) & 3u) +
                   4u * ((lookup->x >> lookup->shift) & 3u);
    PREFETCH(lookup->next);
    return true;
}

/* Takes a group of look-ups to their ends, one step for all of them after the other, and fetches what stands there. */
static void descend_group(const gp_pack_t *pack, lookup_t *lookups, uint32_t count)
{
    uint8_t waiting[GROUP];
    uint32_t waiting_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        waiting[waiting_count] = (uint8_t)i;
        waiting_count += lookups[i].next != NULL;
    }
    while (waiting_count > 0) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < waiting_count; i++) {
            const uint8_t which = waiting[i];
            waiting[kept] = which;
            kept += step_lookup(pack, &lookups[which]);
        }
        waiting_count = kept;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (lookups[i].entry >> 30 == TAG_LEAF) {
            const chunk_t chunk = chunk_at(pack->leaves, lookups[i].entry & ENTRY_VALUE);
            for (uint32_t run = 0; run < chunk.run_count && run < 4u; run++) {
                PREFETCH(pack->vertices + 8u * (uint64_t)u32_at(chunk.runs, 2u * run));
            }
        }
    }
}

/* The cell in which a look-up ended. */
static inline void cell_of(const gp_family_index_t *index, const lookup_t *lookup, gp_cell_t *cell)
{
    const uint32_t inner = (1u << lookup->shift) - 1u;
    const uint32_t x = (uint32_t)index->min_x + (lookup->x & ~inner);
    const uint32_t y = (uint32_t)index->min_y + (lookup->y & ~inner);
    set_cell(cell, i32_of(x), i32_of(y), lookup->next == NULL ? 0 : side_of(i32_of(y), inner));
}

static void finish_group(const gp_pack_t *pack, const gp_point_t *points, lookup_t *lookups, uint32_t count,
                         gp_answer_id_t *ids)
{
    descend_group(pack, lookups, count);
    for (uint32_t i = 0; i < count; i++) {
        const lookup_t *lookup = &lookups[i];
        const gp_point_t at = points[lookup->number];
        const int64_t x0 = i32_of((uint32_t)at.x - (lookup->x & ((1u << lookup->shift) - 1u)));
        ids[lookup->number] = id_at(pack, lookup->entry, at, x0);
    }
}

void gp_fetch(const gp_pack_t *pack, uint32_t family, const gp_point_t *points, uint32_t count)
{
    GP_ASSERT(pack != NULL && (count == 0 || points != NULL));
    lookup_t lookups[GROUP];
    uint32_t group = 0;
    for (uint32_t i = 0; i < count && family < GP_FAMILIES; i++) {
        group += begin_lookup(&pack->families[family], points[i], i, &lookups[group]);
        if (group == GROUP || i + 1u == count) {
            descend_group(pack, lookups, group);
            group = 0;
        }
    }
}

/* Along a drive most positions lie in the cell of the one before: that is two comparisons, and where borders cross the
 * cell its edges are tested, without a way down to them. A look-up of its own is worth its wait there, because it tells
 * the next cell. Scattered positions go in groups, whose waits overlap; the last of a group tells a cell, too, and a
 * drive is found again by it.
 *
 * streak says which of the two this is: it counts the positions that lay in the cell at hand. The next one beyond it is
 * looked up alone if there were any. */
void gp_locate_many(const gp_pack_t *pack, uint32_t family, const gp_point_t *points, uint32_t count,
                    gp_answer_id_t *ids)
{
    GP_ASSERT(pack != NULL && (count == 0 || (points != NULL && ids != NULL)));
    if (family >= GP_FAMILIES) {
        for (uint32_t i = 0; i < count; i++) {
            ids[i] = GP_ANSWER_UNNAMED;
        }
        return;
    }
    const gp_family_index_t *index = &pack->families[family];
    lookup_t lookups[GROUP];
    gp_cell_t cell = {0, 0, 0};
    uint32_t entry = 0, group = 0, streak = 0;
    for (uint32_t i = 0; i < count; i++) {
        const gp_point_t at = points[i];
        if ((uint32_t)at.x - (uint32_t)cell.x < cell.side && (uint32_t)at.y - (uint32_t)cell.y < cell.side) {
            ids[i] = id_at(pack, entry, at, cell.x);
            streak++;
        } else if (streak > 0 || i == 0) {
            entry = entry_at(pack, index, at, &cell);
            ids[i] = id_at(pack, entry, at, cell.x);
            streak = 0;
        } else {
            if (!begin_lookup(index, at, i, &lookups[group])) {
                lookups[group].next = NULL;
            }
            if (++group == GROUP) {
                finish_group(pack, points, lookups, group, ids);
                entry = lookups[GROUP - 1u].entry;
                cell_of(index, &lookups[GROUP - 1u], &cell);
                group = 0;
            }
        }
    }
    finish_group(pack, points, lookups, group, ids);
}

static gp_status_t add(gp_found_t *found, uint32_t owner)
{
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->owners[i] == owner) {
            return GP_OK;
        }
    }
    if (found->count == found->capacity) {
        return GP_ERR_CAPACITY;
    }
    found->owners[found->count++] = owner;
    return GP_OK;
}

static gp_status_t add_set(const gp_pack_t *pack, uint32_t set, gp_found_t *found)
{
    gp_status_t status = GP_OK;
    for (uint32_t i = set == 0 ? 0 : u32_at(pack->set_ends, set - 1u); i < u32_at(pack->set_ends, set); i++) {
        if (add(found, u32_at(pack->set_members, i)) != GP_OK) {
            status = GP_ERR_CAPACITY;
        }
    }
    return status;
}

gp_status_t gp_covering(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_found_t *found)
{
    GP_ASSERT(pack != NULL && found != NULL && found->count <= found->capacity && is_on_grid(at));
    if (family >= GP_FAMILIES) {
        return GP_ERR_RECORD;
    }
    gp_cell_t cell;
    const uint32_t entry = entry_at(pack, &pack->families[family], at, &cell);
    if (entry >> 30 == TAG_SET) {
        return add_set(pack, entry, found);
    }
    uint64_t word = entry & ENTRY_VALUE;
    gp_status_t status = GP_OK;
    for (bool has_more = true; has_more;) {
        const chunk_t chunk = chunk_at(pack->leaves, word);
        const uint32_t mask = chunk_covers(pack, &chunk, at, cell.x);
        if (add_set(pack, chunk.base, found) != GP_OK) {
            status = GP_ERR_CAPACITY;
        }
        for (uint32_t i = 0; i < chunk.owner_count; i++) {
            if ((mask >> i & 1u) != 0 && add(found, u32_at(chunk.owners, i)) != GP_OK) {
                status = GP_ERR_CAPACITY;
            }
        }
        has_more = chunk.has_more;
        word += chunk_words(&chunk);
    }
    return status;
}
