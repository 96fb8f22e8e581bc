/* emit: the parts of an index that build.c writes: sets and leaves. No part of its API.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EMIT_H
#define EMIT_H

#include "build.h"
#include "hash_table.h"

/* One zone or coverage, shifted by a whole turn, or none, to where positions of -180 to 180 degrees can meet it. */
typedef struct {
    uint32_t owner;
    int32_t origin; /* in units of 10 degrees, the shift included */
} shape_t;

/* A shape whose border may cross a cell: its edges there are refs[start, end). */
typedef struct {
    uint32_t shape, start, end;
    uint8_t is_inside; /* whether the shape holds the cell's corner, see edge_parity in gp_cells.h */
} cell_shape_t;

/* A distinct edge in a cell, and the shapes that have it. */
typedef struct {
    int64_t ax, ay, bx, by; /* ends in order */
    uint32_t edge, mask;
    int32_t origin;
    uint8_t flags;
} leaf_edge_t;

/* What is written while an index is built. */
typedef struct {
    const gp_zones_t *zones;
    gp_index_t *index;
    const shape_t *shapes;
    gp_build_status_t status;
    hash_table_t sets; /* of index, by their owners */
    leaf_edge_t *edges;
    size_t edge_capacity;
    gp_words_t scratch, combination;
} emitter_t;

/* Appends a word; sets the status where there is no memory. */
void words_append(emitter_t *emitter, gp_words_t *words, uint32_t word);

/* The number of the set of some owners, in any order and perhaps more than once. */
uint32_t intern(emitter_t *emitter, const uint32_t *owners, size_t count);

/* The distinct edges of some shapes in a cell, at most 16, in emitter->edges. */
size_t collect_edges(emitter_t *emitter, const uint32_t *refs, const cell_shape_t *cell_shapes, size_t count);

/* Writes a leaf for the cell at x0, y0; its entry. */
uint32_t emit_leaf(emitter_t *emitter, const uint32_t *refs, const cell_shape_t *cell_shapes, size_t count,
                   uint32_t base, int64_t x0, int64_t y0);

/* edge_parity of gp_cells.h at a cell's corner x0, y0, where lying on the edge does not matter: 0 or 1. */
uint32_t edge_parity_at_corner(int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t x0, int64_t y0);

/* The least whole number above the longitude at which an edge crosses a row: ay > y or by > y, not both. */
int64_t beyond_crossing(int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t y);

/* Memory for count elements, or NULL and a status. */
void *reallocate(emitter_t *emitter, void *old, size_t count, size_t bytes);

#endif
