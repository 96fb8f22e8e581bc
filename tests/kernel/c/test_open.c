/* What gp_open and gp_verify refuse, and with which status: one case for each condition in them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each case changes words of a pack that is right. Where a word lies: docs/spec/pack-v1.md. */
#include "check.h"
#include "gp_layout.h"

#define MAX_CHANGES 3
#define ROW(section) (320u + 24u * (section)) /* of the section table */
#define LAYER(family, word) (128u + 64u * (family) + 4u * (word))
#define COUNT(number) (64u + 4u * (number))
#define NO_SET 0x3FFFFFFFu
#define E_ACUTE 0x66A9C361u /* for the first letters of tiny, aHof: those of the id a and the name Hof */
#define AT(section, byte) (((uint64_t)(section) + 1u) << 32 | (byte)) /* relative to a section */

enum { VERT, RING, ZONE, SETE, SETM, ROOT, NODE, LEAF, TERM, TEXT, META };

typedef struct {
    uint64_t at;
    uint32_t word;
} change_t;

typedef struct {
    const char *what, *pack;
    gp_status_t status;
    change_t changes[MAX_CHANGES]; /* up to the first at 0 */
} case_t;

static const case_t OPEN_CASES[] = {
    {"no GPOLPACK", "tiny", GP_ERR_MAGIC, {{4, 0}}},
    {"format 2", "tiny", GP_ERR_FORMAT, {{8, 2}}},
    {"a header of 644 bytes", "tiny", GP_ERR_FORMAT, {{12, 644}}},
    {"ten sections", "tiny", GP_ERR_FORMAT, {{24, 10}}},
    {"size one too large", "tiny", GP_ERR_SIZE, {{16, 1810}}},
    {"size beyond 32 bits", "tiny", GP_ERR_SIZE, {{20, 1}}},
    {"no set", "tiny", GP_ERR_RECORD, {{COUNT(4), 0}}},
    {"2^30 sets", "tiny", GP_ERR_RECORD, {{COUNT(4), 1u << 30}}},
    {"2^31 owners", "tiny", GP_ERR_RECORD, {{COUNT(0), 0x7FFFFFFFu}, {COUNT(1), 1}}},
    {"one owner less, but no records for them", "tiny", GP_ERR_SECTION, {{COUNT(0), 0x7FFFFFFFu}}},
    {"owners that wrap around", "tiny", GP_ERR_RECORD, {{COUNT(0), 0xFFFFFFFFu}, {COUNT(1), 3}}},
    {"2^31 vertices", "tiny", GP_ERR_RECORD, {{COUNT(2), 0x80000000u}}},
    {"one vertex less, but no place for them", "tiny", GP_ERR_SECTION, {{COUNT(2), 0x7FFFFFFFu}}},
    {"2^30 nodes", "tiny", GP_ERR_RECORD, {{COUNT(6), 1u << 30}}},
    {"2^30 words of leaves", "tiny", GP_ERR_RECORD, {{COUNT(7), 1u << 30}}},
    {"another section", "tiny", GP_ERR_SECTION, {{ROW(VERT), 0x44444444u}}},
    {"a section in the header", "tiny", GP_ERR_SECTION, {{ROW(VERT) + 8u, 576}}},
    {"a section in the one before", "tiny", GP_ERR_SECTION, {{ROW(RING) + 8u, 640}}},
    {"a misaligned section", "tiny", GP_ERR_SECTION, {{ROW(VERT) + 8u, 644}}},
    {"a section behind the end", "tiny", GP_ERR_SECTION, {{ROW(VERT) + 8u, 1u << 30}}},
    {"a section far behind the end", "tiny", GP_ERR_SECTION, {{ROW(VERT) + 12u, 1u << 31}}},
    {"a section beyond the end", "tiny", GP_ERR_SECTION, {{ROW(META) + 16u, 1u << 30}}},
    {"a section that goes on one byte behind the end", "tiny", GP_ERR_SECTION, {{ROW(META) + 16u, 18}}},
    {"a length that wraps around", "tiny", GP_ERR_SECTION, {{ROW(META) + 20u, 0xFFFFFFFFu}}},
    {"a short section", "tiny", GP_ERR_SECTION, {{ROW(VERT) + 16u, 8}}},
    {"a count that does not fit its section", "tiny", GP_ERR_SECTION, {{COUNT(8), 2}}},
    {"roots that begin elsewhere", "tiny", GP_ERR_INDEX, {{LAYER(0, 5), 1}}},
    {"more cells than roots", "tiny", GP_ERR_INDEX, {{LAYER(0, 3), 4}}},
    {"cells that wrap around", "tiny", GP_ERR_INDEX, {{LAYER(0, 3), 1u << 31}, {LAYER(0, 4), 1u << 31}}},
    {"fewer cells than roots", "tiny", GP_ERR_INDEX, {{LAYER(0, 4), 2}, {LAYER(1, 5), 6}, {LAYER(2, 5), 6}}},
    {"cells of 2^32 units", "tiny", GP_ERR_INDEX, {{LAYER(0, 2), 32}}},
    {"cells of 2^31 units", "tiny", GP_OK, {{LAYER(0, 2), 31}}},
    {"a header of depth 17", "tiny", GP_ERR_INDEX, {{COUNT(10), 17}}},
    {"a header of depth 16", "tiny", GP_OK, {{COUNT(10), 16}}},
    {"a depth that wraps around", "tiny", GP_ERR_INDEX, {{LAYER(0, 8), 1u << 31}, {COUNT(10), 1u << 31}}},
    {"depth beyond the header's", "tiny", GP_ERR_INDEX, {{LAYER(0, 8), 2}}},
    {"cells too small to be halved", "tiny", GP_ERR_INDEX, {{LAYER(0, 2), 1}}},
    {"no such set at the north pole", "tiny", GP_ERR_INDEX, {{LAYER(0, 6), NO_SET}}},
    {"no such set at the south pole", "tiny", GP_ERR_INDEX, {{LAYER(0, 7), NO_SET}}},
    {"the set behind the last at the north pole", "tiny", GP_ERR_INDEX, {{LAYER(0, 6), 4}}},
    {"the set behind the last at the south pole", "tiny", GP_ERR_INDEX, {{LAYER(0, 7), 4}}},
    {"columns without rows", "tiny", GP_ERR_INDEX, {{LAYER(1, 3), 1}}},
    {"rows without columns", "tiny", GP_ERR_INDEX, {{LAYER(2, 4), 1}}},
};

static const case_t VERIFY_CASES[] = {
    {"a vertex beyond the north pole", "tiny", GP_ERR_RECORD, {{AT(VERT, 4), 900000001}}},
    {"a vertex beyond the south pole", "tiny", GP_ERR_RECORD, {{AT(VERT, 12), 0u - 900000001u}}},
    {"the last vertex beyond the north pole", "tiny", GP_ERR_RECORD, {{AT(VERT, 8 * 13 + 4), 900000001}}},
    {"a vertex at the south pole", "tiny", GP_OK, {{AT(VERT, 12), 0u - 900000000u}}},
    {"a vertex far to the west", "tiny", GP_OK, {{AT(VERT, 8), 0x80000000u}}},
    {"what lies behind the last vertex", "tiny", GP_OK, {{AT(VERT, 8 * 14 + 4), 900000001}}},
    {"set 0 not empty", "tiny", GP_ERR_RECORD, {{AT(SETE, 0), 1}}},
    {"a set beyond the members", "tiny", GP_ERR_RECORD, {{AT(SETE, 4), 1000}}},
    {"no such owner in a set", "tiny", GP_ERR_RECORD, {{AT(SETM, 0), 2}}},
    {"another owner in a set", "framed", GP_OK, {{AT(SETM, 0), 0}}},
    {"a set that ends too early, the next longer", "framed", GP_ERR_RECORD, {{AT(SETM, 0), 0}, {AT(SETE, 8), 0}}},
    {"an id beyond the text", "tiny", GP_ERR_RECORD, {{AT(ZONE, 4), 54}}},
    {"an id that wraps around", "tiny", GP_ERR_RECORD, {{AT(ZONE, 0), 0xFFFFFFFFu}, {AT(ZONE, 4), 2}}},
    {"an id that ends the text", "tiny", GP_OK, {{AT(ZONE, 4), 53}}},
    {"a control character in an id", "tiny", GP_ERR_RECORD, {{AT(TEXT, 0), 0x666f4801u}}},
    {"DEL in an id", "tiny", GP_ERR_RECORD, {{AT(TEXT, 0), 0x666f487Fu}}},
    {"a blank for an id", "tiny", GP_OK, {{AT(TEXT, 0), 0x666f4820u}}},
    {"a control character in another id", "tiny", GP_ERR_RECORD, {{AT(TEXT, 4), 0x72227B1Fu}}},
    {"DEL in an id behind the one before", "tiny", GP_ERR_RECORD, {{AT(TEXT, 4), 0x72227B7Fu}}},
    {"a control character within an id", "tiny", GP_ERR_RECORD, {{AT(TEXT, 0), 0x666f1F61u}, {AT(ZONE, 4), 2}}},
    {"an id of 801 bytes", "longest", GP_ERR_RECORD, {{AT(ZONE, 4), 801}}},
    {"an id twice", "tiny", GP_ERR_RECORD, {{AT(TEXT, 4), 0x72227B61u}}},
    {"an id before the one before", "tiny", GP_ERR_RECORD, {{AT(TEXT, 4), 0x72227B60u}}},
    {"an id that goes on from the one before", "tiny", GP_OK, {{AT(TEXT, 4), 0x72227B61u}, {AT(ZONE, 32 + 4), 2}}},
    {"an id that the one before goes on from", "tiny", GP_ERR_RECORD, {{AT(TEXT, 4), 0x72227B61u}, {AT(ZONE, 4), 2}}},
    {"an empty id", "tiny", GP_ERR_RECORD, {{AT(ZONE, 4), 0}}},
    {"an id from within a character", "tiny", GP_ERR_RECORD, {{AT(TEXT, 0), 0x80808080u}}},
    {"an id to within a character", "tiny", GP_ERR_RECORD, {{AT(TEXT, 1), 0x80808080u}}},
    {"a name beyond the text", "tiny", GP_ERR_RECORD, {{AT(ZONE, 12), 60}}},
    {"a character of two bytes in a name", "tiny", GP_OK, {{AT(TEXT, 0), E_ACUTE}}},
    {"a name from within it", "tiny", GP_ERR_RECORD, {{AT(TEXT, 0), E_ACUTE}, {AT(ZONE, 8), 2}, {AT(ZONE, 12), 2}}},
    {"a name to within it", "tiny", GP_ERR_RECORD, {{AT(TEXT, 0), E_ACUTE}, {AT(ZONE, 12), 1}}},
    {"no name, whatever its length", "tiny", GP_OK, {{AT(ZONE, 8), 0xFFFFFFFFu}, {AT(ZONE, 12), 60}}},
    {"no such terms", "tiny", GP_ERR_RECORD, {{AT(ZONE, 16), 1}}},
    {"coverages have no terms", "framed", GP_OK, {{AT(ZONE, 3 * 32 + 16), 1}}},
    {"a ring of another zone", "tiny", GP_ERR_RECORD, {{AT(ZONE, 20), 1}}},
    {"no ring", "tiny", GP_ERR_RECORD, {{AT(ZONE, 24), 0}}},
    {"more rings than there are", "tiny", GP_ERR_RECORD, {{AT(ZONE, 32 + 24), 2}}},
    {"a ring of no zone", "tiny", GP_ERR_RECORD, {{AT(ZONE, 24), 1}, {AT(ZONE, 32 + 20), 1}, {AT(RING, 12), 0}}},
    {"no such family", "tiny", GP_ERR_RECORD, {{AT(ZONE, 28), 3}}},
    {"the first ring not at the first vertex", "tiny", GP_ERR_RECORD, {{AT(RING, 0), 1}}},
    {"a ring of one vertex", "tiny", GP_ERR_RECORD, {{AT(RING, 8), 1}}},
    {"a ring beyond the vertices", "tiny", GP_ERR_RECORD, {{AT(RING, 8), 15}}},
    {"the last ring beyond the vertices", "tiny", GP_ERR_RECORD, {{AT(RING, 16), 13}}},
    {"no such kind of ring", "tiny", GP_ERR_RECORD, {{AT(RING, 12), 3}}},
    {"a border is a kind of ring", "tiny", GP_OK, {{AT(RING, 12), 2}}},
    {"a zone that begins with a hole", "tiny", GP_ERR_RECORD, {{AT(RING, 20), 1}}},
    {"terms beyond the text", "tiny", GP_ERR_RECORD, {{AT(TERM, 4), 60}}},
    {"terms that begin too late", "tiny", GP_ERR_RECORD, {{AT(TERM, 0), 6}}},
    {"other terms", "tiny", GP_OK, {{COUNT(8), 2}, {ROW(TERM) + 16u, 16}}},
    {"other terms beyond the text", "tiny", GP_ERR_RECORD, {{COUNT(8), 2}, {ROW(TERM) + 16u, 16}, {AT(TERM, 12), 60}}},
    {"tag 3", "tiny", GP_ERR_INDEX, {{AT(ROOT, 32), 0xC0000000u}}},
    {"no such set", "tiny", GP_ERR_INDEX, {{AT(ROOT, 32), NO_SET}}},
    {"the set behind the last", "tiny", GP_ERR_INDEX, {{AT(ROOT, 32), 4}}},
    {"a node behind the last", "tiny", GP_ERR_INDEX, {{AT(ROOT, 32), 0x40000001u}}},
    {"a node twice", "tiny", GP_ERR_INDEX, {{AT(ROOT, 32), 0x40000000u}}},
    {"a node that holds itself", "tiny", GP_ERR_INDEX, {{AT(NODE, 0), 0x40000000u}}},
    {"a node deeper than the index", "tiny", GP_ERR_INDEX, {{LAYER(0, 8), 0}}},
    {"a leaf twice", "tiny", GP_ERR_INDEX, {{AT(ROOT, 32), 0x80000000u}}},
    {"a leaf that no cell has", "tiny", GP_ERR_INDEX, {{AT(ROOT, 28), 0}}},
    {"no such set below a leaf", "tiny", GP_ERR_INDEX, {{AT(LEAF, 0), NO_SET}}},
    {"the set behind the last below a leaf", "tiny", GP_ERR_INDEX, {{AT(LEAF, 0), 4}}},
    {"a corner bit of no owner", "tiny", GP_ERR_INDEX, {{AT(LEAF, 4), 0x00010002u}}},
    {"more runs than words", "tiny", GP_ERR_INDEX, {{AT(LEAF, 4), 0x07FF0000u}}},
    {"no such owner in a leaf", "tiny", GP_ERR_INDEX, {{AT(LEAF, 8), 2}}},
    {"more edges than the header says", "tiny", GP_ERR_INDEX, {{COUNT(11), 3}}},
};

static uint64_t place_of(const file_t *file, uint64_t at)
{
    return at >> 32 == 0 ? at : word_at(file->bytes, ROW((at >> 32) - 1u) + 8u) + (at & 0xFFFFFFFFu);
}

static gp_status_t status_of(const uint8_t *bytes, uint64_t size)
{
    gp_pack_t pack;
    const gp_status_t status = gp_open(&pack, bytes, size);
    return status == GP_OK ? gp_verify(&pack) : status;
}

static void run_cases(const char *folder, const case_t *cases, size_t count, bool is_opened)
{
    for (size_t i = 0; i < count; i++) {
        const file_t file = load(folder, cases[i].pack);
        gp_pack_t pack;
        CHECK_IS(status_of(file.bytes, file.size), GP_OK, cases[i].pack);
        for (uint32_t c = 0; c < MAX_CHANGES && cases[i].changes[c].at != 0; c++) {
            const uint64_t at = place_of(&file, cases[i].changes[c].at);
            CHECK_IS(at + 4u <= file.size && word_at(file.bytes, at) != cases[i].changes[c].word, true, cases[i].what);
            set_word(file.bytes, at, cases[i].changes[c].word);
        }
        CHECK_IS(gp_open(&pack, file.bytes, file.size), is_opened ? GP_OK : cases[i].status, cases[i].what);
        CHECK_IS(status_of(file.bytes, file.size), cases[i].status, cases[i].what);
        free(file.bytes);
    }
}

static void test_sizes(const char *folder)
{
    const file_t file = load(folder, "tiny");
    for (uint64_t size = 0; size < file.size; size++) {
        uint8_t *part = malloc(size == 0 ? 1u : (size_t)size); /* a read behind its end is one that ASan sees */
        memcpy(part, file.bytes, (size_t)size);
        CHECK_IS(status_of(part, size), GP_ERR_SIZE, "truncated");
        free(part);
    }
    CHECK_IS(status_of(file.bytes, file.size), GP_OK, "whole");
    CHECK_IS(status_of(file.bytes, file.size + 1u), GP_ERR_SIZE, "longer than its header says");
    set_word(file.bytes, 16, 0);
    set_word(file.bytes, 20, 0x80000000u);
    CHECK_IS(status_of(file.bytes, UINT64_C(1) << 63), GP_ERR_SIZE, "longer than memory");
    set_word(file.bytes, 16, (uint32_t)PTRDIFF_MAX);
    set_word(file.bytes, 20, (uint32_t)((uint64_t)PTRDIFF_MAX >> 32));
    CHECK_IS(status_of(file.bytes, PTRDIFF_MAX), GP_OK, "as long as memory"); /* what no section holds is not read */
    free(file.bytes);
}

/* No zones, and one root cell: a pack of which no byte follows its nodes, in memory of exactly its size. */
static file_t bare_pack(uint32_t root, uint32_t node_count)
{
    static const char names[] = "VERTRINGZONESETESETMROOTNODELEAFTERMTEXTMETA";
    const uint32_t size = GP_HEADER_BYTES + 128u + 64u * node_count;
    file_t file = {calloc(size, 1), size};
    memcpy(file.bytes, "GPOLPACK", 8);
    set_word(file.bytes, 8, GP_FORMAT);
    set_word(file.bytes, 12, GP_HEADER_BYTES);
    set_word(file.bytes, 16, size);
    set_word(file.bytes, 24, META + 1u);
    set_word(file.bytes, COUNT(4), 1); /* the empty set */
    set_word(file.bytes, COUNT(6), node_count);
    set_word(file.bytes, COUNT(10), 1); /* a level of nodes */
    set_word(file.bytes, COUNT(12), 1);
    for (uint32_t i = VERT; i <= META; i++) {
        const uint32_t first = i <= SETE ? 0u : i <= ROOT ? 64u : 128u; /* behind the header */
        const uint32_t length = i == SETE || i == ROOT ? 4u : i == NODE ? 64u * node_count : 0u;
        memcpy(file.bytes + ROW(i), names + 4u * i, 4);
        set_word(file.bytes, ROW(i) + 8u, i <= NODE ? GP_HEADER_BYTES + first : size);
        set_word(file.bytes, ROW(i) + 16u, length);
    }
    set_word(file.bytes, LAYER(0, 2), 2); /* cells of 4 units */
    set_word(file.bytes, LAYER(0, 3), 1);
    set_word(file.bytes, LAYER(0, 4), 1);
    set_word(file.bytes, LAYER(0, 8), 1);
    set_word(file.bytes, LAYER(1, 5), 1);
    set_word(file.bytes, LAYER(2, 5), 1);
    set_word(file.bytes, place_of(&file, AT(ROOT, 0)), root);
    return file;
}

static void check_bare(uint32_t root, uint32_t node_count, gp_status_t wanted, const char *what)
{
    const file_t file = bare_pack(root, node_count);
    CHECK_IS(status_of(file.bytes, file.size), wanted, what);
    free(file.bytes);
}

static void test_header_alone(void)
{
    const file_t file = bare_pack(0, 0);
    uint8_t *header = malloc(GP_HEADER_BYTES);
    memcpy(header, file.bytes, GP_HEADER_BYTES);
    set_word(header, 16, GP_HEADER_BYTES);
    CHECK_IS(status_of(header, GP_HEADER_BYTES), GP_ERR_SECTION, "a header without sections");
    header[0] = 0;
    CHECK_IS(status_of(header, GP_HEADER_BYTES), GP_ERR_MAGIC, "bytes of its length");
    free(header);
    free(file.bytes);
}

/* A pack that is opened again, with bytes that are refused, no longer refers to those before, which may be gone; and
 * what lies behind it in memory stays. */
static void test_opened_before(const char *folder)
{
    static const change_t changes[] = {{0, 0}, {8, 2}, {16, 0}, {COUNT(4), 0}, {ROW(VERT), 0}};
    const file_t before = load(folder, "tiny");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const file_t file = load(folder, "tiny");
        struct {
            gp_pack_t pack;
            uint8_t behind;
        } own = {.behind = 0xA5};
        const gp_pack_t *const pack = &own.pack;
        CHECK_IS(gp_open(&own.pack, before.bytes, before.size), GP_OK, "tiny");
        CHECK(pack->bytes == before.bytes && pack->text != NULL && pack->families[0].roots != NULL);
        set_word(file.bytes, changes[i].at, changes[i].word);
        CHECK(gp_open(&own.pack, file.bytes, file.size) != GP_OK);
        CHECK(pack->bytes == NULL || pack->bytes == file.bytes);
        CHECK(pack->vertices == NULL && pack->rings == NULL && pack->zones == NULL && pack->set_ends == NULL);
        CHECK(pack->set_members == NULL && pack->nodes == NULL && pack->leaves == NULL && pack->terms == NULL);
        CHECK(pack->text == NULL && pack->families[0].roots == NULL && pack->families[0].cols == 0);
        CHECK(own.behind == 0xA5);
        free(file.bytes);
    }
    free(before.bytes);
}

/* What has the format of overlays is opened as one and as nothing else, and has no coverages. */
static void test_overlays(const char *folder)
{
    gp_pack_t pack;
    const file_t file = load(folder, "tiny");
    CHECK_IS(gp_open_overlay(&pack, file.bytes, file.size), GP_ERR_FORMAT, "a base as an overlay");
    set_word(file.bytes, 8, GP_FORMAT_OVERLAY);
    CHECK_IS(gp_open(&pack, file.bytes, file.size), GP_ERR_FORMAT, "an overlay as a base");
    CHECK_IS(gp_open_overlay(&pack, file.bytes, file.size), GP_OK, "an overlay");
    CHECK_IS(gp_verify(&pack), GP_OK, "an overlay");
    set_word(file.bytes, COUNT(0), pack.zone_count - 1u);
    set_word(file.bytes, COUNT(1), 1);
    CHECK_IS(gp_open_overlay(&pack, file.bytes, file.size), GP_ERR_RECORD, "an overlay with a coverage");
    CHECK_IS(gp_open_overlay(&pack, file.bytes, file.size - 1u), GP_ERR_SIZE, "an overlay cut off");
    free(file.bytes);
}

void test_open(const char *folder)
{
    test_overlays(folder);
    test_sizes(folder);
    test_header_alone();
    test_opened_before(folder);
    run_cases(folder, OPEN_CASES, sizeof OPEN_CASES / sizeof OPEN_CASES[0], false);
}

/* Where the last chunk of all begins that has so many shapes at least, in bytes of the file. */
static uint64_t last_chunk(const file_t *file, uint32_t shapes)
{
    const uint64_t leaves = place_of(file, AT(LEAF, 0)), words = word_at(file->bytes, ROW(LEAF) + 16u) / 4u;
    uint64_t word = 0, last = 0;
    while (word < words) {
        const chunk_t chunk = chunk_at(file->bytes + leaves, word);
        last = chunk.owner_count >= shapes ? word : last;
        word += chunk_words(&chunk);
    }
    CHECK_IS(word, words, "chunks follow each other");
    return leaves + 4u * last;
}

static void check_change(const file_t *file, uint64_t at, uint32_t word, gp_status_t wanted, const char *what)
{
    const uint32_t before = word_at(file->bytes, at);
    CHECK_IS(before != word, true, what);
    set_word(file->bytes, at, word);
    CHECK_IS(status_of(file->bytes, file->size), wanted, what);
    set_word(file->bytes, at, before);
    CHECK_IS(status_of(file->bytes, file->size), GP_OK, "as before");
}

/* Sets that are not what they should be, in a pack that has one of two members and one behind it. */
static void test_sets(const char *folder)
{
    const file_t file = load(folder, "crowded");
    const uint64_t ends = place_of(&file, AT(SETE, 0)), members = place_of(&file, AT(SETM, 0));
    const uint32_t sets = word_at(file.bytes, COUNT(4));
    uint32_t set = 1;
    while (set + 2u < sets && word_at(file.bytes, ends + 4u * set) - word_at(file.bytes, ends + 4u * set - 4u) < 2u) {
        set++;
    }
    const uint32_t start = word_at(file.bytes, ends + 4u * set - 4u), end = word_at(file.bytes, ends + 4u * set);
    CHECK(set + 2u < sets && end - start >= 2u);
    const uint32_t first = word_at(file.bytes, members + 4u * start);
    const uint32_t last_end = word_at(file.bytes, ends + 4u * sets - 4u);
    check_change(&file, members + 4u * (start + 1u), first, GP_ERR_RECORD, "an owner twice in a set");
    check_change(&file, ends + 4u * set + 4u, end - 1u, GP_ERR_RECORD, "a set that ends before it begins");
    check_change(&file, ends + 4u * sets - 4u, last_end - 1u, GP_ERR_RECORD, "a member in no set");
    free(file.bytes);
}

/* What the runs and sets of the first leaf and the last chunk of all may not be. */
static void test_leaves(const char *folder)
{
    const file_t file = load(folder, "tiny");
    const uint64_t first = place_of(&file, AT(LEAF, 0)), last = last_chunk(&file, 1);
    const chunk_t chunk = chunk_at(file.bytes + first, 0);
    const uint64_t run = first + (uint64_t)(chunk.runs - (file.bytes + first));
    const uint64_t set = first + (uint64_t)(chunk.sets - (file.bytes + first));
    const uint32_t bits = word_at(file.bytes, run + 4u), counts = word_at(file.bytes, last + 4u);
    CHECK(chunk.owner_count == 1 && chunk.run_count > 0 && chunk.set_count == 1);
    check_change(&file, run + 4u, bits & 0xFFFF0000u, GP_ERR_INDEX, "an edge of no zone");
    check_change(&file, run + 4u, bits | 2u, GP_ERR_INDEX, "an edge of a zone that the leaf does not have");
    check_change(&file, run, 14, GP_ERR_INDEX, "a run that begins behind the vertices");
    check_change(&file, run, 13, GP_ERR_INDEX, "a run that ends behind the vertices");
    check_change(&file, run, 0xFFFFFFFFu, GP_ERR_INDEX, "a run that wraps around");
    check_change(&file, set, NO_SET, GP_ERR_INDEX, "a named set that is none");
    check_change(&file, set, 4, GP_ERR_INDEX, "a named set that is the one behind the last");
    check_change(&file, last + 4u, counts | 0x80000000u, GP_ERR_INDEX, "a chunk behind the last");
    check_change(&file, last + 4u, counts + 0x10000u, GP_ERR_INDEX, "a run behind the last");
    const uint32_t words = word_at(file.bytes, COUNT(7));
    check_change(&file, place_of(&file, AT(ROOT, 32)), 0x80000000u | words, GP_ERR_INDEX, "a leaf behind the last");
    free(file.bytes);
}

/* What the second shape of a leaf may not be, and the last set that is named for two. */
static void test_shared_leaf(const char *folder)
{
    const file_t file = load(folder, "tiny");
    const uint64_t at = last_chunk(&file, 2);
    const chunk_t chunk = chunk_at(file.bytes + at, 0);
    CHECK(chunk.owner_count == 2 && chunk.set_count == 3);
    const uint64_t owner = at + (uint64_t)(chunk.owners - (file.bytes + at)) + 4u;
    const uint64_t set = at + (uint64_t)(chunk.sets - (file.bytes + at)) + 8u;
    check_change(&file, owner, 2, GP_ERR_INDEX, "no such second owner");
    check_change(&file, set, 4, GP_ERR_INDEX, "no such third set");
    free(file.bytes);
}

/* Nodes without leaves, so that nothing but their own order tells that one is not where it should be. */
static void test_nodes(void)
{
    const uint32_t node = TAG_NODE << 30;
    check_bare(0, 0, GP_OK, "an empty cell");
    check_bare(node, 1, GP_OK, "a node of empty cells");
    check_bare(node, 0, GP_ERR_INDEX, "a node where there is none, and the pack ends");
    file_t file = bare_pack(node, 3);
    set_word(file.bytes, COUNT(10), 2);
    set_word(file.bytes, LAYER(0, 2), 4);
    set_word(file.bytes, LAYER(0, 8), 2);
    const uint64_t entries = place_of(&file, AT(NODE, 0));
    set_word(file.bytes, entries + 4u * 14u, node | 1u);
    set_word(file.bytes, entries + 4u * 15u, node | 2u);
    CHECK_IS(status_of(file.bytes, file.size), GP_OK, "two nodes in a node");
    set_word(file.bytes, entries + 4u * 15u, node | 1u);
    CHECK_IS(status_of(file.bytes, file.size), GP_ERR_INDEX, "a node twice, and one that no cell has");
    free(file.bytes);
}

/* All cells empty, no leaves: right but for the node, which no cell has. */
static void test_lost_node(const char *folder)
{
    const file_t file = load(folder, "tiny");
    for (uint32_t cell = 0; cell < 9; cell++) {
        set_word(file.bytes, place_of(&file, AT(ROOT, 4u * cell)), 0);
    }
    set_word(file.bytes, COUNT(7), 0);
    set_word(file.bytes, ROW(LEAF) + 16u, 0);
    CHECK_IS(status_of(file.bytes, file.size), GP_ERR_INDEX, "a node that no cell has");
    set_word(file.bytes, COUNT(6), 0);
    set_word(file.bytes, ROW(NODE) + 16u, 0);
    CHECK_IS(status_of(file.bytes, file.size), GP_OK, "nor node nor leaf");
    free(file.bytes);
}

void test_verify(const char *folder)
{
    run_cases(folder, VERIFY_CASES, sizeof VERIFY_CASES / sizeof VERIFY_CASES[0], true);
    test_sets(folder);
    test_leaves(folder);
    test_shared_leaf(folder);
    test_nodes();
    test_lost_node(folder);
}
