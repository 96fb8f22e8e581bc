/* The builder without Python: what it makes of zones, what it refuses, and that it survives want of memory.
 * SPDX-License-Identifier: Apache-2.0
 *
 * See failing_memory.h for how to link it. */
#include "check.h"
#include "failing_memory.h"
#include "builder/build.h"

#define COVERS_AND_BORDERS 0xC0u
#define MOST_VERTICES 8000u
#define MOST_OWNERS 600u

unsigned long checks_made, checks_failed;

/* Zones that are being put together. */
typedef struct {
    int32_t vertices[2u * MOST_VERTICES];
    uint8_t flags[MOST_VERTICES], families[MOST_OWNERS];
    uint32_t ends[MOST_OWNERS], vertex_count, owner_count;
    int8_t origins[MOST_OWNERS];
} plan_t;

static plan_t plan;

static void add_vertex(int32_t x, int32_t y)
{
    plan.vertices[2u * plan.vertex_count] = x;
    plan.vertices[2u * plan.vertex_count + 1u] = y;
    plan.flags[plan.vertex_count++] = COVERS_AND_BORDERS;
}

static void end_owner(uint8_t family)
{
    plan.flags[plan.vertex_count - 1u] = 0;
    plan.families[plan.owner_count] = family;
    plan.origins[plan.owner_count] = 0;
    plan.ends[plan.owner_count++] = plan.vertex_count;
}

static void add_box(uint8_t family, int32_t west, int32_t south, int32_t east, int32_t north)
{
    add_vertex(west, south);
    add_vertex(east, south);
    add_vertex(east, north);
    add_vertex(west, north);
    add_vertex(west, south);
    end_owner(family);
}

static void begin(void)
{
    memset(&plan, 0, sizeof plan);
}

static gp_build_status_t build(gp_index_t *index, uint32_t leaf_edges)
{
    const gp_zones_t zones = {plan.vertices, plan.flags,       plan.ends, plan.families,
                              plan.origins,  plan.owner_count, leaf_edges};
    memset(index, 0, sizeof *index);
    return gp_build(&zones, index);
}

static void test_nothing(void)
{
    gp_index_t index;
    begin();
    CHECK_IS(build(&index, 2), GP_BUILD_OK, "no zone");
    CHECK(index.roots.count == 0 && index.nodes.count == 0 && index.leaves.count == 0);
    CHECK(index.set_ends.count == 1 && index.set_ends.words[0] == 0); /* the empty set */
    gp_index_free(&index);
    CHECK(index.set_ends.words == NULL);
}

static void test_one_box(void)
{
    gp_index_t index;
    begin();
    add_box(GP_GCJ02, 1000, 2000, 5000, 8000);
    CHECK_IS(build(&index, 2), GP_BUILD_OK, "one zone");
    const gp_built_family_t *built = &index.families[GP_GCJ02];
    CHECK(index.families[GP_WGS84].cols == 0 && index.families[GP_BD09].cols == 0);
    CHECK(built->min_x == 1000 && built->min_y == 2000);
    CHECK(((uint64_t)built->cols << built->shift) > 4000 && ((uint64_t)built->rows << built->shift) > 6000);
    CHECK(index.roots.count == (size_t)built->cols * built->rows);
    CHECK(index.max_leaf_edges > 0 && index.max_leaf_edges <= 4);
    gp_index_free(&index);
}

/* Triangles that share one corner: more runs than one leaf can have. */
static void test_crowded(uint32_t triangles, gp_build_status_t wanted)
{
    gp_index_t index;
    begin();
    add_box(GP_WGS84, -3000000, -3000000, -2000000, -2000000);
    for (uint32_t i = 0; i < triangles; i++) {
        add_vertex(0, 0);
        add_vertex(1000000, (int32_t)(400u * i));
        add_vertex(1000000, (int32_t)(400u * i + 200u));
    }
    add_vertex(0, 0);
    end_owner(GP_WGS84);
    CHECK_IS(build(&index, 400), wanted, "triangles that share a corner");
    CHECK(wanted != GP_BUILD_CROWDED || index.owner == 1);
    gp_index_free(&index);
}

/* Zones of every kind in all families: nodes, shared borders, more than 16 in a cell, poles, many sets. */
static void plan_all(uint32_t step)
{
    begin();
    for (uint32_t i = 0; i < 520; i += step) { /* each a set of its own */
        const int32_t west = 1000000 + (int32_t)i * 10000;
        add_box(GP_WGS84, west, 1000000, west + 9000, 1009000);
    }
    for (int32_t i = 0; i < 20; i++) {
        add_box(GP_WGS84, 1000000, 0, 1000300, 200);
    }
    for (int32_t i = 1; i < 4; i++) {
        add_box(GP_GCJ02, i, i, 100000 * i, 90000 * i);
        add_box(GP_BD09, 70 * i, -i, 71 * i + 1, 90000 * i);
    }
    add_box(GP_BD09, -1800000000, 800000000, 1800000000, GP_POLE);
    plan.flags[plan.vertex_count - 2u] = 0x40; /* along the antimeridian: no border */
    add_box(GP_BD09, -1800000000, -GP_POLE, 1800000000, -800000000);
    plan.flags[plan.vertex_count - 2u] = 0x80; /* only a border */
    add_box(GP_GCJ02, 1, 1, 100000, 90000);
    add_box(GP_GCJ02, 1, 1, 100000, 90000);
    plan.origins[plan.owner_count - 1u] = 1;
}

static void test_all(void)
{
    gp_index_t index;
    plan_all(1);
    CHECK_IS(build(&index, 2), GP_BUILD_OK, "zones of every kind");
    CHECK(index.set_ends.count > 520 && index.nodes.count > 0);
    const gp_built_family_t *polar = &index.families[GP_BD09];
    CHECK(polar->north != 0 && polar->south != 0 && polar->north != polar->south);
    CHECK(index.families[GP_WGS84].north == 0 && index.families[GP_WGS84].south == 0);
    gp_index_free(&index);
    begin();
    for (int32_t i = 0; i < 17; i++) { /* cells of one unit are not divided, whatever crosses them */
        add_box(GP_WGS84, 0, 0, 1, 2);
    }
    CHECK_IS(build(&index, 2), GP_BUILD_OK, "seventeen zones of one unit");
    CHECK(index.families[GP_WGS84].shift == 0 && index.families[GP_WGS84].depth == 0 && index.nodes.count == 0);
    gp_index_free(&index);
}

static bool is_same(const gp_words_t *a, const gp_words_t *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->words, b->words, 4u * a->count) == 0);
}

/* Fails each allocation in turn: alone, or with all that follow. */
static void test_memory(uint32_t step, uint64_t stride, bool is_lasting)
{
    gp_index_t whole, index;
    gp_build_status_t status = GP_BUILD_MEMORY;
    plan_all(step);
    CHECK_IS(build(&whole, 2), GP_BUILD_OK, "enough memory");
    for (uint64_t failure = 0; status != GP_BUILD_OK && failure < 100000; failure += stride) {
        fail_allocation(failure, is_lasting);
        status = build(&index, 2);
        const bool has_failed = end_failures();
        CHECK_IS(status, has_failed ? GP_BUILD_MEMORY : GP_BUILD_OK, "an allocation that fails");
        if (status == GP_BUILD_OK) {
            CHECK(is_same(&index.roots, &whole.roots) && is_same(&index.nodes, &whole.nodes) &&
                  is_same(&index.leaves, &whole.leaves) && is_same(&index.set_ends, &whole.set_ends) &&
                  is_same(&index.set_members, &whole.set_members));
        }
        gp_index_free(&index);
    }
    CHECK(status == GP_BUILD_OK);
    gp_index_free(&whole);
}

int main(void)
{
    test_nothing();
    test_one_box();
    test_crowded(2040, GP_BUILD_OK);
    test_crowded(2060, GP_BUILD_CROWDED);
    test_all();
    test_memory(40, 1, false);
    test_memory(40, 1, true);
    test_memory(1, 7, false);
    printf("%lu checks, %lu failed\n", checks_made, checks_failed);
    return checks_failed == 0 && checks_made > 0 ? 0 : 1;
}
