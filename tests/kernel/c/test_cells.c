/* gp_locate_many and gp_locate where cells of the index, and the index itself, end.
 * SPDX-License-Identifier: Apache-2.0 */
#include "open_pack.h"
#include "oracle.h"

#define BIT(owner) (UINT64_C(1) << (owner))

/* A position in the index. */
static gp_point_t any_point(const gp_family_index_t *index, uint64_t *state)
{
    const int64_t x = index->min_x + (int64_t)(next_random(state) % (index->width + 1u));
    return on_grid(x, index->min_y + (int64_t)(next_random(state) % (index->height + 1u)));
}

/* One step beyond the index nothing applies, and one before it what the definition says. */
static void test_border_of_index(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    const int64_t width = (int64_t)index->width, height = (int64_t)index->height, step = width / 50 + 1;
    for (int64_t along = -step; along <= width + height; along += step) {
        const int64_t x = along < width ? along : width, y = along < height ? along : height;
        const int64_t places[][2] = {{-1, y}, {0, y}, {width - 1, y}, {width, y},
                                     {x, -1}, {x, 0}, {x, height - 1}, {x, height}};
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            const gp_point_t at = on_grid(index->min_x + places[i][0], index->min_y + places[i][1]);
            if (at.y != GP_POLE && at.y != -GP_POLE) {
                uint64_t owners = 0;
                for (uint32_t owner = 0; owner < pack.zone_count; owner++) {
                    owners |= oracle_covers(&pack, owner, at) ? BIT(owner) : 0;
                }
                gp_answer_id_t id;
                gp_locate_many(&pack, GP_WGS84, &at, 1, &id);
                CHECK_IS(bits_covering(&pack, GP_WGS84, at), owners, name);
                CHECK(id == gp_locate(&pack, GP_WGS84, at, NULL) && (id != 0 || owners == 0));
            }
        }
    }
    free(file.bytes);
}

/* Beyond the east side of the index nothing applies, though the first cell of the next row is whole in a zone. */
static void test_beyond_a_row(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    const gp_family_index_t *index = &pack.families[0];
    const uint64_t roots = (uint64_t)(index->roots - file.bytes), side = UINT64_C(1) << index->shift;
    for (uint64_t row = 0; row < index->rows; row++) {
        set_word(file.bytes, roots + 4u * row * index->cols, 1); /* a set, as another compiler might have it */
    }
    for (uint64_t y = side / 2u; y < index->height; y += side) {
        const gp_point_t points[] = {on_grid(index->min_x, index->min_y + (int64_t)y),
                                     on_grid(index->min_x + (int64_t)index->width, index->min_y + (int64_t)y)};
        gp_answer_id_t ids[2];
        gp_locate_many(&pack, GP_WGS84, points, 2, ids);
        CHECK(ids[0] == 1 && gp_locate(&pack, GP_WGS84, points[0], NULL) == 1);
        CHECK(ids[1] == 0 && gp_locate(&pack, GP_WGS84, points[1], NULL) == 0);
        CHECK_IS(bits_covering(&pack, GP_WGS84, points[1]), 0, "beyond a row");
    }
    free(file.bytes);
}

/* Who leaves a cell for a place beyond the index, or for a pole, and comes back, is answered as if he had not left. */
static void test_leaving(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    const gp_point_t away[] = {on_grid((int64_t)index->min_x - 1, index->min_y),
                               on_grid(index->min_x, GP_POLE),
                               on_grid(index->min_x, -GP_POLE)};
    uint64_t state = 77;
    for (uint32_t i = 0; i < 3000; i++) {
        const gp_point_t at = any_point(index, &state);
        const gp_point_t points[] = {at, at, away[i % 3u], at, away[i % 3u], away[i % 3u], at};
        gp_answer_id_t ids[7];
        gp_locate_many(&pack, GP_WGS84, points, 7, ids);
        for (uint32_t k = 0; k < 7; k++) {
            CHECK(ids[k] == gp_locate(&pack, GP_WGS84, points[k], NULL));
        }
    }
    free(file.bytes);
}

/* The positions around a cell are not answered as those in it. */
static void test_round_a_cell(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    uint64_t state = 11;
    for (uint32_t i = 0; i < 4000; i++) {
        const gp_point_t at = any_point(index, &state);
        gp_cell_t cell;
        gp_locate(&pack, GP_WGS84, at, &cell);
        /* A leaf tells no cell: then the corners of those that it may be. */
        const int64_t side = cell.side > 1u ? cell.side : INT64_C(1) << (next_random(&state) % (index->shift + 1u));
        const int64_t x = index->min_x + ((int64_t)at.x - index->min_x) / side * side;
        const int64_t y = index->min_y + ((int64_t)at.y - index->min_y) / side * side;
        const gp_point_t points[] = {at, at, on_grid(x + side, at.y), at, on_grid(at.x, y + side), at,
                                     on_grid(x - 1, at.y), at, on_grid(at.x, y - 1), at, on_grid(x + side, y + side)};
        gp_answer_id_t ids[11];
        gp_locate_many(&pack, GP_WGS84, points, 11, ids);
        for (uint32_t k = 0; k < 11; k++) {
            CHECK(ids[k] == gp_locate(&pack, GP_WGS84, points[k], NULL));
        }
    }
    free(file.bytes);
}

/* The last of a group of scattered positions tells a cell: it is that cell, and no other. */
static void test_after_a_group(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    uint64_t state = 13;
    for (uint32_t i = 0; i < 2000; i++) {
        gp_point_t points[22];
        gp_answer_id_t ids[22];
        for (uint32_t k = 0; k < 17; k++) {
            points[k] = any_point(index, &state);
        }
        const int64_t x = (int64_t)points[16].x - index->min_x, y = (int64_t)points[16].y - index->min_y;
        points[17] = on_grid(index->min_x - x, points[16].y); /* as far beyond the corner of the index */
        points[18] = on_grid(points[16].x, index->min_y - y);
        points[19] = on_grid(index->min_x - x, index->min_y - y);
        points[20] = on_grid((int64_t)points[16].x + 1, (int64_t)points[16].y + 1);
        points[21] = points[16];
        for (uint32_t first = 17; first < 21; first++) { /* each of them at once behind the group */
            const gp_point_t behind = points[17];
            points[17] = points[first];
            points[first] = behind;
            gp_locate_many(&pack, GP_WGS84, points, 22, ids);
            for (uint32_t k = 0; k < 22; k++) {
                CHECK(ids[k] == gp_locate(&pack, GP_WGS84, points[k], NULL));
            }
        }
    }
    free(file.bytes);
}

/* A cell ends before the pole, and before 32 bits do: who keeps it adds its side to its corner. */
static void test_each_cell(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    uint64_t state = 3;
    uint32_t wide = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        const gp_point_t at = any_point(index, &state);
        gp_cell_t cell;
        const gp_answer_id_t id = gp_locate(&pack, GP_WGS84, at, &cell);
        if (cell.side > 1u) {
            const int64_t last_x = (int64_t)cell.x + cell.side - 1, last_y = (int64_t)cell.y + cell.side - 1;
            const gp_point_t last = {(int32_t)last_x, (int32_t)last_y};
            wide++;
            CHECK(cell.x <= at.x && last_x >= at.x && cell.y <= at.y && last_y >= at.y);
            CHECK(last_x <= INT32_MAX && cell.y > -GP_POLE && last_y < GP_POLE);
            CHECK(last_x > GP_HALF_TURN || gp_locate(&pack, GP_WGS84, last, NULL) == id);
            CHECK(last_x > GP_HALF_TURN ||
                  bits_covering(&pack, GP_WGS84, last) == bits_covering(&pack, GP_WGS84, at));
        }
    }
    CHECK(wide > 0);
    free(file.bytes);
}

void test_cells(const char *folder)
{
    static const char *const names[] = {"tiny", "seam", "crowded", "stars", "oddities", "single",
                                        "tiles", "corner", "capped", "round"};
    static const char *const with_cells[] = {"tiny", "seam", "stars", "capped", "round"};
    test_beyond_a_row(folder);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        test_border_of_index(folder, names[i]);
        test_leaving(folder, names[i]);
        test_round_a_cell(folder, names[i]);
        test_after_a_group(folder, names[i]);
    }
    for (size_t i = 0; i < sizeof with_cells / sizeof with_cells[0]; i++) {
        test_each_cell(folder, with_cells[i]);
    }
}
