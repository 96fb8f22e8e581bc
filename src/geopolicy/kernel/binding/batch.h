/* batch: the answers for many fixes as numbers, each distinct answer once; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_BATCH_H
#define GEOPOLICY_BATCH_H

#include "answer.h"
#include "clearing.h"
#include "rows.h"

/* The bits of an outcome's head: those of answer_t.unknown, and one more. */
#define BATCH_POSSIBLE 16u

/* How the rule sets of a pack stand at a moment: of each the number of its effect, that of what it demands, which many
 * effects may share, and whether any rule is in force. */
typedef struct {
    const uint32_t *effects;
    const uint32_t *demands;
    const uint8_t *is_in_force;
} standing_t;

/* An answer whose id was met. */
typedef struct {
    gp_answer_id_t id;
    uint32_t number;
} met_id_t;

/* All zeros at first, but the seeds of the rows. */
typedef struct {
    rows_t answers;  /* words: the zones that apply, ascending, each before its effect; head: its outcome */
    rows_t outcomes; /* words: the demands of an answer, ascending, each once; head: BATCH_POSSIBLE, why unknown */
    met_id_t *met_ids; /* of the run at hand */
    size_t met_id_count, met_id_capacity;
    hash_table_t table; /* of them */
    clearing_t clearing;
    uint32_t code_of_clearing;
    answer_t answer;
} batch_t;

typedef enum {
    BATCH_DONE,
    BATCH_MEMORY,
    BATCH_DAMAGED, /* no pack that was verified */
    BATCH_FOREIGN  /* a code of no answer of the batch */
} batch_status_t;

/* Numbers the answers for count fixes, beside those that are numbered already; what is no position or no accuracy gets
 * an answer that says so. accuracy_m may be NULL: exact positions. */
batch_status_t batch_run(batch_t *batch, const gp_pack_t *pack, const standing_t *standing, const double *lat,
                         const double *lon, const double *accuracy_m, size_t count, uint32_t *codes);

/* Numbers the answers of another batch, and brings the codes that stand for them up to date, as far as they do. */
batch_status_t batch_join(batch_t *batch, const batch_t *other, uint32_t *codes, size_t count);

void batch_free(batch_t *batch);

#endif
