/* gp_layout: how the bytes of a pack become numbers; shared by the files of the kernel, no part of its API.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The layout is docs/spec/pack-v1.md; the numbers of bytes below are its. */
#ifndef GP_LAYOUT_H
#define GP_LAYOUT_H

#include "gp_kernel.h"
#include "gp_port.h"

#define TAG_SET 0u  /* the two highest bits of an entry of the index: a set of zones that cover the cell, */
#define TAG_NODE 1u /* 16 smaller cells, */
#define TAG_LEAF 2u /* or the borders that cross it */
#define ENTRY_VALUE 0x3FFFFFFFu
#define RUN_COVERS 0x40u  /* the edges of the run count for what is covered */
#define RUN_BORDERS 0x80u /* and for distances */
#define RUN_EDGES 64u     /* at most */
#define CHUNK_OWNERS 16u  /* at most */
#define CHUNK_RUNS 2047u  /* at most */
#define NAMED_OWNERS 2u   /* a last chunk of so few owners names the set for each of their combinations, */
#define NAMED_BASE 16u    /* or 0 where the base has more owners than this */
#define ORIGIN_STEP 100000000LL /* grid units: 10 degrees */
#define TO_INTEGER 6755399441055744.0 /* 1.5 * 2^52: adding it leaves no bit for a fraction */

/* Fixes are brought into GCJ-02 and BD-09 between these degrees; zones lie a degree inside. */
#define DOMAIN_SOUTH (-1.0)
#define DOMAIN_NORTH 61.0
#define DOMAIN_WEST 69.0
#define DOMAIN_EAST 141.0

/* A squared distance that an answer has; what has none is infinite. The largest radius in which is searched, that of a
 * path of 20,000 m in GCJ-02 or BD-09, is widened to 20,680.02 m: 4.28 GP_LIMIT_M^2. */
#define MOST_DISTANCE_SQ (GP_LIMIT_M * GP_LIMIT_M * 5.0)

/* Degrees in grid units: a whole number, rounded half to even. |degrees * 1e7| is below 2^33, so no bit is lost. */
static inline double grid_units(double degrees)
{
    return (degrees * 1e7 + TO_INTEGER) - TO_INTEGER;
}

/* gp_forward, and the result in grid units; |lat| <= 90, |lon| <= 540. In gp_frames.c. */
void gp_forward_units(uint32_t family, double lat, double lon, int64_t *x, int64_t *y);

static inline bool is_on_grid(gp_point_t at)
{
    return at.x >= -GP_HALF_TURN && at.x <= GP_HALF_TURN && at.y >= -GP_POLE && at.y <= GP_POLE;
}

static inline int32_t i32_of(uint32_t value)
{
    return value <= INT32_MAX ? (int32_t)value : (int32_t)(value - 0x80000000u) + INT32_MIN;
}

static inline int32_t i32_at(const uint8_t *p, uint64_t index)
{
    return i32_of(u32_at(p, index));
}

static inline uint64_t u64_at(const uint8_t *p)
{
    return u32_at(p, 0) | ((uint64_t)u32_at(p, 1) << 32);
}

static inline int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t abs64(int64_t value)
{
    return value < 0 ? -value : value;
}

/* Part of a leaf: up to 16 zones whose borders cross the cell, and the edges that do, in runs along rings. */
typedef struct {
    uint32_t base;          /* set of the zones that cover the whole cell */
    uint32_t corner_parity; /* a bit for each zone: what to begin with, see edge_parity in gp_cells.h */
    uint32_t owner_count;   /* 1 to 16 */
    uint32_t run_count;     /* up to 2047 */
    bool has_more;          /* another chunk of the same leaf follows */
    const uint8_t *owners;  /* uint32 each */
    const uint8_t *runs;    /* 8 bytes each */
    const uint8_t *sets;    /* uint32 for each mask from 1 on: the base with these owners */
    uint32_t set_count;     /* 0, 1 or 3 */
} chunk_t;

typedef struct {
    uint32_t first, mask, edge_count, flags;
    int64_t origin_x;
} run_t;

static inline chunk_t chunk_at(const uint8_t *leaves, uint64_t word)
{
    const uint32_t bits = u32_at(leaves, word + 1), counts = bits >> 16;
    chunk_t chunk = {.base = u32_at(leaves, word), .corner_parity = bits & 0xFFFFu, .run_count = counts & 0x7FFu};
    chunk.owner_count = ((counts >> 11) & 0xFu) + 1u;
    chunk.has_more = (counts & 0x8000u) != 0;
    chunk.owners = leaves + 4u * (word + 2u);
    chunk.runs = chunk.owners + 4u * chunk.owner_count;
    chunk.sets = chunk.runs + 8u * chunk.run_count;
    chunk.set_count = chunk.has_more || chunk.owner_count > NAMED_OWNERS ? 0u : (1u << chunk.owner_count) - 1u;
    return chunk;
}

static inline uint32_t chunk_words(const chunk_t *chunk)
{
    return 2u + chunk->owner_count + 2u * chunk->run_count + chunk->set_count;
}

static inline run_t run_at(const chunk_t *chunk, uint32_t index)
{
    const uint32_t bits = u32_at(chunk->runs, 2u * index + 1u);
    const uint32_t tens = bits >> 24; /* degrees, in two's complement of 8 bits */
    run_t run = {.first = u32_at(chunk->runs, 2u * index), .mask = bits & 0xFFFFu};
    run.edge_count = ((bits >> 16) & 0x3Fu) + 1u;
    run.flags = (bits >> 16) & (RUN_COVERS | RUN_BORDERS);
    run.origin_x = ((int64_t)tens - (tens >= 128u ? 256 : 0)) * ORIGIN_STEP;
    return run;
}

#endif
