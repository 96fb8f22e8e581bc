/* The sweep without Python: what it finds, that rings of any kind take little time, and that it survives want of memory.
 * SPDX-License-Identifier: Apache-2.0
 *
 * See failing_memory.h for how to link it. */
#include "check.h"
#include "failing_memory.h"
#include "sweep/sweep.h"

#define MOST_CORNERS 200000u
#define MOST_RINGS 20000u

unsigned long checks_made, checks_failed;

/* Rings that are being put together. */
static struct {
    int64_t corners[2u * MOST_CORNERS];
    uint32_t ring_ends[MOST_RINGS], polygon_ends[MOST_RINGS];
    uint32_t corner_count, ring_count, polygon_count;
} plan;

static void begin(void)
{
    plan.corner_count = plan.ring_count = plan.polygon_count = 0;
}

static void add_corner(int64_t x, int64_t y)
{
    plan.corners[2u * plan.corner_count] = x;
    plan.corners[2u * plan.corner_count + 1u] = y;
    plan.corner_count++;
}

static void end_ring(void)
{
    const uint32_t first = plan.ring_count == 0 ? 0 : plan.ring_ends[plan.ring_count - 1u];
    add_corner(plan.corners[2u * first], plan.corners[2u * first + 1u]);
    plan.ring_ends[plan.ring_count++] = plan.corner_count;
}

static void end_polygon(void)
{
    plan.polygon_ends[plan.polygon_count++] = plan.ring_count;
}

static void add_box(int64_t west, int64_t south, int64_t east, int64_t north)
{
    add_corner(west, south);
    add_corner(east, south);
    add_corner(east, north);
    add_corner(west, north);
    end_ring();
}

static gp_rings_t planned(void)
{
    return (gp_rings_t){plan.corners, plan.ring_ends, plan.polygon_ends, plan.ring_count, plan.polygon_count};
}

/* Sweeps the plan; the number of findings, the first of which must be of a kind and ring. */
static size_t sweep(int kind, uint32_t ring, bool touches)
{
    const gp_rings_t rings = planned();
    gp_swept_t swept = {0};
    CHECK_IS(gp_sweep(&rings, &swept), GP_SWEEP_OK, "status");
    CHECK_IS(swept.count > 0 ? (int)swept.findings[0].kind : -1, kind, "kind");
    if (swept.count > 0) {
        CHECK_IS(swept.findings[0].ring, ring, "ring");
    }
    CHECK_IS(swept.touches, touches, "touches");
    const size_t count = swept.count;
    gp_swept_free(&swept);
    return count;
}

static void test_single_cases(void)
{
    begin();
    CHECK_IS(sweep(-1, 0, false), 0, "nothing");
    add_box(0, 0, 10, 10);
    add_box(2, 2, 8, 8);
    end_polygon();
    CHECK_IS(sweep(-1, 0, false), 0, "a hole");
    add_box(3, 3, 7, 7);
    end_polygon();
    CHECK_IS(sweep(-1, 0, false), 0, "a part in a hole");
    add_box(4, 4, 12, 6);
    end_polygon();
    CHECK_IS(sweep(GP_PARTS_OVERLAP, 3, false), 1, "a part across");
    begin();
    add_box(0, 0, 10, 10);
    add_box(5, 2, 15, 8);
    end_polygon();
    CHECK_IS(sweep(GP_HOLE_OUTSIDE, 1, false), 1, "a hole across");
    add_corner(0, 0);
    add_corner(0, 9);
    add_corner(9, 0);
    add_corner(0, 0);
    add_corner(9, 0);
    add_corner(0, 9);
    end_ring();
    end_polygon();
    CHECK_IS(sweep(GP_RING_CROSSES, 2, true), 2, "a loop drawn twice");
}

/* A figure of eight of the greatest coordinates, at a distance from a crossing at the origin. */
static void test_greatest_coordinates(void)
{
    for (int64_t off = 0; off < 3; off++) {
        const int64_t far = GP_SWEEP_LIMIT;
        begin();
        add_corner(-far, -far + off);
        add_corner(0, 0);
        add_corner(far, far - off);
        add_corner(far, -far);
        add_corner(0, 0);
        add_corner(-far, far);
        end_ring();
        end_polygon();
        CHECK_IS(sweep(GP_RING_CROSSES, 0, true), 1, "at a corner");
    }
    for (int64_t is_crossed = 0; is_crossed < 2; is_crossed++) {
        const int64_t far = GP_SWEEP_LIMIT;
        begin();
        add_corner(-far, -far);
        add_corner(far, far - is_crossed);
        add_corner(far, far - !is_crossed);
        add_corner(-far + 1, -far);
        end_ring();
        end_polygon();
        CHECK_IS(sweep(is_crossed ? GP_RING_CROSSES : -1, 0, false), is_crossed, "edges a unit apart");
    }
    plan.corners[0] = GP_SWEEP_LIMIT + 1;
    const gp_rings_t rings = planned();
    gp_swept_t swept = {0};
    CHECK_IS(gp_sweep(&rings, &swept), GP_SWEEP_RANGE, "beyond the limit");
    gp_swept_free(&swept);
}

/* Small numbers that look like chance. */
static uint32_t chance(uint32_t below)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state % below);
}

/* Boxes anywhere are swept as pieces that come and go in every order. */
static void test_boxes_anywhere(void)
{
    for (uint32_t round = 0; round < 300; round++) {
        begin();
        for (uint32_t i = 0; i < 40; i++) {
            const int64_t x = 100 * chance(20), y = 100 * chance(20);
            add_box(x, y, x + 1 + chance(60), y + 1 + chance(60));
            end_polygon();
        }
        bool is_any_twice = false;
        for (uint32_t i = 0; i < 40; i++) {
            for (uint32_t j = 0; j < i; j++) {
                is_any_twice |= plan.corners[10u * i] == plan.corners[10u * j] &&
                                plan.corners[10u * i + 1u] == plan.corners[10u * j + 1u];
            }
        }
        const gp_rings_t rings = planned();
        gp_swept_t swept = {0};
        CHECK_IS(gp_sweep(&rings, &swept), GP_SWEEP_OK, "status");
        CHECK_IS(swept.count > 0, is_any_twice, "boxes in one place");
        gp_swept_free(&swept);
    }
    begin();
    for (uint32_t i = 0; i < 16384; i++) { /* each in a place of its own, in an order that is not theirs */
        const uint32_t place = i * 6653u % 16384u;
        add_box(100 * (place % 128u), 100 * (place / 128u), 100 * (place % 128u) + 60, 100 * (place / 128u) + 60);
        end_polygon();
    }
    CHECK_IS(sweep(-1, 0, false), 0, "boxes apart");
}

/* Teeth that reach over the whole, all of them in the status at once. */
static void test_comb(void)
{
    begin();
    add_corner(0, -50);
    for (int64_t i = 0; i < 60000; i++) {
        add_corner((i + 1) / 2 % 2 == 0 ? 10 : 100000000, 50 * i);
    }
    add_corner(0, 50 * 59999);
    end_ring();
    end_polygon();
    CHECK_IS(sweep(-1, 0, false), 0, "a comb");
    plan.corners[2u * 30000u] = 200000000; /* one tooth longer */
    CHECK_IS(sweep(-1, 0, false), 0, "a longer tooth");
    plan.corners[2u * 30001u + 1u] += 500; /* and bent across others */
    CHECK_IS(sweep(GP_RING_CROSSES, 0, false), 1, "a bent tooth");
}

static void test_want_of_memory(void)
{
    begin();
    for (uint32_t i = 0; i < 12; i++) {
        add_box(20 * i, 0, 20 * i + 20, 20); /* borders in common */
        add_box(20 * i + 5, 0, 20 * i + 15, 8);
        add_box(20 * i + 5, 8, 20 * i + 15, 15);
        end_polygon();
    }
    add_corner(0, -1);
    add_corner(9, -1);
    add_corner(4, -1);
    end_ring();
    end_polygon();
    add_corner(100, 100);
    add_corner(110, 110);
    add_corner(110, 100);
    add_corner(100, 110);
    end_ring();
    end_polygon();
    const gp_rings_t rings = planned();
    for (int is_lasting = 0; is_lasting < 2; is_lasting++) {
        gp_sweep_status_t status = GP_SWEEP_MEMORY;
        uint64_t failure = 0;
        while (status != GP_SWEEP_OK && failure < 10000) {
            gp_swept_t swept = {0};
            fail_allocation(failure++, is_lasting != 0);
            status = gp_sweep(&rings, &swept);
            const bool has_failed = end_failures();
            CHECK_IS(status, has_failed ? GP_SWEEP_MEMORY : GP_SWEEP_OK, "an allocation that fails");
            CHECK(status != GP_SWEEP_OK || swept.count == 1);
            gp_swept_free(&swept);
        }
        CHECK(failure > 10 && status == GP_SWEEP_OK);
    }
}

int main(void)
{
    test_single_cases();
    test_greatest_coordinates();
    test_boxes_anywhere();
    test_comb();
    test_want_of_memory();
    printf("%lu checks, %lu failed\n", checks_made, checks_failed);
    return checks_failed == 0 && checks_made > 0 ? 0 : 1;
}
