/* Opens packs and checks them: gp_open, gp_open_overlay, gp_verify and gp_zone_id of gp_kernel.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gp_layout.h"

#define SECTIONS 11u
#define ID_BYTES 800u /* 200 characters */
#define SECTION_TABLE 320u
#define FAMILY_TABLE 128u
#define RING_EXTERIOR 0u
#define RING_KINDS 3u

static gp_status_t place_sections(gp_pack_t *pack, uint64_t root_count)
{
    const uint64_t wanted[SECTIONS] = {
        8u * (uint64_t)pack->vertex_count, 8u * (uint64_t)pack->ring_count,
        32u * ((uint64_t)pack->zone_count + pack->coverage_count), 4u * (uint64_t)pack->set_count,
        4u * (uint64_t)pack->member_count, 4u * root_count, 64u * (uint64_t)pack->node_count,
        4u * (uint64_t)pack->leaf_words, 8u * (uint64_t)pack->term_count, pack->text_bytes, 0};
    const uint8_t **const places[SECTIONS] = {
        &pack->vertices, &pack->rings, &pack->zones, &pack->set_ends, &pack->set_members,
        &pack->families[0].roots, &pack->nodes, &pack->leaves, &pack->terms, &pack->text, NULL};
    static const char names[] = "VERTRINGZONESETESETMROOTNODELEAFTERMTEXTMETA";
    uint64_t end = GP_HEADER_BYTES;
    for (uint32_t i = 0; i < SECTIONS; i++) {
        const uint8_t *row = pack->bytes + SECTION_TABLE + 24u * i;
        const uint64_t offset = u64_at(row + 8), length = u64_at(row + 16);
        if (compare_bytes(row, names + 4u * i, 4) != 0 || offset < end || offset % 64u != 0 || offset > pack->size ||
            length > pack->size - offset || (places[i] != NULL && length != wanted[i])) {
            return GP_ERR_SECTION;
        }
        if (places[i] != NULL) {
            *places[i] = pack->bytes + offset;
        }
        end = offset + length;
    }
    return GP_OK;
}

static gp_status_t place_families(gp_pack_t *pack, uint64_t root_count)
{
    const uint8_t *roots = pack->families[0].roots;
    uint64_t next = 0;
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        const uint8_t *row = pack->bytes + FAMILY_TABLE + 64u * family;
        gp_family_index_t *index = &pack->families[family];
        index->min_x = i32_at(row, 0);
        index->min_y = i32_at(row, 1);
        index->shift = u32_at(row, 2);
        index->cols = u32_at(row, 3);
        index->rows = u32_at(row, 4);
        index->north = u32_at(row, 6);
        index->south = u32_at(row, 7);
        index->depth = u32_at(row, 8);
        const uint64_t cells = (uint64_t)index->cols * index->rows;
        if (u32_at(row, 5) != next || cells > root_count - next || (index->cols == 0) != (index->rows == 0) ||
            pack->max_depth > GP_MAX_DEPTH || index->depth > pack->max_depth || index->shift > 31u ||
            2u * index->depth > index->shift || index->north >= pack->set_count || index->south >= pack->set_count) {
            return GP_ERR_INDEX;
        }
        index->roots = roots + 4u * next;
        index->width = (uint64_t)index->cols << index->shift;
        index->height = (uint64_t)index->rows << index->shift;
        next += cells;
    }
    return next == root_count ? GP_OK : GP_ERR_INDEX;
}

static gp_status_t open_format(gp_pack_t *pack, const void *bytes, uint64_t size, uint32_t format)
{
    const uint8_t *header = (const uint8_t *)bytes;
    GP_ASSERT(pack != NULL && (bytes != NULL || size == 0));
    clear_bytes(pack, sizeof *pack);
    if (size < GP_HEADER_BYTES) {
        return GP_ERR_SIZE;
    }
    if (compare_bytes(header, "GPOLPACK", 8) != 0) {
        return GP_ERR_MAGIC;
    }
    if (u32_at(header, 2) != format || u32_at(header, 3) != GP_HEADER_BYTES || u32_at(header, 6) != SECTIONS) {
        return GP_ERR_FORMAT;
    }
    if (u64_at(header + 16) != size || size > PTRDIFF_MAX) {
        return GP_ERR_SIZE;
    }
    pack->bytes = header;
    pack->size = size;
    uint32_t *const counts[] = {&pack->zone_count, &pack->coverage_count, &pack->vertex_count, &pack->ring_count,
                                &pack->set_count,  &pack->member_count,   &pack->node_count,   &pack->leaf_words,
                                &pack->term_count, &pack->text_bytes,     &pack->max_depth,    &pack->max_leaf_edges};
    for (uint32_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        *counts[i] = u32_at(header + 64, i);
    }
    const uint64_t owners = (uint64_t)pack->zone_count + pack->coverage_count, root_count = u32_at(header + 112, 0);
    if (pack->set_count == 0 || owners > INT32_MAX || pack->vertex_count > INT32_MAX || pack->node_count >> 30 != 0 ||
        pack->leaf_words >> 30 != 0 || pack->set_count >> 30 != 0) {
        return GP_ERR_RECORD;
    }
    const gp_status_t status = place_sections(pack, root_count);
    return status == GP_OK ? place_families(pack, root_count) : status;
}

gp_status_t gp_open(gp_pack_t *pack, const void *bytes, uint64_t size)
{
    return open_format(pack, bytes, size, GP_FORMAT);
}

gp_status_t gp_open_overlay(gp_pack_t *pack, const void *bytes, uint64_t size)
{
    const gp_status_t status = open_format(pack, bytes, size, GP_FORMAT_OVERLAY);
    return status == GP_OK && pack->coverage_count != 0 ? GP_ERR_RECORD : status;
}

/* Where verification stands: nodes and leaves must be referred to once each, in the order in which they lie. */
typedef struct {
    uint32_t next_node, next_word;
} order_t;

static gp_status_t verify_runs(const gp_pack_t *pack, const chunk_t *chunk, uint64_t *edges)
{
    for (uint32_t i = 0; i < chunk->run_count; i++) {
        const run_t run = run_at(chunk, i);
        if (run.mask == 0 || run.mask >> chunk->owner_count != 0 ||
            (uint64_t)run.first + run.edge_count >= pack->vertex_count) {
            return GP_ERR_INDEX;
        }
        *edges += run.edge_count;
    }
    return GP_OK;
}

static gp_status_t verify_leaf(const gp_pack_t *pack, uint32_t word, order_t *order)
{
    uint64_t edges = 0, at = word;
    bool has_more = true;
    if (word != order->next_word) {
        return GP_ERR_INDEX;
    }
    while (has_more) {
        if (at + 2u > pack->leaf_words) {
            return GP_ERR_INDEX;
        }
        const chunk_t chunk = chunk_at(pack->leaves, at);
        if (at + chunk_words(&chunk) > pack->leaf_words || chunk.base >= pack->set_count ||
            chunk.corner_parity >> chunk.owner_count != 0) {
            return GP_ERR_INDEX;
        }
        for (uint32_t i = 0; i < chunk.owner_count; i++) {
            if (u32_at(chunk.owners, i) >= pack->zone_count + pack->coverage_count) {
                return GP_ERR_INDEX;
            }
        }
        for (uint32_t i = 0; i < chunk.set_count; i++) {
            if (u32_at(chunk.sets, i) >= pack->set_count) {
                return GP_ERR_INDEX;
            }
        }
        const gp_status_t status = verify_runs(pack, &chunk, &edges);
        if (status != GP_OK) {
            return status;
        }
        has_more = chunk.has_more;
        at += chunk_words(&chunk);
    }
    order->next_word = (uint32_t)at;
    return edges <= pack->max_leaf_edges ? GP_OK : GP_ERR_INDEX;
}

/* Everything below one root entry. */
static gp_status_t verify_entry(const gp_pack_t *pack, uint32_t root, uint32_t depth, order_t *order)
{
    uint32_t nodes[GP_MAX_DEPTH], child[GP_MAX_DEPTH], level = 0, entry = root;
    for (;;) {
        const uint32_t tag = entry >> 30, value = entry & ENTRY_VALUE;
        gp_status_t status = GP_OK;
        if (tag == TAG_NODE) {
            if (value != order->next_node || value >= pack->node_count || level >= depth) {
                return GP_ERR_INDEX;
            }
            order->next_node++;
            nodes[level] = value;
            child[level++] = 0;
        } else if (tag == TAG_LEAF) {
            status = verify_leaf(pack, value, order);
        } else {
            status = tag == TAG_SET && value < pack->set_count ? GP_OK : GP_ERR_INDEX;
        }
        if (status != GP_OK) {
            return status;
        }
        while (level > 0 && child[level - 1u] == 16u) {
            level--;
        }
        if (level == 0) {
            return GP_OK;
        }
        entry = u32_at(pack->nodes, 16u * (uint64_t)nodes[level - 1u] + child[level - 1u]++);
    }
}

static gp_status_t verify_index(const gp_pack_t *pack)
{
    order_t order = {0, 0};
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        const gp_family_index_t *index = &pack->families[family];
        for (uint64_t i = 0; i < (uint64_t)index->cols * index->rows; i++) {
            const gp_status_t status = verify_entry(pack, u32_at(index->roots, i), index->depth, &order);
            if (status != GP_OK) {
                return status;
            }
        }
    }
    return order.next_node == pack->node_count && order.next_word == pack->leaf_words ? GP_OK : GP_ERR_INDEX;
}

/* Sets: the first is empty, ends ascend, owners ascend within a set. */
static gp_status_t verify_sets(const gp_pack_t *pack)
{
    uint32_t start = 0;
    for (uint32_t set = 0; set < pack->set_count; set++) {
        const uint32_t end = u32_at(pack->set_ends, set);
        if (end < start || end > pack->member_count || (set == 0 && end != 0)) {
            return GP_ERR_RECORD;
        }
        for (uint32_t i = start; i < end; i++) {
            const uint32_t owner = u32_at(pack->set_members, i);
            if (owner >= pack->zone_count + pack->coverage_count ||
                (i > start && owner <= u32_at(pack->set_members, i - 1u))) {
                return GP_ERR_RECORD;
            }
        }
        start = end;
    }
    return start == pack->member_count ? GP_OK : GP_ERR_RECORD;
}

/* A text begins and ends between characters: no byte of it or behind it goes on with one before. */
static bool is_text(const gp_pack_t *pack, uint32_t offset, uint32_t length)
{
    const uint64_t end = (uint64_t)offset + length;
    return end <= pack->text_bytes && (length == 0 || (pack->text[offset] & 0xC0u) != 0x80u) &&
           (end == pack->text_bytes || (pack->text[end] & 0xC0u) != 0x80u);
}

/* A zone's id: 1 to 800 bytes, no control character, behind the id of the zone before. */
static bool is_id(const gp_pack_t *pack, uint64_t zone)
{
    const uint8_t *record = pack->zones + 32u * zone, *id = pack->text + u32_at(record, 0);
    const uint32_t length = u32_at(record, 1);
    bool is_plain = length > 0 && length <= ID_BYTES;
    for (uint32_t i = 0; is_plain && i < length; i++) {
        is_plain = id[i] >= 0x20 && id[i] != 0x7F;
    }
    if (!is_plain || zone == 0) {
        return is_plain;
    }
    const uint8_t *before = pack->text + u32_at(record - 32, 0);
    const uint32_t before_length = u32_at(record - 32, 1), shorter = before_length < length ? before_length : length;
    const int order = compare_bytes(before, id, shorter);
    return order < 0 || (order == 0 && before_length < length);
}

static gp_status_t verify_records(const gp_pack_t *pack)
{
    uint64_t next_ring = 0;
    for (uint64_t i = 0; i < (uint64_t)pack->zone_count + pack->coverage_count; i++) {
        const uint8_t *zone = pack->zones + 32u * i;
        const uint32_t ring_count = u32_at(zone, 6);
        if (!is_text(pack, u32_at(zone, 0), u32_at(zone, 1)) || u32_at(zone, 5) != next_ring || ring_count == 0 ||
            (u32_at(zone, 2) != UINT32_MAX && !is_text(pack, u32_at(zone, 2), u32_at(zone, 3))) ||
            (i < pack->zone_count && u32_at(zone, 4) >= pack->term_count) || zone[28] >= GP_FAMILIES ||
            next_ring + ring_count > pack->ring_count || u32_at(pack->rings, 2u * next_ring + 1u) != RING_EXTERIOR) {
            return GP_ERR_RECORD;
        }
        if (i < pack->zone_count && !is_id(pack, i)) {
            return GP_ERR_RECORD;
        }
        next_ring += ring_count;
    }
    for (uint32_t i = 0; i < pack->ring_count; i++) {
        const uint64_t first = u32_at(pack->rings, 2u * (uint64_t)i);
        const bool is_last = i + 1u == pack->ring_count;
        const uint64_t end = is_last ? pack->vertex_count : u32_at(pack->rings, 2u * (uint64_t)i + 2u);
        if (first + 2u > end || end > pack->vertex_count || (i == 0 && first != 0) ||
            u32_at(pack->rings, 2u * (uint64_t)i + 1u) >= RING_KINDS) {
            return GP_ERR_RECORD;
        }
    }
    for (uint32_t i = 0; i < pack->term_count; i++) {
        if (!is_text(pack, u32_at(pack->terms, 2u * (uint64_t)i), u32_at(pack->terms, 2u * (uint64_t)i + 1u))) {
            return GP_ERR_RECORD;
        }
    }
    return next_ring == pack->ring_count ? GP_OK : GP_ERR_RECORD;
}

gp_status_t gp_verify(const gp_pack_t *pack)
{
    GP_ASSERT(pack != NULL && pack->bytes != NULL);
    /* Differences of latitudes stay within 2 * GP_POLE, of longitudes within 2^32: see edge_parity in gp_cells.h. */
    uint32_t outside = 0;
    for (uint64_t i = 0; i < pack->vertex_count; i++) {
        outside |= (u32_at(pack->vertices, 2u * i + 1u) + (uint32_t)GP_POLE) > 2u * (uint32_t)GP_POLE;
    }
    if (outside != 0) {
        return GP_ERR_RECORD;
    }
    gp_status_t status = verify_sets(pack);
    if (status == GP_OK) {
        status = verify_records(pack);
    }
    return status == GP_OK ? verify_index(pack) : status;
}

const char *gp_zone_id(const gp_pack_t *pack, uint32_t owner, uint32_t *length)
{
    GP_ASSERT(pack != NULL && length != NULL);
    *length = 0;
    if (owner >= pack->zone_count) {
        return NULL;
    }
    const uint8_t *zone = pack->zones + 32u * (uint64_t)owner;
    const uint64_t offset = u32_at(zone, 0), bytes = u32_at(zone, 1);
    if (offset + bytes > pack->text_bytes) {
        return NULL; /* only where gp_verify was not asked */
    }
    *length = (uint32_t)bytes;
    return (const char *)pack->text + offset;
}
