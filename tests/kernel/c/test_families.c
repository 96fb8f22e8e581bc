/* A family that does not exist: every call refuses it, or gives the answer that restricts most.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "open_pack.h"

static void test_refused(const gp_pack_t *pack, uint32_t family)
{
    uint32_t owners[MOST_OWNERS];
    double distance_sq[MOST_OWNERS];
    gp_found_t found = {.owners = owners, .distance_sq = distance_sq, .capacity = MOST_OWNERS};
    gp_point_t at = {7, 7};
    CHECK(gp_to_grid(pack, family, 30.0133, 105.0233, &at) && at.x == 1050233000 && at.y == 300133000);
    CHECK(gp_to_grid(pack, family, -30.0, -105.0, &at)); /* true: nothing is passed over, what follows refuses */
    gp_cell_t cell = {1, 1, 1};
    CHECK(gp_locate(pack, family, at, &cell) == GP_ANSWER_UNNAMED && cell.side == 0);
    CHECK(gp_locate(pack, family, at, NULL) == GP_ANSWER_UNNAMED);
    const gp_point_t points[3] = {{0, 0}, {0, GP_POLE}, {1050233000, 300133000}};
    gp_answer_id_t ids[4] = {0, 0, 0, 7};
    gp_fetch(pack, family, points, 3); /* of nothing */
    gp_locate_many(pack, family, points, 3, ids);
    CHECK(ids[0] == GP_ANSWER_UNNAMED && ids[1] == GP_ANSWER_UNNAMED && ids[2] == GP_ANSWER_UNNAMED && ids[3] == 7);
    CHECK_IS(gp_covering(pack, family, at, &found), GP_ERR_RECORD, "gp_covering");
    CHECK_IS(gp_near(pack, family, at, 100.0, &found), GP_ERR_RECORD, "gp_near");
    CHECK(gp_nearest(pack, family, at, 100.0) == 0.0);
    CHECK(isinf(gp_widen(5.0, 0, family)) && gp_widen(5.0, 0, family) > 0.0 && gp_narrow(5.0, 0, family) == 0.0);
    const double lat[2] = {30.0, 30.1}, lon[2] = {105.0, 105.1};
    gp_path_t path;
    bool is_known = true;
    CHECK(!gp_path_between(pack, family, lat, lon, 5.0, &path, &is_known) && !is_known);
    CHECK(gp_path_between(pack, GP_WGS84, lat, lon, 5.0, &path, &is_known) && is_known);
    CHECK_IS(gp_touched_by(pack, family, &path, &found), GP_ERR_RECORD, "gp_touched_by");
    CHECK_IS(found.count, 0, "nothing is found");
    double there_lat = 30.0, there_lon = 105.0;
    gp_forward(family, &there_lat, &there_lon);
    CHECK(isnan(there_lat) && isnan(there_lon) && !gp_is_position(there_lat, there_lon));
}

void test_families(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "framed", &file);
    test_refused(&pack, GP_FAMILIES);
    test_refused(&pack, 1000000u);
    test_refused(&pack, UINT32_MAX);
    free(file.bytes);
}
