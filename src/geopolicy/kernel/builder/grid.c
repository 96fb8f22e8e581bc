/* The root grid of a family: every edge in the cells that it meets, every shape in those that it holds.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cells.h"

#define BUDGET 64.0 /* edges that leaves may list for one in a root cell; it takes 2 to 3 in what people draw */

/* What each root cell gets: its edges and shapes, consecutive, and a list of the owners that hold all of it. */
typedef struct {
    grid_t grid;
    size_t cells;
    size_t *ref_starts, *cell_shape_starts;   /* cells + 1 */
    uint32_t *ref_counts, *cell_shape_counts; /* so far */
    uint32_t *latest;                     /* the last shape seen in the cell, + 1 */
    uint32_t *heads;                      /* the first entry of the cell's list, + 1 */
    gp_words_t lists;                     /* pairs: owner, next entry + 1 */
    uint32_t *refs;
    cell_shape_t *cell_shapes;
    gp_words_t parity;                    /* of one shape at the corners of the cells in its box */
} root_grid_t;

static void append_ref(root_grid_t *roots, size_t cell, uint32_t number, uint32_t vertex)
{
    const bool is_new = roots->latest[cell] != number + 1u;
    roots->latest[cell] = number + 1u;
    if (roots->refs != NULL) {
        const uint32_t at = roots->ref_counts[cell];
        cell_shape_t *cell_shape = roots->cell_shapes + roots->cell_shape_starts[cell] + roots->cell_shape_counts[cell];
        if (is_new) {
            *cell_shape = (cell_shape_t){number, at, at, 0};
        } else {
            cell_shape--;
        }
        roots->refs[roots->ref_starts[cell] + at] = vertex;
        cell_shape->end = at + 1u;
    }
    roots->cell_shape_counts[cell] += is_new;
    roots->ref_counts[cell]++;
}

/* Counts the edges of a shape in each cell, or, once there is room for them, puts them there. */
static void scatter(const builder_t *builder, root_grid_t *roots, uint32_t number)
{
    const shape_t *shape = &builder->shapes[number];
    for (uint32_t vertex = first_vertex(builder, shape); vertex < builder->emit.zones->ends[shape->owner]; vertex++) {
        if (builder->emit.zones->flags[vertex] == 0) {
            continue;
        }
        const edge_t edge = edge_of(builder, vertex, shape->origin);
        int64_t row, last_row;
        for (rows_of(&roots->grid, &edge, &row, &last_row); row <= last_row; row++) {
            int64_t column, last_column;
            for (columns_of(&roots->grid, &edge, row, &column, &last_column); column <= last_column; column++) {
                append_ref(roots, (size_t)row * roots->grid.cols + (size_t)column, number, vertex);
            }
        }
    }
}

/* The cells [first, last] in each direction that a shape's box meets. */
typedef struct {
    int64_t column, row, last_column, last_row;
} span_t;

static span_t span_of(const builder_t *builder, const root_grid_t *roots, const shape_t *shape)
{
    const int32_t *vertices = builder->emit.zones->vertices;
    edge_t box = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN};
    for (uint32_t v = first_vertex(builder, shape); v < builder->emit.zones->ends[shape->owner]; v++) {
        box.ax = min64(box.ax, vertices[2u * (size_t)v]);
        box.bx = max64(box.bx, vertices[2u * (size_t)v]);
        box.ay = min64(box.ay, vertices[2u * (size_t)v + 1u]);
        box.by = max64(box.by, vertices[2u * (size_t)v + 1u]);
    }
    box.ax += shape->origin * ORIGIN_STEP;
    box.bx += shape->origin * ORIGIN_STEP;
    span_t span;
    rows_of(&roots->grid, &box, &span.row, &span.last_row);
    span.column = max64(0, cell_of(box.ax - roots->grid.x - 1, roots->grid.shift));
    span.last_column = min64((int64_t)roots->grid.cols - 1, cell_of(box.bx - roots->grid.x, roots->grid.shift));
    return span;
}

/* Whether a shape holds the corners of the cells of its span. An edge that crosses the row of some corners flips all
 * of them that lie east of the crossing: it is noted at the first such corner only, and then each row is summed from
 * the west. So the work is one note for each row that an edge crosses, not one for each corner to the east. */
static void corner_parities(builder_t *builder, root_grid_t *roots, const shape_t *shape, const span_t *span)
{
    const grid_t *grid = &roots->grid;
    const int64_t width = span->last_column - span->column + 1;
    roots->parity.count = 0;
    for (int64_t i = 0; i < width * (span->last_row - span->row + 1); i++) {
        words_append(&builder->emit, &roots->parity, 0);
    }
    if (builder->emit.status != GP_BUILD_OK) {
        return;
    }
    for (uint32_t vertex = first_vertex(builder, shape); vertex < builder->emit.zones->ends[shape->owner]; vertex++) {
        if ((builder->emit.zones->flags[vertex] & RUN_COVERS) == 0) {
            continue;
        }
        const edge_t edge = edge_of(builder, vertex, shape->origin);
        const int64_t low = min64(edge.ay, edge.by) - grid->y, high = max64(edge.ay, edge.by) - grid->y;
        const int64_t first = max64(span->row, -cell_of(-low, grid->shift));
        for (int64_t row = first; row <= span->last_row && row << grid->shift < high; row++) {
            const int64_t beyond =
                beyond_crossing(edge.ax, edge.ay, edge.bx, edge.by, grid->y + (row << grid->shift)) - grid->x;
            const int64_t column = max64(span->column, -cell_of(-beyond, grid->shift));
            if (column <= span->last_column) {
                roots->parity.words[(row - span->row) * width + column - span->column] ^= 1u;
            }
        }
    }
    for (int64_t i = 0; i < (int64_t)roots->parity.count; i++) {
        roots->parity.words[i] ^= i % width != 0 ? roots->parity.words[i - 1] : 0;
    }
}

/* Puts a shape's edges into the cells, and the shape itself where it holds a cell's corner. */
static void fill(builder_t *builder, root_grid_t *roots, uint32_t number)
{
    const shape_t *shape = &builder->shapes[number];
    const span_t span = span_of(builder, roots, shape);
    scatter(builder, roots, number);
    corner_parities(builder, roots, shape, &span);
    size_t corner = 0;
    for (int64_t row = span.row; row <= span.last_row && builder->emit.status == GP_BUILD_OK; row++) {
        for (int64_t column = span.column; column <= span.last_column; column++) {
            const uint32_t is_inside = roots->parity.words[corner++];
            const size_t cell = (size_t)row * roots->grid.cols + (size_t)column;
            if (roots->latest[cell] == number + 1u) {
                const size_t last = roots->cell_shape_starts[cell] + roots->cell_shape_counts[cell] - 1u;
                roots->cell_shapes[last].is_inside = is_inside != 0;
            } else if (is_inside != 0) {
                words_append(&builder->emit, &roots->lists, shape->owner);
                words_append(&builder->emit, &roots->lists, roots->heads[cell]);
                roots->heads[cell] = (uint32_t)(roots->lists.count / 2u);
            }
        }
    }
    if (roots->lists.count / 2u > ENTRY_VALUE) {
        builder->emit.status = GP_BUILD_LARGE;
    }
}

/* From counts to starts; counts begin anew. */
static size_t make_starts(uint32_t *counts, size_t *starts, size_t cells)
{
    starts[0] = 0;
    for (size_t i = 0; i < cells; i++) {
        starts[i + 1u] = starts[i] + counts[i];
        counts[i] = 0;
    }
    return starts[cells];
}

static void scatter_all(builder_t *builder, root_grid_t *roots)
{
    for (uint32_t i = 0; i < builder->shape_count; i++) {
        scatter(builder, roots, i);
    }
    const size_t refs = make_starts(roots->ref_counts, roots->ref_starts, roots->cells);
    const size_t cell_shapes = make_starts(roots->cell_shape_counts, roots->cell_shape_starts, roots->cells);
    memset(roots->latest, 0, 4u * roots->cells);
    roots->refs = reallocate(&builder->emit, NULL, refs, 4);
    roots->cell_shapes = reallocate(&builder->emit, NULL, cell_shapes, sizeof(cell_shape_t));
    for (uint32_t i = 0; i < builder->shape_count && builder->emit.status == GP_BUILD_OK; i++) {
        fill(builder, roots, i);
    }
}

static void build_roots(builder_t *builder, root_grid_t *roots)
{
    const grid_t *grid = &roots->grid;
    for (size_t cell = 0; cell < roots->cells && builder->emit.status == GP_BUILD_OK; cell++) {
        builder->base.count = 0;
        for (uint32_t at = roots->heads[cell]; at != 0; at = roots->lists.words[2u * (size_t)at - 1u]) {
            words_append(&builder->emit, &builder->base, roots->lists.words[2u * (size_t)at - 2u]);
        }
        uint32_t entry = 0;
        if (roots->cell_shape_counts[cell] > 0) {
            const cell_t root = {grid->x + ((int64_t)(cell % grid->cols) << grid->shift),
                                grid->y + ((int64_t)(cell / grid->cols) << grid->shift),
                                BUDGET * (double)roots->ref_counts[cell], grid->shift, 0, 0};
            entry = build_cell(builder, &root, roots->refs + roots->ref_starts[cell],
                               roots->cell_shapes + roots->cell_shape_starts[cell], roots->cell_shape_counts[cell]);
        } else if (builder->base.count > 0) {
            entry = intern(&builder->emit, builder->base.words, builder->base.count);
        }
        words_append(&builder->emit, &builder->emit.index->roots, entry);
    }
}

void build_grid(builder_t *builder, const grid_t *grid)
{
    root_grid_t roots = {.grid = *grid, .cells = (size_t)grid->cols * grid->rows};
    void **const arrays[] = {(void **)&roots.ref_counts, (void **)&roots.cell_shape_counts, (void **)&roots.latest,
                             (void **)&roots.heads};
    roots.ref_starts = reallocate(&builder->emit, NULL, roots.cells + 1u, sizeof(size_t));
    roots.cell_shape_starts = reallocate(&builder->emit, NULL, roots.cells + 1u, sizeof(size_t));
    for (size_t i = 0; i < 4; i++) {
        *arrays[i] = reallocate(&builder->emit, NULL, roots.cells, 4);
        if (*arrays[i] != NULL) {
            memset(*arrays[i], 0, 4u * roots.cells);
        }
    }
    if (builder->emit.status == GP_BUILD_OK) {
        scatter_all(builder, &roots);
    }
    if (builder->emit.status == GP_BUILD_OK) {
        build_roots(builder, &roots);
    }
    for (size_t i = 0; i < 4; i++) {
        free(*arrays[i]);
    }
    free(roots.ref_starts);
    free(roots.cell_shape_starts);
    free(roots.refs);
    free(roots.cell_shapes);
    free(roots.lists.words);
    free(roots.parity.words);
}
