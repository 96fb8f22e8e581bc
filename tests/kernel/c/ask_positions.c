/* Asks packs about millions of positions, most of them on a border or a unit beside one, and holds every answer to the
 * definition: ask_positions FOLDER NAME COUNT SEED. Prints how many were asked and how many are covered.
 * SPDX-License-Identifier: Apache-2.0 */
#include "open_pack.h"
#include "oracle.h"

#define BLOCK 256u

unsigned long checks_made, checks_failed;

/* From least to most, both of them possible. */
static int64_t between(uint64_t *state, int64_t least, int64_t most)
{
    return least + (int64_t)(next_random(state) % (uint64_t)(most - least + 1));
}

static gp_point_t on_earth(int64_t x, int64_t y)
{
    const int64_t turned = x > GP_HALF_TURN ? x - GP_FULL_TURN : x < -GP_HALF_TURN ? x + GP_FULL_TURN : x;
    const int64_t bound = turned > GP_HALF_TURN ? GP_HALF_TURN : turned < -GP_HALF_TURN ? -GP_HALF_TURN : turned;
    return (gp_point_t){(int32_t)bound, (int32_t)(y < -GP_POLE ? -GP_POLE : y > GP_POLE ? GP_POLE : y)};
}

/* At a vertex of an owner, or where the grid comes nearest to a place on one of its edges; a few units off. */
static gp_point_t at_border(const gp_pack_t *pack, uint32_t owner, uint64_t *state)
{
    const uint8_t *zone = pack->zones + 32u * (uint64_t)owner;
    const uint32_t first = word_at(zone, 20), count = word_at(zone, 24);
    const int64_t origin = (int8_t)zone[29] * ORIGIN_UNITS;
    const uint32_t ring = first + (uint32_t)between(state, 0, (int64_t)count - 1);
    const uint32_t start = word_at(pack->rings, 8u * ring), end = oracle_ring_end(pack, ring);
    const uint32_t v = start + (uint32_t)between(state, 0, (int64_t)(end - start) - 2);
    int64_t a[2], b[2];
    oracle_vertex(pack, v, origin, a);
    oracle_vertex(pack, v + 1u, origin, b);
    const double share = next_random(state) % 3u == 0 ? 0.0 : (double)(next_random(state) % 1000001u) / 1e6;
    const int64_t reach = next_random(state) % 4u == 0 ? 3000 : 1;
    const int64_t x = a[0] + (int64_t)floor((double)(b[0] - a[0]) * share + 0.5) + between(state, -reach, reach);
    const int64_t y = a[1] + (int64_t)floor((double)(b[1] - a[1]) * share + 0.5) + between(state, -reach, reach);
    return on_earth(x, y);
}

static gp_point_t next_point(const gp_pack_t *pack, uint32_t family, gp_point_t last, uint64_t *state)
{
    const gp_family_index_t *index = &pack->families[family];
    const int64_t x = index->min_x, y = index->min_y, width = (int64_t)index->width, height = (int64_t)index->height;
    switch (next_random(state) % 16u) {
    case 0:
        return on_earth(x + between(state, -5, width + 5), y + between(state, -5, height + 5));
    case 1: /* where cells of the index meet */
        return on_earth(x + 256 * between(state, 0, width / 256) - between(state, 0, 1),
                       y + 256 * between(state, 0, height / 256) - between(state, 0, 1));
    case 2:
    case 3:
    case 4: /* a step of a drive */
        return on_earth(last.x + between(state, -100, 100), last.y + between(state, -100, 100));
    default:
        return at_border(pack, (uint32_t)between(state, 0, (int64_t)pack->zone_count - 1), state);
    }
}

/* What holds all vertices of an owner; beyond it, it covers nothing. */
typedef struct {
    int64_t west, south, east, north;
} box_t;

static box_t box_of(const gp_pack_t *pack, uint32_t owner)
{
    const uint8_t *zone = pack->zones + 32u * (uint64_t)owner;
    const uint32_t first = word_at(zone, 20), last = first + word_at(zone, 24) - 1u;
    box_t box = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN};
    for (uint32_t v = word_at(pack->rings, 8u * first); v < oracle_ring_end(pack, last); v++) {
        int64_t at[2];
        oracle_vertex(pack, v, (int8_t)zone[29] * ORIGIN_UNITS, at);
        box.west = at[0] < box.west ? at[0] : box.west;
        box.east = at[0] > box.east ? at[0] : box.east;
        box.south = at[1] < box.south ? at[1] : box.south;
        box.north = at[1] > box.north ? at[1] : box.north;
    }
    return box;
}

static bool is_in_box(const box_t *box, gp_point_t at)
{
    bool is_in = false;
    for (int64_t turn = -1; turn <= 1; turn++) {
        const int64_t x = at.x + turn * GP_FULL_TURN;
        is_in = is_in || (x >= box->west && x <= box->east);
    }
    return is_in && at.y >= box->south && at.y <= box->north;
}

/* The owners of a family that cover a position, by definition. */
static uint64_t bits_by_definition(const gp_pack_t *pack, const box_t *boxes, uint32_t family, gp_point_t at)
{
    uint64_t bits = 0;
    for (uint32_t owner = 0; owner < pack->zone_count; owner++) {
        if (pack->zones[32u * (uint64_t)owner + 28u] == family && is_in_box(&boxes[owner], at)) {
            bits |= oracle_covers(pack, owner, at) ? UINT64_C(1) << owner : 0;
        }
    }
    return bits;
}

/* A pole is one place, with an answer of its own. */
static bool is_pole(gp_point_t at)
{
    return at.y == GP_POLE || at.y == -GP_POLE;
}

/* Asks about a block of positions; how many of them are covered. */
static uint32_t ask_block(const gp_pack_t *pack, const box_t *boxes, uint32_t family, uint64_t *state)
{
    gp_point_t points[BLOCK], last = {pack->families[family].min_x, pack->families[family].min_y};
    gp_answer_id_t ids[BLOCK];
    uint32_t covered = 0;
    const uint64_t zones = (UINT64_C(2) << (pack->zone_count - 1u)) - 1u;
    uint64_t bits_before = 0;
    for (uint32_t i = 0; i < BLOCK; i++) {
        points[i] = last = next_point(pack, family, last, state);
    }
    gp_locate_many(pack, family, points, BLOCK, ids);
    for (uint32_t i = 0; i < BLOCK; i++) {
        const uint64_t bits = bits_covering(pack, family, points[i]) & zones;
        CHECK(is_pole(points[i]) || bits == bits_by_definition(pack, boxes, family, points[i]));
        CHECK(ids[i] == gp_locate(pack, family, points[i], NULL));
        CHECK(ids[i] != 0 || bits == 0); /* an id of 0 says that nothing applies */
        CHECK(i == 0 || ids[i] == GP_ANSWER_UNNAMED || ids[i] != ids[i - 1u] || bits == bits_before);
        covered += bits != 0;
        bits_before = bits;
    }
    return covered;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: ask_positions FOLDER NAME COUNT SEED\n");
        return 2;
    }
    file_t file;
    const gp_pack_t pack = open_pack(argv[1], argv[2], &file);
    if (pack.zone_count > MOST_OWNERS) {
        fprintf(stderr, "%s: more than %u zones\n", argv[2], MOST_OWNERS);
        return 2;
    }
    const unsigned long long count = strtoull(argv[3], NULL, 10);
    uint64_t state = strtoull(argv[4], NULL, 10) * 2654435761u + 88172645463325252u;
    unsigned long long asked = 0, covered = 0;
    box_t boxes[MOST_OWNERS];
    for (uint32_t owner = 0; owner < pack.zone_count; owner++) {
        boxes[owner] = box_of(&pack, owner);
    }
    while (asked < count && checks_failed == 0) {
        for (uint32_t family = 0; family < GP_FAMILIES; family++) {
            if (pack.families[family].cols != 0) {
                covered += ask_block(&pack, boxes, family, &state);
                asked += BLOCK;
            }
        }
    }
    printf("%llu positions, %llu covered, %lu checks failed\n", asked, covered, checks_failed);
    free(file.bytes);
    return checks_failed == 0 ? 0 : 1;
}
