/* read_vectors: asks the kernel all points, discs, paths and transforms of the vectors. Written from gp_kernel.h alone.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     cc -std=c11 -O2 -ffp-contract=off -I LOOKUP read_vectors.c LOOKUP/gp_{open,lookup,distance,path,frames}.c
 *     ./a.out tests/vectors
 *
 * Reads points.tsv, discs.tsv, paths.tsv, transforms.tsv and packs/ of the folder; docs/vectors.md says what they
 * hold. Prints each vector that is answered otherwise, then how many were asked. Exit status 1: some were, or nothing
 * could be read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gp_kernel.h"

#define MOST_OWNERS 256u
#define MOST_WORDS 9u
#define MOST_PACKS 64u
#define LINE_BYTES 4096u

typedef struct {
    char name[64];
    uint8_t *bytes;
    gp_pack_t pack;
} named_pack_t;

typedef struct {
    uint32_t owners[MOST_OWNERS];
    double distance_sq[MOST_OWNERS];
    gp_found_t found;
} answer_t;

static named_pack_t packs[MOST_PACKS];
static uint32_t pack_count;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "%s: %s\n", what, name);
    exit(1);
}

/* The pack of a name, opened and verified when it is first asked for. */
static const gp_pack_t *pack_of(const char *folder, const char *name)
{
    char path[512];
    for (uint32_t i = 0; i < pack_count; i++) {
        if (strcmp(packs[i].name, name) == 0) {
            return &packs[i].pack;
        }
    }
    snprintf(path, sizeof path, "%s/packs/%s.gpol", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || pack_count == MOST_PACKS || strlen(name) >= sizeof packs[0].name) {
        fail("cannot be opened", path);
    }
    named_pack_t *own = &packs[pack_count++];
    strcpy(own->name, name);
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    own->bytes = size > 0 ? malloc((size_t)size) : NULL;
    if (own->bytes == NULL || fread(own->bytes, 1, (size_t)size, file) != (size_t)size) {
        fail("cannot be read", path);
    }
    fclose(file);
    if (gp_open(&own->pack, own->bytes, (uint64_t)size) != GP_OK || gp_verify(&own->pack) != GP_OK) {
        fail("is refused", path);
    }
    return &own->pack;
}

static void begin(answer_t *answer)
{
    answer->found = (gp_found_t){
        .owners = answer->owners, .distance_sq = answer->distance_sq, .capacity = MOST_OWNERS, .count = 0};
}

static void must(gp_status_t status)
{
    if (status != GP_OK) {
        fail("a query is refused", "more owners than MOST_OWNERS?");
    }
}

static int compare(const void *a, const void *b)
{
    const uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return first < second ? -1 : first > second;
}

/* Owners below a bound, each once, ascending, as the vectors write them. */
static void write_owners(const answer_t *answers, uint32_t count, uint32_t below, char *text)
{
    uint32_t all[4 * MOST_OWNERS], total = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < answers[i].found.count; j++) {
            if (answers[i].owners[j] < below) {
                all[total++] = answers[i].owners[j];
            }
        }
    }
    qsort(all, total, sizeof all[0], compare);
    text[0] = '\0';
    char *end = text;
    for (uint32_t i = 0; i < total; i++) {
        if (i == 0 || all[i] != all[i - 1]) {
            end += sprintf(end, end == text ? "%u" : ",%u", all[i]);
        }
    }
    if (end == text) {
        strcpy(text, "-");
    }
}

static bool has_all_coverages(const gp_pack_t *pack, const answer_t *answer)
{
    uint32_t covering = 0;
    for (uint32_t i = 0; i < answer->found.count; i++) {
        covering += answer->owners[i] >= pack->zone_count;
    }
    return covering == pack->coverage_count;
}

/* Whether a border of a zone, and of a coverage, is among the owners found near; an infinite distance is of no border. */
static void find_borders(const gp_pack_t *pack, const answer_t *near, bool *of_zone, bool *of_coverage)
{
    for (uint32_t i = 0; i < near->found.count; i++) {
        if (near->distance_sq[i] < HUGE_VAL) {
            *(near->owners[i] < pack->zone_count ? of_zone : of_coverage) = true;
        }
    }
}

static const char *certainty(bool is_known, bool has_border)
{
    return !is_known ? "unknown" : has_border ? "possible" : "certain";
}

static void cover(const gp_pack_t *pack, double lat, double lon, answer_t *answer)
{
    begin(answer);
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_to_grid(pack, family, lat, lon, &at)) {
            must(gp_covering(pack, family, at, &answer->found));
        }
    }
}

/* Each answers as the last two words of its line. */

static const char *point(const gp_pack_t *pack, const double *numbers, char *owners)
{
    static answer_t answer;
    strcpy(owners, "-");
    if (!gp_is_position(numbers[0], numbers[1])) {
        return "no position";
    }
    cover(pack, numbers[0], numbers[1], &answer);
    write_owners(&answer, 1, UINT32_MAX, owners);
    return has_all_coverages(pack, &answer) ? "known" : "unknown";
}

/* Adds all owners with a border within an accuracy; false where no distance is judged, beyond 85 degrees. */
static bool find_near(const gp_pack_t *pack, double lat, double lon, double accuracy_m, answer_t *answer)
{
    bool is_judged = true;
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        if (gp_to_grid(pack, family, lat, lon, &at)) {
            const double radius_m = gp_widen(accuracy_m, at.y, family);
            if (isinf(radius_m)) {
                is_judged = false;
            } else {
                must(gp_near(pack, family, at, radius_m, &answer->found));
            }
        }
    }
    return is_judged;
}

static const char *disc(const gp_pack_t *pack, const double *numbers, char *owners)
{
    static answer_t answers[2]; /* covering, near */
    bool has_border = false, has_coverage_border = false;
    cover(pack, numbers[0], numbers[1], &answers[0]);
    begin(&answers[1]);
    const bool is_judged = find_near(pack, numbers[0], numbers[1], numbers[2], &answers[1]);
    find_borders(pack, &answers[1], &has_border, &has_coverage_border);
    write_owners(answers, 2, pack->zone_count, owners);
    const bool is_known = is_judged && has_all_coverages(pack, &answers[0]) && !has_coverage_border;
    return certainty(is_known, has_border);
}

static const char *path(const gp_pack_t *pack, const double *numbers, char *owners)
{
    static answer_t answers[4]; /* covering the start, covering the end, near them, touched */
    const double lat[2] = {numbers[0], numbers[2]}, lon[2] = {numbers[1], numbers[3]}, accuracy_m = numbers[4];
    bool is_known = true, has_border = false, has_coverage_border = false;
    begin(&answers[2]);
    begin(&answers[3]);
    for (uint32_t end = 0; end < 2; end++) {
        cover(pack, lat[end], lon[end], &answers[end]);
        is_known = is_known && has_all_coverages(pack, &answers[end]);
        if (accuracy_m > 0.0) {
            is_known = find_near(pack, lat[end], lon[end], accuracy_m, &answers[2]) && is_known;
        }
    }
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_path_t way;
        bool is_judged;
        if (gp_path_between(pack, family, lat, lon, accuracy_m, &way, &is_judged)) {
            must(gp_touched_by(pack, family, &way, &answers[3].found));
        }
        is_known = is_known && is_judged;
    }
    find_borders(pack, &answers[2], &has_border, &has_coverage_border);
    find_borders(pack, &answers[3], &has_border, &has_coverage_border);
    write_owners(answers, 4, pack->zone_count, owners);
    return certainty(is_known && !has_coverage_border, has_border);
}

typedef const char *ask_t(const gp_pack_t *pack, const double *numbers, char *owners);

/* The words of a line, which is cut at its tabs; how many there are. */
static uint32_t split(char *line, char **words)
{
    uint32_t count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *word = line; word != NULL && count < MOST_WORDS; count++) {
        words[count] = word;
        word = strchr(word, '\t');
        if (word != NULL) {
            *word++ = '\0';
        }
    }
    return count;
}

static uint32_t run(const char *folder, const char *name, uint32_t number_count, ask_t *ask, uint32_t *asked)
{
    static char line[LINE_BYTES], owners[16 * MOST_OWNERS];
    char file_name[512], *words[MOST_WORDS];
    double numbers[MOST_WORDS];
    uint32_t failed = 0, lines = 0;
    snprintf(file_name, sizeof file_name, "%s/%s.tsv", folder, name);
    FILE *file = fopen(file_name, "r");
    if (file == NULL) {
        fail("cannot be opened", file_name);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        lines++;
        if (split(line, words) != number_count + 3) {
            fail("a line has another number of words", file_name);
        }
        for (uint32_t i = 0; i < number_count; i++) {
            numbers[i] = strtod(words[1 + i], NULL);
        }
        const char *said = ask(pack_of(folder, words[0]), numbers, owners);
        if (strcmp(owners, words[number_count + 1]) != 0 || strcmp(said, words[number_count + 2]) != 0) {
            failed++;
            printf("%s.tsv line %u: %s %s, not %s %s\n", name, lines, owners, said, words[number_count + 1],
                   words[number_count + 2]);
        }
    }
    fclose(file);
    *asked += lines;
    return failed;
}

/* Transforms are compared to the bit; they have a frame in place of a pack, and two numbers as their answer. */
static uint32_t run_transforms(const char *folder, uint32_t *asked)
{
    static char line[LINE_BYTES];
    char file_name[512], *words[MOST_WORDS];
    uint32_t failed = 0, lines = 0;
    snprintf(file_name, sizeof file_name, "%s/transforms.tsv", folder);
    FILE *file = fopen(file_name, "r");
    if (file == NULL) {
        fail("cannot be opened", file_name);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        lines++;
        if (split(line, words) != 5) {
            fail("a line has another number of words", file_name);
        }
        double lat = strtod(words[1], NULL), lon = strtod(words[2], NULL);
        const double wanted[2] = {strtod(words[3], NULL), strtod(words[4], NULL)};
        gp_forward(strcmp(words[0], "BD-09") == 0 ? GP_BD09 : GP_GCJ02, &lat, &lon);
        if (memcmp(&lat, &wanted[0], sizeof lat) != 0 || memcmp(&lon, &wanted[1], sizeof lon) != 0) {
            failed++;
            printf("transforms.tsv line %u: %.17g %.17g, not %s %s\n", lines, lat, lon, words[3], words[4]);
        }
    }
    fclose(file);
    *asked += lines;
    return failed;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fail("usage", "read_vectors FOLDER");
    }
    uint32_t asked = 0, failed = 0;
    failed += run(arguments[1], "points", 2, point, &asked);
    failed += run(arguments[1], "discs", 3, disc, &asked);
    failed += run(arguments[1], "paths", 5, path, &asked);
    failed += run_transforms(arguments[1], &asked);
    printf("%u vectors, %u answered otherwise\n", asked, failed);
    for (uint32_t i = 0; i < pack_count; i++) {
        free(packs[i].bytes);
    }
    return failed != 0;
}
