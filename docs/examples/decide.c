/* decide: which zones of a pack cover some positions. Written from gp_kernel.h alone.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     decide fleet.gpol 45.27 13.73 31.19 121.30
 *     decide fleet.gpol < positions.txt
 *
 * A line for each position: latitude, longitude, then the ids of the zones that cover it. "unknown" means that
 * nothing may be concluded and everything is restricted: the position is none, or lies outside a coverage.
 * Exit status 1: the pack cannot be used, which restricts everything as well.
 *
 *     cp -r "$(geopolicy kernel --path)" gp_kernel
 *     cc -std=c11 -O2 -ffp-contract=off -I gp_kernel decide.c gp_kernel/gp_open.c gp_kernel/gp_lookup.c \
 *         gp_kernel/gp_frames.c -o decide
 *
 * The SHA-256 of a pack is left out here: check it where packs are received. */
#include <stdio.h>
#include <stdlib.h>

#include "gp_kernel.h"

/* The whole file, aligned as malloc aligns; NULL where it cannot be read. */
static void *read_file(const char *path, uint64_t *size)
{
    FILE *file = fopen(path, "rb");
    void *bytes = NULL;
    if (file == NULL) {
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) == 0) {
        const long end = ftell(file);
        bytes = end > 0 ? malloc((size_t)end) : NULL;
        rewind(file);
        if (bytes != NULL && fread(bytes, 1, (size_t)end, file) != (size_t)end) {
            free(bytes);
            bytes = NULL;
        }
        *size = bytes != NULL ? (uint64_t)end : 0;
    }
    fclose(file);
    return bytes;
}

/* Finds the owners that cover a position, in every frame; false: restrict everything. */
static bool find(const gp_pack_t *pack, double lat, double lon, gp_found_t *found)
{
    found->count = 0;
    if (!gp_is_position(lat, lon)) {
        return false;
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_to_grid(pack, family, lat, lon, &at) && gp_covering(pack, family, at, found) != GP_OK) {
            return false;
        }
    }
    /* Where the pack says how far it knows, every one of its coverages must hold the position. */
    uint32_t coverages = 0;
    for (uint32_t i = 0; i < found->count; i++) {
        coverages += found->owners[i] >= pack->zone_count;
    }
    return coverages == pack->coverage_count;
}

static void print(const gp_pack_t *pack, double lat, double lon, gp_found_t *found)
{
    printf("%.7f %.7f", lat, lon);
    if (!find(pack, lat, lon, found)) {
        printf(" unknown");
    }
    for (uint32_t i = 0; i < found->count; i++) {
        uint32_t length;
        const char *id = gp_zone_id(pack, found->owners[i], &length);
        if (id != NULL) {
            printf(" %.*s", (int)length, id);
        }
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    uint64_t size = 0;
    gp_pack_t pack;
    void *bytes = argc < 2 ? NULL : read_file(argv[1], &size);
    if (bytes == NULL) {
        fprintf(stderr, "usage: decide PACK [LATITUDE LONGITUDE]...\n");
        return 1;
    }
    gp_status_t status = gp_open(&pack, bytes, size);
    if (status == GP_OK) {
        status = gp_verify(&pack);
    }
    if (status != GP_OK) {
        fprintf(stderr, "%s: refused with status %d: restrict everything\n", argv[1], (int)status);
        free(bytes);
        return 1;
    }
    const uint32_t capacity = pack.zone_count + pack.coverage_count; /* suffices always */
    gp_found_t found = {.owners = malloc(((size_t)capacity + 1u) * sizeof(uint32_t)), .capacity = capacity};
    if (found.owners == NULL) {
        return 1;
    }
    if (argc > 2) {
        for (int i = 2; i + 1 < argc; i += 2) {
            print(&pack, strtod(argv[i], NULL), strtod(argv[i + 1], NULL), &found);
        }
    } else {
        double lat, lon;
        while (scanf("%lf %lf", &lat, &lon) == 2) {
            print(&pack, lat, lon, &found);
        }
    }
    free(found.owners);
    free(bytes);
    return 0;
}
