/* fuzz_pack: packs that libFuzzer makes, opened, verified and asked everything.
 * SPDX-License-Identifier: Apache-2.0
 *
 * clang -g -O1 -fsanitize=fuzzer,address,undefined,float-cast-overflow -fno-sanitize-recover=all
 *
 * An input is a pack of the length that its header states, then pairs of int32 (y, x) in grid units: positions
 * to ask for. The checksum is not the kernel's business, so none is mended. */
#include "exercise.h"

#define WORD_BYTES 4u

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static size_t pack_bytes(const uint8_t *data, size_t size)
{
    uint64_t stated = size;
    if (size >= 24u) {
        memcpy(&stated, data + 16, 8);
    }
    return stated < size ? (size_t)stated : size;
}

/* One word, to something that numbers in a pack are likely to be, or near to what it was. */
static void change_word(uint8_t *data, size_t size, uint32_t *state)
{
    static const uint32_t bounds[] = {0, 1, 2, 15, 16, 17, 31, 32, 64, 255, 2047, 0x7FFFFFFF, 0x80000000,
                                      0xFFFFFFFF, 0x40000000, 0x80000001, 0xBFFFFFFF, 0x3FFFFFFF,
                                      900000000, 1800000000, 850000000};
    const size_t at = next_random(state) % (uint32_t)(size / WORD_BYTES) * WORD_BYTES;
    uint32_t word;
    memcpy(&word, data + at, WORD_BYTES);
    switch (next_random(state) % 5u) {
    case 0: word = bounds[next_random(state) % (sizeof bounds / sizeof bounds[0])]; break;
    case 1: word += next_random(state) % 9u - 4u; break;
    case 2: word ^= 1u << next_random(state) % 32u; break;
    case 3: /* another word of the same pack */
        memcpy(&word, data + next_random(state) % (uint32_t)(size / WORD_BYTES) * WORD_BYTES, WORD_BYTES);
        break;
    default: word = next_random(state) << 16 ^ next_random(state); break;
    }
    memcpy(data + at, &word, WORD_BYTES);
}

/* Keeps the structure most of the time: verification refuses nearly everything else. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    uint32_t state = seed;
    const size_t pack = pack_bytes(data, size);
    if (next_random(&state) % 8u == 0 || pack < GP_HEADER_BYTES) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    if (next_random(&state) % 8u == 0 && pack < max_size) { /* the positions behind the pack */
        return pack + LLVMFuzzerMutate(data + pack, size - pack, max_size - pack);
    }
    for (uint32_t changes = 1u + next_random(&state) % 4u; changes > 0; changes--) {
        if (next_random(&state) % 3u == 0) {
            data[next_random(&state) % (uint32_t)pack] = (uint8_t)next_random(&state);
        } else {
            change_word(data, pack, &state);
        }
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t length = pack_bytes(data, size);
    exercise_places_t places = {.count = 0};
    for (size_t at = length; at + 8u <= size && places.count < EXERCISE_MOST / 4u; at += 8u) {
        exercise_add(&places, (double)exercise_i32(data + at) / 1e7, (double)exercise_i32(data + at + 4u) / 1e7);
    }
    uint8_t *bytes = malloc(length == 0 ? 1u : length);
    MUST(bytes != NULL);
    memcpy(bytes, data, length);
    exercise(bytes, length, &places);
    free(bytes);
    return 0;
}
