/* build: makes the index of a pack. Hosted C11; no part of the kernel, and not needed in a vehicle.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linear in the number of edges, and deterministic: the same zones give the same index. */
#ifndef BUILD_H
#define BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "lookup/gp_kernel.h"

typedef enum {
    GP_BUILD_OK = 0,
    GP_BUILD_MEMORY,  /* out of memory */
    GP_BUILD_CROWDED, /* too many edges of one zone meet in one place; owner says of which */
    GP_BUILD_LARGE,   /* more nodes, leaves or sets than a pack can hold */
} gp_build_status_t;

/* Zones and coverages as rings on the grid. The vertices of an owner are consecutive. */
typedef struct {
    const int32_t *vertices; /* pairs x, y; x relative to the owner's origin */
    const uint8_t *flags;    /* of the edge from each vertex to the next: 0x40 counts for what is covered, 0x80 for
                              * distances, 0 there is no such edge */
    const uint32_t *ends;    /* of each owner's vertices */
    const uint8_t *families;
    const int8_t *origins;   /* in units of 10 degrees of longitude */
    uint32_t owner_count;
    uint32_t leaf_edges;     /* a cell with more distinct edges is divided, as long as that helps */
} gp_zones_t;

/* Words that grow. */
typedef struct {
    uint32_t *words;
    size_t count, capacity;
} gp_words_t;

typedef struct {
    int32_t min_x, min_y;
    uint32_t shift, cols, rows, first_root, north, south, depth;
} gp_built_family_t;

/* The sections of the index, as words of the machine's byte order. */
typedef struct {
    gp_words_t roots, nodes, leaves, set_ends, set_members;
    gp_built_family_t families[GP_FAMILIES];
    uint32_t max_leaf_edges;
    uint32_t owner; /* of which GP_BUILD_CROWDED tells */
} gp_index_t;

/* Fills an index that is all zeros. Whatever it returns, gp_index_free frees what it took. */
gp_build_status_t gp_build(const gp_zones_t *zones, gp_index_t *index);
void gp_index_free(gp_index_t *index);

#endif
