/* work: what the files of the sweep share. No part of its API.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WORK_H
#define WORK_H

#include <stdlib.h>

#include "products.h"
#include "sweep.h"

/* What lies over an edge: how many exteriors hold it, or how often a ring winds round it; and how many holes do. */
typedef struct {
    int32_t area, holes;
} face_t;

/* An edge from its lesser end a to its greater one b, or a part of such edges on one line. Its value is what changes
 * where it is crossed upwards, to the left of a to b. */
typedef struct {
    int64_t ax, ay, bx, by;
    face_t value;
    uint32_t ring;
    uint32_t node; /* where it stands in the status */
} piece_t;

typedef struct {
    piece_t *items;
    size_t count, capacity;
} pieces_t;

/* One end of a piece, in the order of the sweep. */
typedef struct {
    int64_t x, y;
    uint32_t piece;
    uint32_t is_start; /* ends come before starts */
} corner_t;

/* An edge by its slope, equal where slopes are: the quotient of numbers that doubles hold is rounded once. */
typedef struct {
    double slope;
    uint32_t edge;
} sloped_t;

/* A piece in the status, of which 0 stands for none; a node of a balanced tree and of a list in a circle round 0. */
typedef struct {
    uint32_t left, right, parent, height;
    uint32_t previous, next; /* below and above; next also chains the nodes that are free */
    uint32_t piece;
    face_t above;
} node_t;

typedef struct {
    node_t *nodes;
    size_t count, capacity; /* nodes that have ever been used, 0 included */
    uint32_t root, free;
} tree_t;

/* Memory that one level after another uses. Each array has room for as many again, which sorting takes. */
typedef struct {
    pieces_t edges, pieces;
    sloped_t *sloped;
    corner_t *corners;
    uint32_t *through;
    size_t sloped_capacity, corner_capacity, through_capacity, corner_count;
    tree_t tree;
    uint32_t *parents, *seen; /* of the rings of a polygon: which hang together, and the last corner that has them */
    size_t ring_capacity;
} work_t;

typedef enum { LEVEL_RING, LEVEL_POLYGON, LEVEL_PARTS, LEVEL_DRAWN } level_t;

/* What the sweep of one level saw. */
typedef struct {
    bool has_finding, touches, is_any_left; /* left: a face inside a polygon and in none of its holes */
    uint32_t ring;
    double x, y;
    face_t face;    /* the one that may not be */
    int32_t sign;   /* of the winding of a ring */
    size_t pieces;  /* once cut at every corner */
    size_t corners; /* places, each counted once */
} seen_t;

/* Above 0 where x, y lies left of the line from a to b, 0 on it. */
static inline int turn(const piece_t *piece, int64_t x, int64_t y)
{
    return products_sign(piece->bx - piece->ax, y - piece->ay, piece->by - piece->ay, x - piece->ax);
}

/* Room for count elements of some bytes each, twice that where it must grow; NULL, and all as before, where there is
 * no memory. */
static inline void *reserved(void *items, size_t *capacity, size_t count, size_t bytes)
{
    if (count <= *capacity) {
        return items;
    }
    const size_t wanted = *capacity > SIZE_MAX / 2u || count > 2u * *capacity ? count : 2u * *capacity;
    void *grown = wanted > SIZE_MAX / bytes ? NULL : realloc(items, wanted * bytes);
    if (grown != NULL) {
        *capacity = wanted;
    }
    return grown;
}

/* pieces.c: makes edges into pieces that do not overlap; those whose value is nothing only if all are kept. */
bool make_pieces(work_t *work, bool keeps_all, bool *has_overlap);
void sort_corners(corner_t *corners, corner_t *room, size_t count); /* by x, then y, ends before starts */

/* status.c */
bool tree_clear(tree_t *tree);
uint32_t tree_insert_after(tree_t *tree, uint32_t node); /* 0: no memory */
void tree_remove(tree_t *tree, uint32_t node, piece_t *pieces); /* the piece above may move to this node */

/* plane.c: sweeps the pieces until a face may not be, or two cross where no corner is; false: no memory. */
bool sweep_plane(work_t *work, level_t level, uint32_t first_ring, uint32_t ring_count, seen_t *seen);

#endif
