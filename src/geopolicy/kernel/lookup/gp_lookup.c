/* Looks a position up: gp_locate and gp_covering of gp_kernel.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gp_cells.h"

bool gp_is_position(double lat, double lon)
{
    return lat >= -90.0 && lat <= 90.0 && lon >= -180.0 && lon <= 180.0;
}

/* Half a degree of latitude or longitude, which up to 61 degrees holds the 20,000 m of gp_to_grid, 0.37 degrees, and
 * what a position moves, less than 0.02. */
#define FAR_UNITS 5000000

/* Whether no part of the index comes near a position, even when it has moved into the frame of the family. */
static bool is_far(const gp_family_index_t *index, double lat, double lon)
{
    const int64_t x = (int32_t)(lon * 1e7) - (int64_t)index->min_x, y = (int32_t)(lat * 1e7) - (int64_t)index->min_y;
    return x < -FAR_UNITS || x - FAR_UNITS > (int64_t)index->width || y < -FAR_UNITS ||
           y - FAR_UNITS > (int64_t)index->height;
}

bool gp_to_grid(const gp_pack_t *pack, uint32_t family, double lat, double lon, gp_point_t *at)
{
    GP_ASSERT(pack != NULL && at != NULL && gp_is_position(lat, lon));
    if (family < GP_FAMILIES && pack->families[family].cols == 0) {
        return false;
    }
    if (family == GP_GCJ02 || family == GP_BD09) {
        if (!(lat >= DOMAIN_SOUTH && lat <= DOMAIN_NORTH && lon >= DOMAIN_WEST && lon <= DOMAIN_EAST) ||
            is_far(&pack->families[family], lat, lon)) {
            return false;
        }
        int64_t x, y;
        gp_forward_units(family, lat, lon, &x, &y);
        at->x = (int32_t)x;
        at->y = (int32_t)y;
        return true;
    }
    at->x = (int32_t)grid_units(lon);
    at->y = (int32_t)grid_units(lat);
    return true;
}

gp_answer_id_t gp_locate(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_cell_t *cell)
{
    GP_ASSERT(pack != NULL && is_on_grid(at));
    gp_cell_t around = {at.x, at.y, 0};
    if (family >= GP_FAMILIES) {
        if (cell != NULL) {
            *cell = around;
        }
        return GP_ANSWER_UNNAMED;
    }
    const uint32_t entry = entry_at(pack, &pack->families[family], at, &around);
    if (cell != NULL) {
        *cell = around;
    }
    if (cell != NULL && entry >> 30 != TAG_SET) {
        cell->side = 0;
    }
    return answer_id_at(pack, entry, at, around.x);
}

static gp_status_t add(gp_found_t *found, uint32_t owner)
{
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->owners[i] == owner) {
            return GP_OK;
        }
    }
    if (found->count == found->capacity) {
        return GP_ERR_CAPACITY;
    }
    found->owners[found->count++] = owner;
    return GP_OK;
}

static gp_status_t add_set(const gp_pack_t *pack, uint32_t set, gp_found_t *found)
{
    gp_status_t status = GP_OK;
    for (uint32_t i = set == 0 ? 0 : u32_at(pack->set_ends, set - 1u); i < u32_at(pack->set_ends, set); i++) {
        if (add(found, u32_at(pack->set_members, i)) != GP_OK) {
            status = GP_ERR_CAPACITY;
        }
    }
    return status;
}

gp_status_t gp_covering(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_found_t *found)
{
    GP_ASSERT(pack != NULL && found != NULL && found->count <= found->capacity && is_on_grid(at));
    if (family >= GP_FAMILIES) {
        return GP_ERR_RECORD;
    }
    gp_cell_t cell;
    const uint32_t entry = entry_at(pack, &pack->families[family], at, &cell);
    if (entry >> 30 == TAG_SET) {
        return add_set(pack, entry, found);
    }
    uint64_t word = entry & ENTRY_VALUE;
    gp_status_t status = GP_OK;
    for (bool has_more = true; has_more;) {
        const chunk_t chunk = chunk_at(pack->leaves, word);
        const uint32_t mask = chunk_covers(pack, &chunk, at, cell.x);
        if (add_set(pack, chunk.base, found) != GP_OK) {
            status = GP_ERR_CAPACITY;
        }
        for (uint32_t i = 0; i < chunk.owner_count; i++) {
            if ((mask >> i & 1u) != 0 && add(found, u32_at(chunk.owners, i)) != GP_OK) {
                status = GP_ERR_CAPACITY;
            }
        }
        has_more = chunk.has_more;
        word += chunk_words(&chunk);
    }
    return status;
}
