/* Implements batch.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <string.h>

#include "builder/sort_unique.h"
#include "lookup/gp_layout.h"

#define BLOCK 256u /* fixes at a time */
#define FETCHED 32u /* discs whose waits for memory overlap: what they read stays in the nearest cache meanwhile */

/* Up to BLOCK fixes: copies, which another thread that writes into the caller's arrays meanwhile cannot reach. */
typedef struct {
    double lat[BLOCK], lon[BLOCK], accuracy_m[BLOCK];
    size_t count;
    bool are_positions, has_accuracies; /* all valid; not all exact */
} block_t;

/* What a run reads. */
typedef struct {
    const gp_pack_t *pack;
    const standing_t *standing;
} source_t;

void batch_free(batch_t *batch)
{
    rows_free(&batch->answers);
    rows_free(&batch->outcomes);
    free(batch->met_ids);
    free(batch->table.slots);
    answer_free(&batch->answer);
    memset(batch, 0, sizeof *batch);
}

static uint64_t hash_of_id(const batch_t *batch, gp_answer_id_t id)
{
    return mixed(batch->answers.seed, id);
}

static uint64_t hash_of_met_id(const void *batch, uint32_t entry)
{
    return hash_of_id(batch, ((const batch_t *)batch)->met_ids[entry].id);
}

static bool has_id(const void *batch, uint32_t entry, const void *id)
{
    return ((const batch_t *)batch)->met_ids[entry].id == *(const gp_answer_id_t *)id;
}

static bool reserve_id(batch_t *batch)
{
    if (batch->met_id_count == batch->met_id_capacity) {
        const size_t capacity = 2u * batch->met_id_capacity + 64u;
        met_id_t *met_ids = realloc(batch->met_ids, capacity * sizeof *met_ids);
        if (met_ids == NULL) {
            return false;
        }
        batch->met_ids = met_ids;
        batch->met_id_capacity = capacity;
    }
    return hash_table_reserve(&batch->table, batch->met_id_count, hash_of_met_id, batch);
}

static void forget_run(batch_t *batch)
{
    free(batch->table.slots);
    batch->table = (hash_table_t){0};
    batch->met_id_count = 0;
    batch->clearing = (clearing_t){0};
}

static uint32_t rule_set_of(const gp_pack_t *pack, uint32_t zone)
{
    return u32_at(pack->zones, 8u * (uint64_t)zone + 4u);
}

/* Whether the border of a zone with a rule in force is met. */
static bool is_possible(const answer_t *answer, const source_t *source)
{
    for (uint32_t i = 0; i < answer->met_count; i++) {
        if (source->standing->is_in_force[rule_set_of(source->pack, answer->met[i])] != 0) {
            return true;
        }
    }
    return false;
}

/* Numbers the answer at hand. Zones that are met apply, too: their rule sets are checked with those. */
static batch_status_t number_answer(batch_t *batch, const source_t *source, uint32_t *code)
{
    const answer_t *answer = &batch->answer;
    const uint32_t count = answer->applies_count;
    uint32_t *words = rows_room(&batch->answers, 2u * (size_t)count);
    uint32_t *demands = rows_room(&batch->outcomes, count), outcome;
    if (words == NULL || demands == NULL) {
        return BATCH_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t rule_set = rule_set_of(source->pack, answer->applies[i]);
        if (rule_set >= source->pack->term_count) {
            return BATCH_DAMAGED;
        }
        words[2u * i] = answer->applies[i];
        words[2u * i + 1u] = source->standing->effects[rule_set];
        demands[i] = source->standing->demands[rule_set];
    }
    const bool is_near = answer->unknown == 0 && is_possible(answer, source);
    const uint32_t head = answer->unknown | (is_near ? BATCH_POSSIBLE : 0u);
    const uint32_t demand_count = (uint32_t)sort_unique(demands, count);
    const bool is_numbered = rows_number(&batch->outcomes, head, demand_count, &outcome) &&
                             rows_number(&batch->answers, outcome, 2u * count, code);
    return is_numbered ? BATCH_DONE : BATCH_MEMORY;
}

/* Numbers the answer that has an id, for an exact position that has it. */
static batch_status_t number_id(batch_t *batch, const source_t *source, gp_answer_id_t id, double lat, double lon,
                                uint32_t *code)
{
    if (!reserve_id(batch)) {
        return BATCH_MEMORY;
    }
    uint32_t *slot = hash_table_find(&batch->table, hash_of_id(batch, id), has_id, batch, &id);
    if (*slot == 0) {
        if (!answer_fully(source->pack, lat, lon, 0.0, &batch->answer)) {
            return BATCH_MEMORY;
        }
        const batch_status_t status = number_answer(batch, source, code);
        if (status != BATCH_DONE) {
            return status;
        }
        batch->met_ids[batch->met_id_count++] = (met_id_t){id, *code};
        *slot = (uint32_t)batch->met_id_count;
    }
    *code = batch->met_ids[*slot - 1u].number;
    return BATCH_DONE;
}

/* Numbers the answer for a valid position and accuracy. */
static batch_status_t number_place(batch_t *batch, const source_t *source, double lat, double lon, double accuracy_m,
                                   uint32_t *code)
{
    gp_answer_id_t id;
    switch (answer_position(source->pack, lat, lon, accuracy_m, &id, &batch->answer)) {
    case ANSWER_BY_ID:
        batch->clearing.is_passed = false;
        return number_id(batch, source, id, lat, lon, code);
    case ANSWER_IN_FULL:
        batch->clearing.is_passed = accuracy_m > 0.0;
        return number_answer(batch, source, code);
    default:
        return BATCH_MEMORY;
    }
}

/* The same for a disc: where no border meets it, its answer is that of the exact position. */
static batch_status_t number_disc(batch_t *batch, const source_t *source, double lat, double lon, double accuracy_m,
                                  uint32_t *code)
{
    if (clearing_holds(&batch->clearing, lat, lon, accuracy_m)) {
        *code = batch->code_of_clearing;
        return BATCH_DONE;
    }
    if (!clearing_find(&batch->clearing, source->pack, lat, lon, accuracy_m)) {
        return number_place(batch, source, lat, lon, accuracy_m, code);
    }
    const batch_status_t status = number_place(batch, source, lat, lon, 0.0, code);
    batch->code_of_clearing = *code;
    return status;
}

/* A fix that is no exact valid position. */
static batch_status_t number_other(batch_t *batch, const source_t *source, double lat, double lon, double accuracy_m,
                                   uint32_t *code)
{
    const bool is_length = accuracy_m >= 0.0 && accuracy_m <= GP_LIMIT_M;
    if (!gp_is_position(lat, lon)) {
        batch->answer.applies_count = batch->answer.met_count = 0;
        batch->answer.unknown = UNKNOWN_POSITION | (is_length ? 0u : UNKNOWN_ACCURACY);
        return number_answer(batch, source, code);
    }
    if (!is_length) { /* answered as exact, for what covers it */
        const bool is_answered = answer_fully(source->pack, lat, lon, 0.0, &batch->answer);
        batch->answer.unknown |= UNKNOWN_ACCURACY;
        return is_answered ? number_answer(batch, source, code) : BATCH_MEMORY;
    }
    return accuracy_m == 0.0 ? number_place(batch, source, lat, lon, 0.0, code)
                             : number_disc(batch, source, lat, lon, accuracy_m, code);
}

/* The ids where all positions are valid and WGS 84 is the only family: the hot path. What the kernel gives for the
 * family is the id of the answer. */
static void ids_of_wgs84(const gp_pack_t *pack, const block_t *block, gp_answer_id_t *ids)
{
    gp_point_t points[BLOCK];
    for (size_t i = 0; i < block->count; i++) { /* as gp_to_grid does, two at a time */
        points[i].x = (int32_t)grid_units(block->lon[i]);
        points[i].y = (int32_t)grid_units(block->lat[i]);
    }
    gp_locate_many(pack, GP_WGS84, points, (uint32_t)block->count, ids);
}

/* The ids of exact positions; GP_ANSWER_UNNAMED where there is none, or no valid position. */
static void ids_of_block(const gp_pack_t *pack, const block_t *block, gp_answer_id_t *ids)
{
    gp_point_t points[BLOCK];
    gp_answer_id_t family_ids[BLOCK];
    uint16_t which[BLOCK];
    if (pack->families[GP_WGS84].cols > 0 && pack->families[GP_GCJ02].cols == 0 && pack->families[GP_BD09].cols == 0 &&
        block->are_positions) {
        ids_of_wgs84(pack, block, ids);
        return;
    }
    for (size_t i = 0; i < block->count; i++) {
        ids[i] = gp_is_position(block->lat[i], block->lon[i]) ? 0 : GP_ANSWER_UNNAMED;
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        uint32_t placed = 0;
        if (pack->families[family].cols == 0) {
            continue;
        }
        for (size_t i = 0; i < block->count; i++) {
            which[placed] = (uint16_t)i;
            placed += ids[i] != GP_ANSWER_UNNAMED && gp_to_grid(pack, family, block->lat[i], block->lon[i], &points[placed]);
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

/* Fetches what up to FETCHED discs will read, where WGS 84 has zones. */
static void fetch(const gp_pack_t *pack, const double *lat, const double *lon, size_t count)
{
    gp_point_t points[FETCHED];
    uint32_t placed = 0;
    for (size_t i = 0; i < count; i++) {
        placed += gp_is_position(lat[i], lon[i]) && gp_to_grid(pack, GP_WGS84, lat[i], lon[i], &points[placed]);
    }
    gp_fetch(pack, GP_WGS84, points, placed);
}

static bool is_any_exact(const block_t *block)
{
    bool is_exact = !block->has_accuracies;
    for (size_t i = 0; i < block->count && !is_exact; i++) {
        is_exact = block->accuracy_m[i] == 0.0;
    }
    return is_exact;
}

/* Numbers the answers for a block. */
static batch_status_t run_block(batch_t *batch, const source_t *source, const block_t *block, uint32_t *codes)
{
    gp_answer_id_t ids[BLOCK], last_id = GP_ANSWER_UNNAMED;
    uint32_t last_code = 0;
    if (is_any_exact(block)) {
        ids_of_block(source->pack, block, ids);
    }
    for (size_t i = 0; i < block->count; i++) {
        const double *lat = &block->lat[i], *lon = &block->lon[i];
        const double accuracy_m = block->has_accuracies ? block->accuracy_m[i] : 0.0;
        batch_status_t status = BATCH_DONE;
        if (i % FETCHED == 0 && accuracy_m != 0.0 && batch->clearing.radius_m == 0.0) {
            fetch(source->pack, lat, lon, block->count - i < FETCHED ? block->count - i : FETCHED);
        }
        if (accuracy_m != 0.0 || ids[i] == GP_ANSWER_UNNAMED) {
            status = number_other(batch, source, *lat, *lon, accuracy_m, &codes[i]);
        } else {
            if (ids[i] != last_id) {
                last_id = ids[i];
                status = number_id(batch, source, last_id, *lat, *lon, &last_code);
            }
            codes[i] = last_code;
        }
        if (status != BATCH_DONE) {
            return status;
        }
    }
    return BATCH_DONE;
}

/* Copies count values; whether all are from -limit to limit, which no NaN is. The bits of doubles from 0 on are in
 * their order, and what is beyond leaves the highest bit set: integers, which compilers put side by side. */
static bool copy_within(double *to, const double *from, size_t count, double limit)
{
    uint64_t most, beyond = 0;
    memcpy(&most, &limit, sizeof most);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        memcpy(&to[i], &bits, sizeof bits);
        beyond |= most - (bits & INT64_MAX);
    }
    return beyond >> 63 == 0;
}

batch_status_t batch_run(batch_t *batch, const gp_pack_t *pack, const standing_t *standing, const double *lat,
                         const double *lon, const double *accuracy_m, size_t count, uint32_t *codes)
{
    block_t block;
    const source_t source = {pack, standing};
    batch_status_t status = BATCH_DONE;
    forget_run(batch); /* another standing gives other answers */
    for (size_t start = 0; start < count && status == BATCH_DONE; start += BLOCK) {
        block.count = count - start < BLOCK ? count - start : BLOCK;
        block.are_positions = copy_within(block.lat, lat + start, block.count, 90.0);
        block.are_positions &= copy_within(block.lon, lon + start, block.count, 180.0);
        block.has_accuracies = accuracy_m != NULL;
        if (block.has_accuracies) {
            memcpy(block.accuracy_m, accuracy_m + start, 8u * block.count);
        }
        status = run_block(batch, &source, &block, codes + start);
    }
    return status;
}

/* Numbers the rows of others, with their heads by number if new_heads is not NULL; their new numbers. */
static bool join_rows(rows_t *rows, const rows_t *others, const uint32_t *new_heads, uint32_t *numbers)
{
    for (size_t i = 0; i < others->row_count; i++) {
        const row_t *row = &others->rows[i];
        uint32_t *words = rows_room(rows, row->count);
        if (words == NULL) {
            return false;
        }
        memcpy(words, others->words + row->first, 4u * (size_t)row->count);
        if (!rows_number(rows, new_heads == NULL ? row->head : new_heads[row->head], row->count, &numbers[i])) {
            return false;
        }
    }
    return true;
}

batch_status_t batch_join(batch_t *batch, const batch_t *other, uint32_t *codes, size_t count)
{
    const size_t answers = other->answers.row_count, outcomes = other->outcomes.row_count;
    uint32_t *numbers = malloc(4u * (answers + outcomes + 1u));
    const bool is_joined = numbers != NULL && join_rows(&batch->outcomes, &other->outcomes, NULL, numbers + answers) &&
                           join_rows(&batch->answers, &other->answers, numbers + answers, numbers);
    batch_status_t status = is_joined ? BATCH_DONE : BATCH_MEMORY;
    for (size_t i = 0; status == BATCH_DONE && i < count; i++) {
        const uint32_t code = codes[i]; /* read once: another thread may write it meanwhile */
        if (code < answers) {
            codes[i] = numbers[code];
        } else {
            status = BATCH_FOREIGN;
        }
    }
    free(numbers);
    return status;
}
