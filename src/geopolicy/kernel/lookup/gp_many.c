/* Looks many positions up: gp_locate_many and gp_fetch of gp_kernel.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gp_cells.h"

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
    if (!is_in_index(index, at, lookup->x, lookup->y)) {
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

static void finish_group(const gp_pack_t *pack, const gp_point_t *points, lookup_t *lookups, uint32_t count,
                         gp_answer_id_t *ids)
{
    descend_group(pack, lookups, count);
    for (uint32_t i = 0; i < count; i++) {
        const lookup_t *lookup = &lookups[i];
        const gp_point_t at = points[lookup->number];
        const int64_t x0 = i32_of((uint32_t)at.x - (lookup->x & ((1u << lookup->shift) - 1u)));
        ids[lookup->number] = answer_id_at(pack, lookup->entry, at, x0);
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

/* The cell in which a look-up ended. */
static inline void cell_of(const gp_family_index_t *index, const lookup_t *lookup, gp_cell_t *cell)
{
    const uint32_t inner = (1u << lookup->shift) - 1u;
    const int32_t west = i32_of((uint32_t)index->min_x + (lookup->x & ~inner));
    const int32_t south = i32_of((uint32_t)index->min_y + (lookup->y & ~inner));
    set_cell(cell, west, south, lookup->next == NULL ? 0 : side_of(west, south, inner));
}

/* The first chunk of an entry that is a leaf. */
static inline void read_leaf(const gp_pack_t *pack, uint32_t entry, chunk_t *chunk)
{
    if (entry >> 30 == TAG_LEAF) {
        *chunk = chunk_at(pack->leaves, entry & ENTRY_VALUE);
    }
}

static inline bool is_in(const gp_cell_t *cell, gp_point_t at)
{
    return (uint32_t)at.x - (uint32_t)cell->x < cell->side && (uint32_t)at.y - (uint32_t)cell->y < cell->side;
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
    chunk_t chunk;
    uint32_t entry = 0, group = 0, streak = 0;
    clear_bytes(&chunk, sizeof chunk);
    for (uint32_t i = 0; i < count; i++) {
        const gp_point_t at = points[i];
        GP_ASSERT(is_on_grid(at));
        const bool is_same = is_in(&cell, at);
        if (is_same || streak > 0 || i == 0) {
            if (!is_same) {
                entry = entry_at(pack, index, at, &cell);
                read_leaf(pack, entry, &chunk);
            }
            streak = is_same ? streak + 1u : 0;
            ids[i] = entry >> 30 == TAG_SET ? entry : leaf_answer_id(pack, entry, &chunk, at, cell.x);
        } else {
            if (!begin_lookup(index, at, i, &lookups[group])) {
                lookups[group].next = NULL;
            }
            if (++group == GROUP) {
                finish_group(pack, points, lookups, group, ids);
                entry = lookups[GROUP - 1u].entry;
                read_leaf(pack, entry, &chunk);
                cell_of(index, &lookups[GROUP - 1u], &cell);
                group = 0;
            }
        }
    }
    finish_group(pack, points, lookups, group, ids);
}
