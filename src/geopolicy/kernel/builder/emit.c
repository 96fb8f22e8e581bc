/* Implements emit.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "emit.h"

#include <stdlib.h>
#include <string.h>

#include "lookup/gp_layout.h"
#include "sort_unique.h"

#define MEMBERS_MOST (1u << 28) /* 1 GiB */

void *reallocate(emitter_t *emitter, void *old, size_t count, size_t bytes)
{
    void *memory = realloc(old, count * bytes + 1u);
    if (memory == NULL) {
        emitter->status = GP_BUILD_MEMORY;
        free(old);
    }
    return memory;
}

void words_append(emitter_t *emitter, gp_words_t *words, uint32_t word)
{
    if (words->count == words->capacity) {
        const size_t capacity = words->capacity + words->capacity / 2u + 64u;
        words->words = reallocate(emitter, words->words, capacity, 4);
        if (words->words == NULL) {
            words->count = words->capacity = 0;
            return;
        }
        words->capacity = capacity;
    }
    words->words[words->count++] = word;
}

/* ---- Sets ------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const uint32_t *owners, size_t count)
{
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15) ^ count;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ owners[i]) * UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    return hash;
}

static const uint32_t *set_at(const gp_index_t *index, uint32_t set, size_t *count)
{
    const uint32_t start = set == 0 ? 0 : index->set_ends.words[set - 1u];
    *count = index->set_ends.words[set] - start;
    return index->set_members.words + start;
}

static uint64_t hash_of_set(const void *index, uint32_t set)
{
    size_t count;
    const uint32_t *owners = set_at(index, set, &count);
    return hash_of(owners, count);
}

static bool is_set(const void *index, uint32_t set, const void *wanted)
{
    const gp_words_t *words = wanted;
    size_t count;
    const uint32_t *owners = set_at(index, set, &count);
    return words->count == count && (count == 0 || memcmp(owners, words->words, 4u * count) == 0);
}

uint32_t intern(emitter_t *emitter, const uint32_t *owners, size_t count)
{
    gp_index_t *index = emitter->index;
    gp_words_t *sorted = &emitter->scratch;
    sorted->count = 0;
    for (size_t i = 0; i < count; i++) {
        words_append(emitter, sorted, owners[i]);
    }
    if (emitter->status != GP_BUILD_OK) {
        return 0; /* the lists are not whole: what follows would read beyond them */
    }
    if (!hash_table_reserve(&emitter->sets, index->set_ends.count, hash_of_set, index)) {
        emitter->status = GP_BUILD_MEMORY;
        return 0;
    }
    sorted->count = sort_unique(sorted->words, count);
    uint32_t *slot = hash_table_find(&emitter->sets, hash_of(sorted->words, sorted->count), is_set, index, sorted);
    if (*slot != 0) {
        return *slot - 1u;
    }
    const uint32_t set = (uint32_t)index->set_ends.count;
    for (size_t i = 0; i < sorted->count; i++) {
        words_append(emitter, &index->set_members, sorted->words[i]);
    }
    if (index->set_members.count > MEMBERS_MOST || set == ENTRY_VALUE) {
        emitter->status = GP_BUILD_LARGE;
    }
    words_append(emitter, &index->set_ends, (uint32_t)index->set_members.count);
    *slot = set + 1u;
    return set;
}

/* ---- Leaves ----------------------------------------------------------------------------------------- */

int64_t beyond_crossing(int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t y)
{
    GP_ASSERT(ay != by && (ay > y) != (by > y));
    GP_ASSERT(abs64(bx - ax) <= INT64_C(1) << 32 && abs64(by - ay) <= INT64_C(2) * GP_POLE);
    const int64_t product = (bx - ax) * (y - ay), run = by - ay; /* below 2^63 */
    int64_t whole = product / run;
    if (product % run != 0 && (product < 0) != (run < 0)) {
        whole--;
    }
    return ax + whole + 1;
}

uint32_t edge_parity_at_corner(int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t x0, int64_t y0)
{
    const bool is_row = (ay > y0) != (by > y0), is_column = (ax >= x0) != (bx >= x0);
    if (!is_row) {
        return is_column && ay <= y0;
    }
    const bool is_odd_at_bend = is_column ? (ax < bx) == (ay < by) : ax < x0;
    return is_odd_at_bend != (beyond_crossing(ax, ay, bx, by, y0) <= x0);
}

static int by_ends(const void *left, const void *right)
{
    const leaf_edge_t *a = left, *b = right;
    const int64_t keys[6][2] = {{a->ax, b->ax}, {a->ay, b->ay}, {a->bx, b->bx}, {a->by, b->by},
                                {a->origin, b->origin}, {a->flags, b->flags}};
    for (int i = 0; i < 6; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return (a->edge > b->edge) - (a->edge < b->edge);
}

static int by_run(const void *left, const void *right)
{
    const leaf_edge_t *a = left, *b = right;
    if (a->mask != b->mask) {
        return a->mask < b->mask ? -1 : 1;
    }
    return (a->edge > b->edge) - (a->edge < b->edge);
}

static leaf_edge_t leaf_edge_of(const emitter_t *emitter, uint32_t edge, int32_t origin, uint32_t mask)
{
    const int32_t *end = emitter->zones->vertices + 2u * (size_t)edge;
    leaf_edge_t leaf_edge = {end[0], end[1], end[2], end[3], edge, mask, origin, emitter->zones->flags[edge]};
    if (leaf_edge.ax > leaf_edge.bx || (leaf_edge.ax == leaf_edge.bx && leaf_edge.ay > leaf_edge.by)) {
        leaf_edge = (leaf_edge_t){end[2], end[3], end[0], end[1], edge, mask, origin, emitter->zones->flags[edge]};
    }
    return leaf_edge;
}

size_t collect_edges(emitter_t *emitter, const uint32_t *refs, const cell_shape_t *cell_shapes, size_t count)
{
    size_t total = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        total += cell_shapes[i].end - cell_shapes[i].start;
    }
    if (total > emitter->edge_capacity) {
        emitter->edges = reallocate(emitter, emitter->edges, 2u * total, sizeof(leaf_edge_t));
        emitter->edge_capacity = emitter->edges == NULL ? 0 : 2u * total;
    }
    if (emitter->edges == NULL) {
        return 0;
    }
    leaf_edge_t *edges = emitter->edges;
    total = 0;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t r = cell_shapes[i].start; r < cell_shapes[i].end; r++) {
            edges[total++] = leaf_edge_of(emitter, refs[r], emitter->shapes[cell_shapes[i].shape].origin, 1u << i);
        }
    }
    if (count == 1) { /* equal edges of one shape are a border drawn twice: parity needs both, so do not merge them */
        return total;
    }
    qsort(edges, total, sizeof(leaf_edge_t), by_ends);
    for (size_t i = 0; i < total; i++) {
        leaf_edge_t *last = kept == 0 ? NULL : &edges[kept - 1u];
        if (last != NULL && (last->mask & edges[i].mask) == 0 && last->ax == edges[i].ax && last->ay == edges[i].ay &&
            last->bx == edges[i].bx && last->by == edges[i].by && last->origin == edges[i].origin &&
            last->flags == edges[i].flags) {
            last->mask |= edges[i].mask;
        } else {
            edges[kept++] = edges[i];
        }
    }
    return kept;
}

/* Writes the edges as runs; how many runs. */
static uint32_t emit_runs(emitter_t *emitter, size_t count)
{
    gp_words_t *leaves = &emitter->index->leaves;
    leaf_edge_t *edges = emitter->edges;
    uint32_t runs = 0;
    if (count > 1) {
        qsort(edges, count, sizeof(leaf_edge_t), by_run);
    }
    for (size_t i = 0; i < count;) {
        size_t end = i + 1u;
        while (end < count && end - i < RUN_EDGES && edges[end].edge == edges[end - 1u].edge + 1u &&
               edges[end].mask == edges[i].mask && edges[end].flags == edges[i].flags &&
               edges[end].origin == edges[i].origin) {
            end++;
        }
        words_append(emitter, leaves, edges[i].edge);
        words_append(emitter, leaves, edges[i].mask | ((uint32_t)edges[i].flags | (uint32_t)(end - i - 1u)) << 16 |
                                 ((uint32_t)edges[i].origin & 0xFFu) << 24);
        runs++;
        i = end;
    }
    return runs;
}

/* The corner parities of some shapes, as bits: whether they hold the corner, less what edge_parity counts there for
 * the edges at hand, so that chunk_covers, which counts them all, is right at the corner. */
static uint32_t corner_parity(const emitter_t *emitter, const uint32_t *refs, const cell_shape_t *cell_shapes,
                              size_t count, int64_t x0, int64_t y0)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        const int64_t column = x0 - emitter->shapes[cell_shapes[i].shape].origin * ORIGIN_STEP;
        uint32_t bit = cell_shapes[i].is_inside;
        for (uint32_t r = cell_shapes[i].start; r < cell_shapes[i].end; r++) {
            const int32_t *end = emitter->zones->vertices + 2u * (size_t)refs[r];
            if ((emitter->zones->flags[refs[r]] & RUN_COVERS) != 0) {
                bit ^= edge_parity_at_corner(end[0], end[1], end[2], end[3], column, y0);
            }
        }
        bits |= bit << i;
    }
    return bits;
}

/* Names the sets of all combinations of one or two shapes with a base. */
static void emit_sets(emitter_t *emitter, const cell_shape_t *cell_shapes, uint32_t count, uint32_t base)
{
    gp_words_t *owners = &emitter->combination;
    for (uint32_t mask = 1; mask < 1u << count && emitter->status == GP_BUILD_OK; mask++) {
        size_t base_count;
        const uint32_t *base_owners = set_at(emitter->index, base, &base_count);
        owners->count = 0;
        if (base_count > NAMED_BASE) {
            /* Sets that differ in one of many owners would fill the pack. */
            words_append(emitter, &emitter->index->leaves, 0);
            continue;
        }
        for (size_t i = 0; i < base_count; i++) {
            words_append(emitter, owners, base_owners[i]);
        }
        for (uint32_t i = 0; i < count; i++) {
            if ((mask >> i & 1u) != 0) {
                words_append(emitter, owners, emitter->shapes[cell_shapes[i].shape].owner);
            }
        }
        words_append(emitter, &emitter->index->leaves, intern(emitter, owners->words, owners->count));
    }
}

uint32_t emit_leaf(emitter_t *emitter, const uint32_t *refs, const cell_shape_t *cell_shapes, size_t count,
                   uint32_t base, int64_t x0, int64_t y0)
{
    gp_words_t *leaves = &emitter->index->leaves;
    const size_t word = leaves->count;
    size_t leaf_edges = 0;
    for (size_t done = 0; done < count && emitter->status == GP_BUILD_OK;) {
        const size_t part = count - done < CHUNK_OWNERS ? count - done : CHUNK_OWNERS;
        const uint32_t has_more = done + part < count ? 0x8000u : 0u;
        const uint32_t corner = corner_parity(emitter, refs, cell_shapes + done, part, x0, y0);
        words_append(emitter, leaves, done == 0 ? base : 0);
        const size_t counts = leaves->count;
        words_append(emitter, leaves, 0);
        for (size_t i = 0; i < part; i++) {
            words_append(emitter, leaves, emitter->shapes[cell_shapes[done + i].shape].owner);
        }
        const size_t edges = collect_edges(emitter, refs, cell_shapes + done, part);
        const uint32_t runs = emit_runs(emitter, edges);
        if (runs > CHUNK_RUNS) {
            emitter->status = GP_BUILD_CROWDED;
            emitter->index->owner = emitter->shapes[cell_shapes[done].shape].owner;
        }
        if (has_more == 0 && part <= NAMED_OWNERS) {
            emit_sets(emitter, cell_shapes + done, (uint32_t)part, done == 0 ? base : 0);
        }
        if (emitter->status == GP_BUILD_OK) {
            leaves->words[counts] = corner | (runs | (uint32_t)(part - 1u) << 11 | has_more) << 16;
        }
        leaf_edges += edges;
        done += part;
    }
    if (leaf_edges > emitter->index->max_leaf_edges) {
        emitter->index->max_leaf_edges = (uint32_t)leaf_edges;
    }
    if (leaves->count > ENTRY_VALUE) {
        emitter->status = GP_BUILD_LARGE;
    }
    return (uint32_t)word | TAG_LEAF << 30;
}
