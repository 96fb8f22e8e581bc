/* open_pack: a pack of make_corpus.py, opened and verified.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OPEN_PACK_H
#define OPEN_PACK_H

#include "check.h"
#include "gp_kernel.h"

#define MOST_OWNERS 64u

static inline gp_pack_t open_pack(const char *folder, const char *name, file_t *file)
{
    gp_pack_t pack;
    *file = load(folder, name);
    if (gp_open(&pack, file->bytes, file->size) != GP_OK || gp_verify(&pack) != GP_OK) {
        fprintf(stderr, "%s: no pack\n", name);
        exit(2);
    }
    return pack;
}

/* The owners that a call found, as bits. */
static inline uint64_t bits_of(const gp_found_t *found)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < found->count; i++) {
        CHECK(found->owners[i] < MOST_OWNERS && (bits >> found->owners[i] & 1u) == 0); /* each once */
        bits |= UINT64_C(1) << found->owners[i];
    }
    return bits;
}

static inline uint64_t bits_covering(const gp_pack_t *pack, uint32_t family, gp_point_t at)
{
    uint32_t owners[MOST_OWNERS];
    gp_found_t found = {.owners = owners, .capacity = MOST_OWNERS};
    CHECK_IS(gp_covering(pack, family, at, &found), GP_OK, "gp_covering");
    return bits_of(&found);
}

/* The next of a row of numbers that look random. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The nearest position that there is. */
static inline gp_point_t on_grid(int64_t x, int64_t y)
{
    const int64_t bound = x < -GP_HALF_TURN ? -GP_HALF_TURN : x > GP_HALF_TURN ? GP_HALF_TURN : x;
    return (gp_point_t){(int32_t)bound, (int32_t)(y < -GP_POLE ? -GP_POLE : y > GP_POLE ? GP_POLE : y)};
}

#endif
