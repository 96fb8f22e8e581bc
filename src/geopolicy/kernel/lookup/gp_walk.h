/* gp_walk: the leaves that a box meets, from its middle outwards; shared by gp_distance.c and gp_path.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GP_WALK_H
#define GP_WALK_H

#include "gp_layout.h"

/* Squared metres from the origin to the edge (x0, y0) - (x1, y1), grid units; mx, my metres per unit. */
static inline double segment_distance_sq(double x0, double y0, double x1, double y1, double mx, double my)
{
    const double ax = x0 * mx, ay = y0 * my, bx = x1 * mx, by = y1 * my;
    const double dx = (x1 - x0) * mx, dy = (y1 - y0) * my;
    if (ax * dx + ay * dy >= 0.0) {
        return ax * ax + ay * ay;
    }
    if (bx * dx + by * dy <= 0.0) {
        return bx * bx + by * by;
    }
    const double length_sq = dx * dx + dy * dy;
    const double height = (x0 * y1 - y0 * x1) * mx * my; /* times the length */
    return height * height / length_sq; /* which is not 0: then the first end was the nearest */
}

/* What is looked for. The box is in units relative to the corner of the index and may shrink while cells are seen. */
typedef struct search {
    const gp_pack_t *pack;
    gp_found_t *found;
    gp_status_t status;
    int64_t west, south, east, north; /* the box, closed */
    int64_t x, y;                     /* its middle: what lies near it is seen first */
    void (*see)(struct search *search, const chunk_t *chunk);
    gp_point_t at;
    double per_lat, per_lon, radius_sq;
    const gp_path_t *path;
    int64_t shift; /* of the path: a whole turn to the east or west, or none */
} search_t;

static inline bool meets(const search_t *search, int64_t x, int64_t y, int64_t side)
{
    return x <= search->east && x + side >= search->west && y <= search->north && y + side >= search->south;
}

static inline void see_leaf(search_t *search, uint64_t word)
{
    for (bool has_more = true; has_more;) {
        const chunk_t chunk = chunk_at(search->pack->leaves, word);
        search->see(search, &chunk);
        has_more = chunk.has_more;
        word += chunk_words(&chunk);
    }
}

/* Which of four cells in a row is nearest to the middle of the box. */
static inline uint32_t nearest_of_4(int64_t offset, uint32_t shift)
{
    return offset < 0 ? 0 : (uint32_t)min64(offset >> shift, 3);
}

/* The columns or rows of a node, from the first to the last, that meet the box from low to high; both are relative to
 * the corner of the node, which meets the box. A cell meets it with its far side too, hence one unit less. */
static inline uint32_t first_of_4(int64_t low, uint32_t shift)
{
    return (uint32_t)(max64(low - 1, 0) >> shift);
}

static inline uint32_t last_of_4(int64_t high, uint32_t shift)
{
    return (uint32_t)min64(high >> shift, 3);
}

typedef struct {
    int64_t x, y;
    uint32_t node, shift, nearest, next;
} frame_t;

/* Goes down from an entry as long as one part of the node alone meets the box, which is all the way for most small
 * boxes. The entry where that ends; x, y and shift are those of its cell. */
static inline uint32_t narrow(const search_t *search, uint32_t entry, int64_t *x, int64_t *y, uint32_t *shift)
{
    while (entry >> 30 == TAG_NODE) {
        GP_ASSERT(*shift >= 2u && meets(search, *x, *y, INT64_C(1) << *shift));
        const uint32_t below = *shift - 2u;
        const uint32_t column = first_of_4(search->west - *x, below), row = first_of_4(search->south - *y, below);
        if (column != last_of_4(search->east - *x, below) || row != last_of_4(search->north - *y, below)) {
            break;
        }
        *x += (int64_t)column << below;
        *y += (int64_t)row << below;
        *shift = below;
        entry = u32_at(search->pack->nodes, 16u * (uint64_t)(entry & ENTRY_VALUE) + 4u * row + column);
    }
    return entry;
}

/* Sees the leaves below one root cell that meet the box, from the middle outwards. */
static inline void walk_cell(search_t *search, uint32_t entry, int64_t x, int64_t y, uint32_t shift)
{
    frame_t frames[GP_MAX_DEPTH];
    uint32_t level = 0;
    for (;;) {
        entry = narrow(search, entry, &x, &y, &shift);
        if (entry >> 30 == TAG_LEAF) {
            see_leaf(search, entry & ENTRY_VALUE);
        } else if (entry >> 30 == TAG_NODE) {
            shift -= 2u;
            const uint32_t column = nearest_of_4(search->x - x, shift), row = nearest_of_4(search->y - y, shift);
            const frame_t below = {x, y, entry & ENTRY_VALUE, shift, 4u * row + column, 0};
            GP_ASSERT(level < GP_MAX_DEPTH);
            frames[level++] = below;
        }
        for (;;) {
            if (level == 0) {
                return;
            }
            frame_t *frame = &frames[level - 1u];
            if (frame->next == 16u) {
                level--;
                continue;
            }
            const uint32_t child = frame->nearest ^ frame->next++;
            shift = frame->shift;
            x = frame->x + ((int64_t)(child & 3u) << shift);
            y = frame->y + ((int64_t)(child >> 2) << shift);
            if (meets(search, x, y, INT64_C(1) << shift)) {
                entry = u32_at(search->pack->nodes, 16u * (uint64_t)frame->node + child);
                if (entry >> 30 != TAG_SET) {
                    break;
                }
            }
        }
    }
}

/* 0, 1, -1, 2, -2, ... */
static inline int64_t outwards(int64_t step)
{
    return step % 2 == 0 ? -(step / 2) : step / 2 + 1;
}

static inline gp_status_t walk(search_t *search, const gp_family_index_t *index)
{
    const uint32_t shift = index->shift;
    const int64_t side = INT64_C(1) << shift, width = (int64_t)index->width, height = (int64_t)index->height;
    if (!(search->west <= width && search->east >= 0 && search->south <= height && search->north >= 0)) {
        return search->status;
    }
    /* A cell meets the box with its east and north sides too, hence one unit more in the west and south. */
    const int64_t c0 = max64(search->west - 1, 0) >> shift, c1 = min64(search->east, width - 1) >> shift;
    const int64_t r0 = max64(search->south - 1, 0) >> shift, r1 = min64(search->north, height - 1) >> shift;
    const int64_t column = max64(c0, min64(max64(search->x, 0) >> shift, c1));
    const int64_t row = max64(r0, min64(max64(search->y, 0) >> shift, r1));
    for (int64_t i = 0; i <= 2 * max64(row - r0, r1 - row); i++) {
        const int64_t r = row + outwards(i);
        if (r < r0 || r > r1 || r * side > search->north || (r + 1) * side < search->south) {
            continue;
        }
        for (int64_t j = 0; j <= 2 * max64(column - c0, c1 - column); j++) {
            const int64_t c = column + outwards(j);
            if (c >= c0 && c <= c1 && meets(search, c * side, r * side, side)) {
                walk_cell(search, u32_at(index->roots, (uint64_t)r * index->cols + (uint64_t)c), c * side, r * side,
                          shift);
            }
        }
    }
    return search->status;
}

static inline void find(search_t *search, uint32_t owner, double distance_sq)
{
    gp_found_t *found = search->found;
    for (uint32_t i = found->count; i-- > 0;) { /* the latest are the likeliest */
        if (found->owners[i] == owner) {
            if (found->distance_sq != NULL && distance_sq < found->distance_sq[i]) {
                found->distance_sq[i] = distance_sq;
            }
            return;
        }
    }
    if (found->count == found->capacity) {
        search->status = GP_ERR_CAPACITY;
        return;
    }
    found->owners[found->count] = owner;
    if (found->distance_sq != NULL) {
        found->distance_sq[found->count] = distance_sq;
    }
    found->count++;
}

#endif
