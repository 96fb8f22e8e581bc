/* mutate_pack: every single-byte change and every truncation of a pack, at the kernel.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Usage: mutate_pack PACK [STRIDE]. Each byte to each of its 255 other values (with a STRIDE every so many'th
 * change only), and each length from 0; opened, verified and asked everything in memory of exactly that size.
 * Compile with sanitizers: they, and the promises in exercise.h, end the process where something is wrong. */
#include "exercise.h"

static const exercise_places_t NO_PLACES = {.count = 0};

int main(int argc, char **argv)
{
    static uint8_t whole[1u << 20];
    FILE *stream = argc < 2 ? NULL : fopen(argv[1], "rb");
    const size_t size = stream == NULL ? 0 : fread(whole, 1, sizeof whole, stream);
    const unsigned long stride = argc < 3 ? 1 : strtoul(argv[2], NULL, 10);
    unsigned long changes = 0, tried = 0, harmless = 0;
    if (size == 0 || stride == 0 || exercise(whole, size, &NO_PLACES) != GP_OK) {
        fprintf(stderr, "usage: mutate_pack PACK [STRIDE]\n");
        return 2;
    }
    fclose(stream);
    for (size_t length = 0; length < size; length++) {
        uint8_t *part = malloc(length == 0 ? 1u : length);
        MUST(part != NULL);
        memcpy(part, whole, length);
        MUST(exercise(part, length, &NO_PLACES) == GP_ERR_SIZE);
        free(part);
    }
    uint8_t *bytes = malloc(size);
    MUST(bytes != NULL);
    memcpy(bytes, whole, size);
    for (size_t at = 0; at < size; at++) {
        for (uint32_t change = 1; change < 256u; change++) {
            if (changes++ % stride == 0) {
                bytes[at] = (uint8_t)(whole[at] ^ change);
                harmless += exercise(bytes, size, &NO_PLACES) == GP_OK;
                tried++;
            }
        }
        bytes[at] = whole[at];
    }
    free(bytes);
    printf("%lu changes, %lu refused, %lu harmless\n", tried, tried - harmless, harmless);
    return 0;
}
