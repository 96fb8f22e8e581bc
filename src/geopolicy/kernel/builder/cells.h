/* cells: what the parts of the builder share: grids of cells, and which of them an edge meets.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CELLS_H
#define CELLS_H

#include "emit.h"
#include "lookup/gp_layout.h"

typedef struct {
    int64_t ax, ay, bx, by;
} edge_t;

/* Cells of 2^shift units, cols * rows of them from x, y on. */
typedef struct {
    int64_t x, y;
    uint32_t shift, cols, rows;
} grid_t;

/* A cell that is being divided: what each of its 16 parts gets. */
typedef struct {
    gp_words_t refs[16], inside[16];
    cell_shape_t *cell_shapes[16];
    size_t cell_shape_count[16], cell_shape_capacity[16];
} parts_t;

typedef struct {
    emitter_t emit;
    gp_words_t base; /* owners that cover the cell at hand */
    parts_t parts[GP_MAX_DEPTH + 1u];
    shape_t *shapes;
    uint32_t shape_count, depth;
} builder_t;

static inline edge_t edge_of(const builder_t *builder, uint32_t edge, int32_t origin)
{
    const int32_t *end = builder->emit.zones->vertices + 2u * (size_t)edge;
    const int64_t x = origin * ORIGIN_STEP;
    return (edge_t){end[0] + x, end[1], end[2] + x, end[3]};
}

static inline int64_t cell_of(int64_t offset, uint32_t shift)
{
    GP_ASSERT(shift <= 31u && abs64(offset) < INT64_C(1) << 62);
    return offset < 0 ? -((-offset + ((INT64_C(1) << shift) - 1)) >> shift) : offset >> shift;
}

/* The columns of a row of cells that an edge may meet. */
static inline void columns_of(const grid_t *grid, const edge_t *edge, int64_t row, int64_t *first, int64_t *last)
{
    const int64_t west = min64(edge->ax, edge->bx) - grid->x, east = max64(edge->ax, edge->bx) - grid->x;
    int64_t low = west, high = east;
    if (edge->ay != edge->by && cell_of(west - 1, grid->shift) != cell_of(east, grid->shift)) {
        const int64_t south = grid->y + row * (INT64_C(1) << grid->shift);
        const int64_t bottom = max64(south, min64(edge->ay, edge->by));
        const int64_t top = min64(south + (INT64_C(1) << grid->shift), max64(edge->ay, edge->by));
        const double slope = (double)(edge->bx - edge->ax) / (double)(edge->by - edge->ay);
        const double x0 = (double)(edge->ax - grid->x) + slope * (double)(bottom - edge->ay);
        const double x1 = (double)(edge->ax - grid->x) + slope * (double)(top - edge->ay);
        low = max64(low, (int64_t)(x0 < x1 ? x0 : x1) - 2);
        high = min64(high, (int64_t)(x0 < x1 ? x1 : x0) + 2);
    }
    *first = max64(0, cell_of(low - 1, grid->shift));
    *last = min64((int64_t)grid->cols - 1, cell_of(high, grid->shift));
}

static inline void rows_of(const grid_t *grid, const edge_t *edge, int64_t *first, int64_t *last)
{
    *first = max64(0, cell_of(min64(edge->ay, edge->by) - grid->y - 1, grid->shift));
    *last = min64((int64_t)grid->rows - 1, cell_of(max64(edge->ay, edge->by) - grid->y, grid->shift));
}

/* The edges of a shape are those that begin at the vertices [first, end). */
static inline uint32_t first_vertex(const builder_t *builder, const shape_t *shape)
{
    return shape->owner == 0 ? 0 : builder->emit.zones->ends[shape->owner - 1u];
}

/* A cell on its way into the index. Edges that run side by side, or to one point, multiply as cells get smaller;
 * the budget says how many the leaves below may list, and keeps an index linear in its input. */
typedef struct {
    int64_t x, y;
    double budget;
    uint32_t shift, level;
    uint32_t stalled; /* divisions above that have not thinned it out */
} cell_t;

/* Writes a cell and what is below it; its entry. divide.c */
uint32_t build_cell(builder_t *builder, const cell_t *cell, const uint32_t *refs, const cell_shape_t *cell_shapes,
                    size_t count);

/* Writes the root entries of a grid, and all below them. grid.c */
void build_grid(builder_t *builder, const grid_t *grid);

#endif
