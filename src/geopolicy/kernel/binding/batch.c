/* Implements batch.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 256u /* fixes at a time */
#define TO_INTEGER 6755399441055744.0 /* 1.5 * 2^52: adding it leaves no bit for a fraction */

void batch_free(batch_t *batch)
{
    free(batch->answers);
    free(batch->slots);
    free(batch->words);
    judgement_free(&batch->judgement);
    memset(batch, 0, sizeof *batch);
}

static uint64_t mixed(uint64_t key)
{
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return key ^ (key >> 32);
}

static uint64_t hash_of(const batch_t *batch, const answer_t *answer)
{
    uint64_t hash = answer->key;
    if (hash == KEY_NONE) {
        const uint32_t *words = batch->words + answer->outcome;
        for (size_t i = 0; i < 3u + (size_t)words[1] + words[2]; i++) {
            hash = mixed(hash ^ words[i]);
        }
    }
    return mixed(hash);
}

static bool is_same(const batch_t *batch, const answer_t *a, const answer_t *b)
{
    const uint32_t *left = batch->words + a->outcome, *right = batch->words + b->outcome;
    if (a->key != KEY_NONE || b->key != KEY_NONE) {
        return a->key == b->key;
    }
    return memcmp(left, right, 12) == 0 && memcmp(left, right, 4u * (3u + (size_t)left[1] + left[2])) == 0;
}

static bool spread(batch_t *batch)
{
    const size_t slot_count = batch->slot_count == 0 ? 64 : 4u * batch->slot_count;
    uint32_t *slots = calloc(slot_count, 4);
    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < batch->answer_count; i++) {
        size_t slot = hash_of(batch, &batch->answers[i]) & (slot_count - 1u);
        while (slots[slot] != 0) {
            slot = (slot + 1u) & (slot_count - 1u);
        }
        slots[slot] = (uint32_t)i + 1u;
    }
    free(batch->slots);
    batch->slots = slots;
    batch->slot_count = slot_count;
    return true;
}

/* The number of an answer, a new one if it was not seen before. */
static bool number(batch_t *batch, answer_t answer, uint32_t *code)
{
    if (2u * batch->answer_count >= batch->slot_count && !spread(batch)) {
        return false;
    }
    size_t slot = hash_of(batch, &answer) & (batch->slot_count - 1u);
    while (batch->slots[slot] != 0) {
        *code = batch->slots[slot] - 1u;
        if (is_same(batch, &batch->answers[*code], &answer)) {
            return true;
        }
        slot = (slot + 1u) & (batch->slot_count - 1u);
    }
    if (batch->answer_count == batch->answer_capacity) {
        const size_t capacity = 2u * batch->answer_capacity + 64u;
        answer_t *answers = realloc(batch->answers, capacity * sizeof *answers);
        if (answers == NULL) {
            return false;
        }
        batch->answers = answers;
        batch->answer_capacity = capacity;
    }
    *code = (uint32_t)batch->answer_count;
    batch->answers[batch->answer_count++] = answer;
    batch->slots[slot] = *code + 1u;
    return true;
}

/* Numbers the judgement at hand, spelt out. */
static bool number_judgement(batch_t *batch, uint32_t *code)
{
    const judgement_t *judgement = &batch->judgement;
    const size_t start = batch->word_count, wanted = 3u + (size_t)judgement->applies_count + judgement->met_count;
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
    words[0] = judgement->unknown;
    words[1] = judgement->applies_count;
    words[2] = judgement->met_count;
    memcpy(words + 3, judgement->applies, 4u * (size_t)judgement->applies_count);
    memcpy(words + 3 + judgement->applies_count, judgement->met, 4u * (size_t)judgement->met_count);
    const size_t before = batch->answer_count;
    if (!number(batch, (answer_t){KEY_NONE, 0.0, 0.0, start}, code)) {
        return false;
    }
    batch->word_count = batch->answer_count > before ? start + wanted : start;
    return true;
}

/* A fix that is no exact valid position. */
static bool number_other(batch_t *batch, const gp_pack_t *pack, double lat, double lon, double accuracy_m,
                         uint32_t *code)
{
    const bool is_length = accuracy_m >= 0.0 && accuracy_m <= GP_LIMIT_M;
    if (!gp_is_position(lat, lon)) {
        batch->judgement.applies_count = batch->judgement.met_count = 0;
        batch->judgement.unknown = UNKNOWN_POSITION | (is_length ? 0u : UNKNOWN_ACCURACY);
        return number_judgement(batch, code);
    }
    if (!is_length) { /* judged as exact, for what covers it */
        const bool is_judged = judge_fully(pack, lat, lon, 0.0, &batch->judgement);
        batch->judgement.unknown |= UNKNOWN_ACCURACY;
        return is_judged && number_judgement(batch, code);
    }
    uint64_t key;
    const judged_t judged = judge(pack, lat, lon, accuracy_m, &key, &batch->judgement);
    if (judged == JUDGED_BY_KEY) {
        return number(batch, (answer_t){key, lat, lon, 0}, code);
    }
    return judged == JUDGED_IN_FULL && number_judgement(batch, code);
}

/* The keys where all positions are valid and WGS 84 is the only family: the hot path. A spot is a key as it stands. */
static void keys_of_wgs84(const gp_pack_t *pack, const double *lat, const double *lon, size_t count, uint64_t *keys)
{
    gp_point_t points[BLOCK];
    for (size_t i = 0; i < count; i++) { /* as gp_place does, two at a time */
        points[i].x = (int32_t)((lon[i] * 1e7 + TO_INTEGER) - TO_INTEGER);
        points[i].y = (int32_t)((lat[i] * 1e7 + TO_INTEGER) - TO_INTEGER);
    }
    gp_locate_many(pack, GP_WGS84, points, (uint32_t)count, keys);
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

/* The keys of up to BLOCK exact positions; KEY_NONE where there is none, or no valid position. */
static void keys_of_block(const gp_pack_t *pack, const double *lat, const double *lon, size_t count, uint64_t *keys)
{
    gp_point_t points[BLOCK];
    gp_spot_t spots[BLOCK];
    uint16_t which[BLOCK];
    if (pack->layers[GP_WGS84].cols > 0 && pack->layers[GP_GCJ02].cols == 0 && pack->layers[GP_BD09].cols == 0 &&
        are_positions(lat, lon, count)) {
        keys_of_wgs84(pack, lat, lon, count, keys);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = gp_is_position(lat[i], lon[i]) ? 0 : KEY_NONE;
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        uint32_t placed = 0;
        if (pack->layers[family].cols == 0) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            which[placed] = (uint16_t)i;
            placed += keys[i] != KEY_NONE && gp_place(pack, family, lat[i], lon[i], &points[placed]);
        }
        gp_locate_many(pack, family, points, placed, spots);
        for (uint32_t i = 0; i < placed; i++) {
            if (spots[i] != 0) {
                const bool is_one = keys[which[i]] == 0 && spots[i] != GP_SPOT_MANY;
                keys[which[i]] = is_one ? spots[i] | (uint64_t)family << 48 : KEY_NONE;
            }
        }
    }
}

/* Numbers the answers for up to BLOCK fixes. */
static bool run_block(batch_t *batch, const gp_pack_t *pack, const double *lat, const double *lon,
                      const double *accuracy_m, size_t count, uint32_t *codes)
{
    uint64_t keys[BLOCK], last_key = KEY_NONE;
    uint32_t last_code = 0;
    keys_of_block(pack, lat, lon, count, keys);
    for (size_t i = 0; i < count; i++) {
        const double accuracy = accuracy_m == NULL ? 0.0 : accuracy_m[i];
        if (accuracy != 0.0 || keys[i] == KEY_NONE) {
            if (!number_other(batch, pack, lat[i], lon[i], accuracy, &codes[i])) {
                return false;
            }
            continue;
        }
        if (keys[i] != last_key) {
            last_key = keys[i];
            if (!number(batch, (answer_t){last_key, lat[i], lon[i], 0}, &last_code)) {
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
    double own[3][BLOCK]; /* what another thread writes into the caller's arrays meanwhile cannot reach these */
    for (size_t start = 0; start < count; start += BLOCK) {
        const size_t block = count - start < BLOCK ? count - start : BLOCK;
        memcpy(own[0], lat + start, 8u * block);
        memcpy(own[1], lon + start, 8u * block);
        if (accuracy_m != NULL) {
            memcpy(own[2], accuracy_m + start, 8u * block);
        }
        if (!run_block(batch, pack, own[0], own[1], accuracy_m == NULL ? NULL : own[2], block, codes + start)) {
            return false;
        }
    }
    return true;
}
