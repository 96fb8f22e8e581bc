/* Implements build.h: from edges to a grid of cells, each divided until few borders cross it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An edge is listed in every cell that it meets; cells are closed here, so that they have no gaps, and a
 * unit is added for rounding. One that is listed where it does not belong does no harm: its parity cancels. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include "cells.h"

#define REACH 1830000000LL /* 3 degrees beyond the antimeridian: more than 20 km at 85 degrees of latitude */
#define ROOT_CELLS_MAX (1u << 22)
#define CROSSED_CELLS 3u /* by an edge, on average */

/* How many edges a family has, and their lengths along both axes together. */
typedef struct {
    uint64_t edges, length;
} extent_t;

static uint64_t length_of(const builder_t *builder, const shape_t *shape)
{
    uint64_t length = 0;
    for (uint32_t v = first_vertex(builder, shape); v < builder->emit.zones->ends[shape->owner]; v++) {
        if (builder->emit.zones->flags[v] != 0) {
            const edge_t edge = edge_of(builder, v, shape->origin);
            length += (uint64_t)abs64(edge.bx - edge.ax) + (uint64_t)abs64(edge.by - edge.ay);
        }
    }
    return length;
}

/* The shapes of a family: each owner as it is, and shifted by a whole turn to either side, where a position can meet
 * it there. Their box, within reach. */
static bool gather_shapes(builder_t *builder, uint32_t family, edge_t *box, extent_t *extent)
{
    const gp_zones_t *zones = builder->emit.zones;
    builder->shape_count = 0;
    *box = (edge_t){INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN};
    for (uint32_t owner = 0; owner < zones->owner_count; owner++) {
        if (zones->families[owner] != family) {
            continue;
        }
        shape_t shape = {owner, zones->origins[owner]};
        edge_t extremes = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN};
        for (uint32_t v = first_vertex(builder, &shape); v < zones->ends[owner]; v++) {
            extremes.ax = min64(extremes.ax, zones->vertices[2u * (size_t)v] + shape.origin * ORIGIN_STEP);
            extremes.bx = max64(extremes.bx, zones->vertices[2u * (size_t)v] + shape.origin * ORIGIN_STEP);
            box->ay = min64(box->ay, zones->vertices[2u * (size_t)v + 1u]);
            box->by = max64(box->by, zones->vertices[2u * (size_t)v + 1u]);
        }
        const uint64_t length = length_of(builder, &shape);
        for (int32_t wraps = -1; wraps <= 1; wraps++) {
            const int64_t west = extremes.ax + wraps * GP_FULL_TURN, east = extremes.bx + wraps * GP_FULL_TURN;
            if (west <= REACH && east >= -REACH) {
                box->ax = min64(box->ax, max64(west, -REACH));
                box->bx = max64(box->bx, min64(east, REACH));
                extent->edges += zones->ends[owner] - first_vertex(builder, &shape);
                extent->length += length;
                builder->shapes[builder->shape_count++] = (shape_t){owner, shape.origin + 36 * wraps};
            }
        }
    }
    return builder->shape_count > 0;
}

/* The owners that touch a pole, as a set. */
static uint32_t polar_set(builder_t *builder, int32_t pole)
{
    const gp_zones_t *zones = builder->emit.zones;
    builder->base.count = 0;
    for (uint32_t i = 0; i < builder->shape_count; i++) {
        const shape_t *shape = &builder->shapes[i];
        for (uint32_t v = first_vertex(builder, shape); v < zones->ends[shape->owner]; v++) {
            if (zones->vertices[2u * (size_t)v + 1u] == pole) {
                words_append(&builder->emit, &builder->base, shape->owner);
                break;
            }
        }
    }
    return intern(&builder->emit, builder->base.words, builder->base.count);
}

static void build_family(builder_t *builder, uint32_t family)
{
    gp_index_t *index = builder->emit.index;
    gp_built_family_t *built = &index->families[family];
    edge_t box;
    extent_t extent = {0, 0};
    built->first_root = (uint32_t)index->roots.count;
    if (!gather_shapes(builder, family, &box, &extent)) {
        return;
    }
    const uint64_t wanted = extent.edges < 16u ? 16u : extent.edges > ROOT_CELLS_MAX ? ROOT_CELLS_MAX : extent.edges;
    const uint64_t width = (uint64_t)(box.bx - box.ax), height = (uint64_t)(box.by - box.ay);
    grid_t grid = {box.ax, box.ay, 31, 0, 0};
    /* As many cells as edges, but not so small that an edge crosses many of them. */
    while (grid.shift > 0 && extent.length >> (grid.shift - 1u) <= CROSSED_CELLS * extent.edges &&
           ((width >> (grid.shift - 1u)) + 1u) * ((height >> (grid.shift - 1u)) + 1u) <= wanted) {
        grid.shift--;
    }
    grid.cols = (uint32_t)((width >> grid.shift) + 1u);
    grid.rows = (uint32_t)((height >> grid.shift) + 1u);
    built->min_x = (int32_t)box.ax;
    built->min_y = (int32_t)box.ay;
    built->shift = grid.shift;
    built->cols = grid.cols;
    built->rows = grid.rows;
    built->north = polar_set(builder, GP_POLE);
    built->south = polar_set(builder, -GP_POLE);
    builder->depth = 0;
    build_grid(builder, &grid);
    built->depth = builder->depth;
}

gp_build_status_t gp_build(const gp_zones_t *zones, gp_index_t *index)
{
    builder_t *builder = calloc(1, sizeof *builder);
    if (builder == NULL) {
        return GP_BUILD_MEMORY;
    }
    builder->emit.zones = zones;
    builder->emit.index = index;
    builder->shapes = reallocate(&builder->emit, NULL, 3u * (size_t)zones->owner_count, sizeof(shape_t));
    builder->emit.shapes = builder->shapes;
    intern(&builder->emit, NULL, 0); /* set 0 is empty */
    for (uint32_t family = 0; family < GP_FAMILIES && builder->emit.status == GP_BUILD_OK; family++) {
        build_family(builder, family);
    }
    const gp_build_status_t status = builder->emit.status;
    for (uint32_t i = 0; i <= GP_MAX_DEPTH; i++) {
        for (uint32_t part = 0; part < 16; part++) {
            free(builder->parts[i].refs[part].words);
            free(builder->parts[i].inside[part].words);
            free(builder->parts[i].cell_shapes[part]);
        }
    }
    free(builder->base.words);
    free(builder->shapes);
    free(builder->emit.sets.slots);
    free(builder->emit.edges);
    free(builder->emit.scratch.words);
    free(builder->emit.combination.words);
    free(builder);
    return status;
}

void gp_index_free(gp_index_t *index)
{
    free(index->roots.words);
    free(index->nodes.words);
    free(index->leaves.words);
    free(index->set_ends.words);
    free(index->set_members.words);
    memset(index, 0, sizeof *index);
}
