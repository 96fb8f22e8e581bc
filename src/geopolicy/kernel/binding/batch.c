/* Implements batch.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "lookup/gp_layout.h"

#define BLOCK 256u /* fixes at a time */

void batch_free(batch_t *batch)
{
    free(batch->entries);
    free(batch->table.slots);
    free(batch->words);
    answer_free(&batch->answer);
    memset(batch, 0, sizeof *batch);
}

static uint64_t mixed(gp_answer_id_t id)
{
    id *= UINT64_C(0x9E3779B97F4A7C15);
    return id ^ (id >> 32);
}

static uint64_t hash_of(const batch_t *batch, const batch_entry_t *entry)
{
    uint64_t hash = entry->id;
    if (hash == GP_ANSWER_UNNAMED) {
        const uint32_t *words = batch->words + entry->first_word;
        for (size_t i = 0; i < 3u + (size_t)words[1] + words[2]; i++) {
            hash = mixed(hash ^ words[i]);
        }
    }
    return mixed(hash);
}

static uint64_t hash_of_entry(const void *batch, uint32_t entry)
{
    return hash_of(batch, &((const batch_t *)batch)->entries[entry]);
}

static bool is_same(const void *owner, uint32_t entry, const void *wanted)
{
    const batch_t *batch = owner;
    const batch_entry_t *a = &batch->entries[entry], *b = wanted;
    if (a->id != GP_ANSWER_UNNAMED || b->id != GP_ANSWER_UNNAMED) {
        return a->id == b->id;
    }
    const uint32_t *left = batch->words + a->first_word, *right = batch->words + b->first_word;
    return memcmp(left, right, 12) == 0 && memcmp(left, right, 4u * (3u + (size_t)left[1] + left[2])) == 0;
}

/* The number of an answer, a new one if it was not seen before. */
static bool number_entry(batch_t *batch, batch_entry_t entry, uint32_t *code)
{
    if (!hash_table_reserve(&batch->table, batch->entry_count, hash_of_entry, batch)) {
        return false;
    }
    uint32_t *slot = hash_table_find(&batch->table, hash_of(batch, &entry), is_same, batch, &entry);
    if (*slot != 0) {
        *code = *slot - 1u;
        return true;
    }
    if (batch->entry_count == batch->entry_capacity) {
        const size_t capacity = 2u * batch->entry_capacity + 64u;
        batch_entry_t *entries = realloc(batch->entries, capacity * sizeof *entries);
        if (entries == NULL) {
            return false;
        }
        batch->entries = entries;
        batch->entry_capacity = capacity;
    }
    *code = (uint32_t)batch->entry_count;
    batch->entries[batch->entry_count++] = entry;
    *slot = *code + 1u;
    return true;
}

/* Numbers the answer at hand, in full. */
static bool number_in_full(batch_t *batch, uint32_t *code)
{
    const answer_t *answer = &batch->answer;
    const size_t start = batch->word_count, wanted = 3u + (size_t)answer->applies_count + answer->met_count;
    if (start + wanted > batch->word_capacity) {
        const size_t capacity = 2u * (start + wanted) + 64u;
        uint32_t *words = realloc(batch->words, 4u * capacity);
        if (words == NULL) {
            return false;
        }
        batch->words = words;
        batch->word_capacity = capacity;
    }
    uint32_t *words = batch->words + start;
    words[0] = answer->unknown;
    words[1] = answer->applies_count;
    words[2] = answer->met_count;
    for (uint32_t i = 0; i < answer->applies_count; i++) {
        words[3u + i] = answer->applies[i];
    }
    for (uint32_t i = 0; i < answer->met_count; i++) {
        words[3u + answer->applies_count + i] = answer->met[i];
    }
    const size_t before = batch->entry_count;
    if (!number_entry(batch, (batch_entry_t){GP_ANSWER_UNNAMED, 0.0, 0.0, start}, code)) {
        return false;
    }
    batch->word_count = batch->entry_count > before ? start + wanted : start;
    return true;
}

/* A fix that is no exact valid position. */
static bool number_other(batch_t *batch, const gp_pack_t *pack, double lat, double lon, double accuracy_m,
                         uint32_t *code)
{
    const bool is_length = accuracy_m >= 0.0 && accuracy_m <= GP_LIMIT_M;
    if (!gp_is_position(lat, lon)) {
        batch->answer.applies_count = batch->answer.met_count = 0;
        batch->answer.unknown = UNKNOWN_POSITION | (is_length ? 0u : UNKNOWN_ACCURACY);
        return number_in_full(batch, code);
    }
    if (!is_length) { /* answered as exact, for what covers it */
        const bool is_answered = answer_fully(pack, lat, lon, 0.0, &batch->answer);
        batch->answer.unknown |= UNKNOWN_ACCURACY;
        return is_answered && number_in_full(batch, code);
    }
    gp_answer_id_t id;
    const answer_kind_t kind = answer_position(pack, lat, lon, accuracy_m, &id, &batch->answer);
    if (kind == ANSWER_BY_ID) {
        return number_entry(batch, (batch_entry_t){id, lat, lon, 0}, code);
    }
    return kind == ANSWER_IN_FULL && number_in_full(batch, code);
}

/* The ids where all positions are valid and WGS 84 is the only family: the hot path. What the kernel gives for the
 * family is the id of the answer. */
static void ids_of_wgs84(const gp_pack_t *pack, const double *lat, const double *lon, size_t count, gp_answer_id_t *ids)
{
    gp_point_t points[BLOCK];
    for (size_t i = 0; i < count; i++) { /* as gp_to_grid does, two at a time */
        points[i].x = (int32_t)grid_units(lon[i]);
        points[i].y = (int32_t)grid_units(lat[i]);
    }
    gp_locate_many(pack, GP_WGS84, points, (uint32_t)count, ids);
}

static bool are_positions(const double *lat, const double *lon, size_t count)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        wrong |= (unsigned)!(lat[i] >= -90.0) | (unsigned)!(lat[i] <= 90.0) | (unsigned)!(lon[i] >= -180.0) |
                 (unsigned)!(lon[i] <= 180.0);
    }
    return wrong == 0;
}

/* The ids of up to BLOCK exact positions; GP_ANSWER_UNNAMED where there is none, or no valid position. */
static void ids_of_block(const gp_pack_t *pack, const double *lat, const double *lon, size_t count, gp_answer_id_t *ids)
{
    gp_point_t points[BLOCK];
    gp_answer_id_t family_ids[BLOCK];
    uint16_t which[BLOCK];
    if (pack->families[GP_WGS84].cols > 0 && pack->families[GP_GCJ02].cols == 0 && pack->families[GP_BD09].cols == 0 &&
        are_positions(lat, lon, count)) {
        ids_of_wgs84(pack, lat, lon, count, ids);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = gp_is_position(lat[i], lon[i]) ? 0 : GP_ANSWER_UNNAMED;
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        uint32_t placed = 0;
        if (pack->families[family].cols == 0) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            which[placed] = (uint16_t)i;
            placed += ids[i] != GP_ANSWER_UNNAMED && gp_to_grid(pack, family, lat[i], lon[i], &points[placed]);
        }
        gp_locate_many(pack, family, points, placed, family_ids);
        for (uint32_t i = 0; i < placed; i++) {
            if (family_ids[i] != 0) {
                const bool is_one = ids[which[i]] == 0 && family_ids[i] != GP_ANSWER_UNNAMED;
                ids[which[i]] = is_one ? family_ids[i] | (uint64_t)family << 48 : GP_ANSWER_UNNAMED;
            }
        }
    }
}

/* Numbers the answers for up to BLOCK fixes. */
static bool run_block(batch_t *batch, const gp_pack_t *pack, const double *lat, const double *lon,
                      const double *accuracy_m, size_t count, uint32_t *codes)
{
    gp_answer_id_t ids[BLOCK], last_id = GP_ANSWER_UNNAMED;
    uint32_t last_code = 0;
    ids_of_block(pack, lat, lon, count, ids);
    for (size_t i = 0; i < count; i++) {
        const double accuracy = accuracy_m == NULL ? 0.0 : accuracy_m[i];
        if (accuracy != 0.0 || ids[i] == GP_ANSWER_UNNAMED) {
            if (!number_other(batch, pack, lat[i], lon[i], accuracy, &codes[i])) {
                return false;
            }
            continue;
        }
        if (ids[i] != last_id) {
            last_id = ids[i];
            if (!number_entry(batch, (batch_entry_t){last_id, lat[i], lon[i], 0}, &last_code)) {
                return false;
            }
        }
        codes[i] = last_code;
    }
    return true;
}

bool batch_run(batch_t *batch, const gp_pack_t *pack, const double *lat, const double *lon, const double *accuracy_m,
               size_t count, uint32_t *codes)
{
    double copies[3][BLOCK]; /* what another thread writes into the caller's arrays meanwhile cannot reach these */
    for (size_t start = 0; start < count; start += BLOCK) {
        const size_t block = count - start < BLOCK ? count - start : BLOCK;
        memcpy(copies[0], lat + start, 8u * block);
        memcpy(copies[1], lon + start, 8u * block);
        if (accuracy_m != NULL) {
            memcpy(copies[2], accuracy_m + start, 8u * block);
        }
        const double *accuracies_m = accuracy_m == NULL ? NULL : copies[2];
        if (!run_block(batch, pack, copies[0], copies[1], accuracies_m, block, codes + start)) {
            return false;
        }
    }
    return true;
}
