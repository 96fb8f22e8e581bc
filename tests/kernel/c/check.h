/* check: the whole test framework of the C tests.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern unsigned long checks_made, checks_failed; /* in test_kernel.c or test_build.c */

#define CHECK(condition)                                                    \
    do {                                                                    \
        checks_made++;                                                      \
        if (!(condition)) {                                                 \
            checks_failed++;                                                \
            printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                   \
    } while (0)

#define CHECK_IS(found, wanted, what)                                                                     \
    do {                                                                                                  \
        const long long found_ = (long long)(found), wanted_ = (long long)(wanted);                       \
        checks_made++;                                                                                    \
        if (found_ != wanted_) {                                                                          \
            checks_failed++;                                                                              \
            printf("%s:%d: failed: %s: %lld, wanted %lld\n", __FILE__, __LINE__, what, found_, wanted_); \
        }                                                                                                 \
    } while (0)

typedef struct {
    uint8_t *bytes;
    uint64_t size;
} file_t;

/* A pack of make_corpus.py, in memory of exactly its size; ends the process where there is none. */
static inline file_t load(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.gpol", folder, name);
    FILE *stream = fopen(path, "rb");
    file_t file = {NULL, 0};
    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    file.size = (uint64_t)ftell(stream);
    file.bytes = malloc((size_t)file.size);
    rewind(stream);
    if (file.bytes == NULL || fread(file.bytes, 1, (size_t)file.size, stream) != file.size) {
        perror(path);
        exit(2);
    }
    fclose(stream);
    return file;
}

static inline uint32_t word_at(const uint8_t *bytes, uint64_t at)
{
    return bytes[at] | (uint32_t)bytes[at + 1u] << 8 | (uint32_t)bytes[at + 2u] << 16 | (uint32_t)bytes[at + 3u] << 24;
}

static inline void set_word(uint8_t *bytes, uint64_t at, uint32_t word)
{
    for (uint32_t i = 0; i < 4; i++) {
        bytes[at + i] = (uint8_t)(word >> 8u * i);
    }
}

void test_port(void);
void test_open(const char *folder);
void test_verify(const char *folder);
void test_positions(const char *folder);
void test_cells(const char *folder);
void test_distances(const char *folder);
void test_paths(const char *folder);
void test_families(const char *folder);
void test_frames(void);
void test_settle(void);

#endif
