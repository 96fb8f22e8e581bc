/* Divides a cell until few borders cross its parts: the nodes of the index.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cells.h"

#define STALLED_LEVELS 2u /* a cell is not divided again if this many divisions have not thinned it out */

static void add_cell_shape(builder_t *builder, parts_t *parts, uint32_t part, cell_shape_t cell_shape)
{
    if (parts->cell_shape_count[part] == parts->cell_shape_capacity[part]) {
        const size_t capacity = 2u * parts->cell_shape_capacity[part] + 8u;
        parts->cell_shapes[part] = reallocate(&builder->emit, parts->cell_shapes[part], capacity, sizeof cell_shape);
        parts->cell_shape_capacity[part] = parts->cell_shapes[part] == NULL ? 0 : capacity;
        if (parts->cell_shapes[part] == NULL) {
            parts->cell_shape_count[part] = 0;
            return;
        }
    }
    parts->cell_shapes[part][parts->cell_shape_count[part]++] = cell_shape;
}

/* edge_parity (gp_cells.h) of one edge at the corners of the 16 parts, as bits 4 * row + column. The path to each of
 * them comes up the left side of the whole cell, so the four corners of a row share the bend: only whether the edge
 * crosses the row west of the corner differs, which beyond tells for all four. */
static uint32_t edge_parities_at_corners(const grid_t *grid, const edge_t *edge)
{
    const bool is_column = (edge->ax >= grid->x) != (edge->bx >= grid->x);
    const int64_t low = min64(edge->ay, edge->by), high = max64(edge->ay, edge->by);
    uint32_t bits = 0;
    for (uint32_t row = 0; row < 4; row++) {
        const int64_t y = grid->y + ((int64_t)row << grid->shift);
        if (low <= y && high > y) {
            const bool is_rising = (edge->ax < edge->bx) == (edge->ay < edge->by);
            const bool is_odd_at_bend = is_column ? is_rising : edge->ax < grid->x;
            const int64_t beyond = beyond_crossing(edge->ax, edge->ay, edge->bx, edge->by, y);
            uint32_t west = is_odd_at_bend ? 0xFu : 0u;
            for (uint32_t column = 0; column < 4; column++) {
                west ^= (uint32_t)(beyond <= grid->x + ((int64_t)column << grid->shift)) << column;
            }
            bits ^= west << 4u * row;
        } else if (is_column && high <= y) {
            bits ^= 0xFu << 4u * row;
        }
    }
    return bits;
}

/* Gives the edges of one shape to the parts that they meet; the parts that the shape holds to these. */
static void divide_cell_shape(builder_t *builder, parts_t *parts, const grid_t *grid, const uint32_t *refs,
                          const cell_shape_t *cell_shape)
{
    const shape_t *shape = &builder->shapes[cell_shape->shape];
    uint32_t starts[16], parity = cell_shape->is_inside != 0 ? 0xFFFFu : 0u;
    for (uint32_t part = 0; part < 16; part++) {
        starts[part] = (uint32_t)parts->refs[part].count;
    }
    for (uint32_t r = cell_shape->start; r < cell_shape->end; r++) {
        const edge_t edge = edge_of(builder, refs[r], shape->origin);
        int64_t row, last_row;
        if ((builder->emit.zones->flags[refs[r]] & RUN_COVERS) != 0) {
            parity ^= edge_parities_at_corners(grid, &edge);
            parity ^= edge_parity_at_corner(edge.ax, edge.ay, edge.bx, edge.by, grid->x, grid->y) != 0 ? 0xFFFFu : 0u;
        }
        for (rows_of(grid, &edge, &row, &last_row); row <= last_row; row++) {
            int64_t column, last_column;
            for (columns_of(grid, &edge, row, &column, &last_column); column <= last_column; column++) {
                words_append(&builder->emit, &parts->refs[4 * row + column], refs[r]);
            }
        }
    }
    for (uint32_t part = 0; part < 16; part++) {
        const uint32_t end = (uint32_t)parts->refs[part].count;
        const uint8_t is_inside = (parity >> part & 1u) != 0;
        if (end > starts[part]) {
            add_cell_shape(builder, parts, part, (cell_shape_t){cell_shape->shape, starts[part], end, is_inside});
        } else if (is_inside) {
            words_append(&builder->emit, &parts->inside[part], shape->owner);
        }
    }
}

static size_t refs_of(const cell_shape_t *cell_shapes, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += cell_shapes[i].end - cell_shapes[i].start;
    }
    return total;
}

/* Whether few enough distinct edges cross a cell: in each chunk of its leaf. */
static bool is_thin(builder_t *builder, const uint32_t *refs, const cell_shape_t *cell_shapes, size_t count)
{
    const size_t limit = builder->emit.zones->leaf_edges;
    if (refs_of(cell_shapes, count) <= limit) {
        return true;
    }
    for (size_t done = 0; done < count; done += CHUNK_OWNERS) {
        const size_t part = count - done < CHUNK_OWNERS ? count - done : CHUNK_OWNERS;
        if (refs_of(cell_shapes + done, part) > 4u * limit * part ||
            collect_edges(&builder->emit, refs, cell_shapes + done, part) > limit) {
            return false;
        }
    }
    return true;
}

/* Writes the node of a cell whose parts have been filled with all_refs edges; its entry. */
static uint32_t build_node(builder_t *builder, const cell_t *cell, size_t cell_refs, size_t all_refs)
{
    gp_words_t *nodes = &builder->emit.index->nodes;
    parts_t *parts = &builder->parts[cell->level];
    const size_t node = nodes->count / 16u, base_count = builder->base.count;
    const uint32_t cell_set = intern(&builder->emit, builder->base.words, base_count);
    for (uint32_t part = 0; part < 16; part++) {
        words_append(&builder->emit, nodes, 0);
    }
    for (uint32_t part = 0; part < 16 && builder->emit.status == GP_BUILD_OK; part++) {
        const size_t refs = parts->refs[part].count;
        for (size_t i = 0; i < parts->inside[part].count; i++) {
            words_append(&builder->emit, &builder->base, parts->inside[part].words[i]);
        }
        uint32_t entry = cell_set;
        if (parts->cell_shape_count[part] > 0) {
            cell_t below = {.shift = cell->shift - 2u, .level = cell->level + 1u};
            below.x = cell->x + ((int64_t)(part & 3u) << below.shift);
            below.y = cell->y + ((int64_t)(part >> 2) << below.shift);
            below.stalled = 10u * refs > 9u * cell_refs ? cell->stalled + 1u : 0u;
            below.budget = cell->budget * (double)refs / (double)all_refs;
            entry = build_cell(builder, &below, parts->refs[part].words, parts->cell_shapes[part],
                               parts->cell_shape_count[part]);
        } else if (parts->inside[part].count > 0) {
            entry = intern(&builder->emit, builder->base.words, builder->base.count);
        }
        builder->base.count = base_count;
        if (builder->emit.status == GP_BUILD_OK) {
            nodes->words[16u * node + part] = entry;
        }
    }
    if (node >= ENTRY_VALUE) {
        builder->emit.status = GP_BUILD_LARGE;
    }
    return (uint32_t)node | TAG_NODE << 30;
}

/* Gives a cell's edges to its 16 parts; how many they have together. */
static size_t divide(builder_t *builder, const cell_t *cell, const uint32_t *refs, const cell_shape_t *cell_shapes,
                     size_t count)
{
    parts_t *parts = &builder->parts[cell->level];
    const grid_t grid = {cell->x, cell->y, cell->shift - 2u, 4, 4};
    size_t all_refs = 0;
    for (uint32_t part = 0; part < 16; part++) {
        parts->refs[part].count = parts->inside[part].count = parts->cell_shape_count[part] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        divide_cell_shape(builder, parts, &grid, refs, &cell_shapes[i]);
    }
    for (uint32_t part = 0; part < 16; part++) {
        all_refs += parts->refs[part].count;
    }
    return all_refs;
}

uint32_t build_cell(builder_t *builder, const cell_t *cell, const uint32_t *refs, const cell_shape_t *cell_shapes,
                    size_t count)
{
    if (builder->emit.status != GP_BUILD_OK) {
        return 0;
    }
    if (cell->shift >= 2u && cell->stalled <= STALLED_LEVELS && !is_thin(builder, refs, cell_shapes, count)) {
        const size_t all_refs = divide(builder, cell, refs, cell_shapes, count);
        if (builder->emit.status != GP_BUILD_OK) {
            return 0;
        }
        if ((double)all_refs <= cell->budget) {
            builder->depth = cell->level + 1u > builder->depth ? cell->level + 1u : builder->depth;
            return build_node(builder, cell, refs_of(cell_shapes, count), all_refs);
        }
    }
    const uint32_t base = intern(&builder->emit, builder->base.words, builder->base.count);
    return emit_leaf(&builder->emit, refs, cell_shapes, count, base, cell->x, cell->y);
}
