/* gp_kernel: which zones cover a position, touch a disc or a path, and how far the nearest border is.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is. A look-up in a pack: a read-only block of bytes that `geopolicy compile` makes of zone files
 * (format: docs/spec/pack-v1.md). C11, freestanding: no heap, no recursion, no globals, no library but memcpy,
 * memset and memcmp, which compilers call by themselves. Copy the folder of this file. Compile gp_open.c, gp_lookup.c
 * and gp_frames.c; add gp_many.c for many positions at once, gp_distance.c for distances, and gp_distance.c and
 * gp_path.c for paths.
 *
 * What it needs. IEEE 754 doubles evaluated as doubles (FLT_EVAL_METHOD 0; on 32-bit x86 compile with -msse2
 * -mfpmath=sse), and no product and sum contracted to one rounding (-ffp-contract=off, which gp_port.h asks for by
 * itself where it can; clang with -ffp-contract=fast does not listen): then the answers have the same bits everywhere.
 * -ffast-math and -Ofast take NaN for a position; what a compiler tells of them is refused. GCC's and clang's builtins
 * are used where these compile; with GP_PORTABLE defined, and with all other compilers, it is plain C11. The sources
 * are C++20 too.
 *
 * How to use it.
 *
 *     gp_pack_t pack;
 *     if (gp_open(&pack, bytes, size) != GP_OK || gp_verify(&pack) != GP_OK) { restrict_everything(); }
 *     // The checksum is the caller's: SHA-256 of the bytes but 32 to 64, which hold it.
 *
 *     uint32_t owners[64];
 *     gp_found_t found = {.owners = owners, .capacity = 64};
 *     if (!gp_is_position(lat, lon)) { restrict_everything(); }
 *     for (uint32_t family = 0; family < GP_FAMILIES; family++) {
 *         gp_point_t at;
 *         if (gp_to_grid(&pack, family, lat, lon, &at) && gp_covering(&pack, family, at, &found) != GP_OK) {
 *             restrict_everything();
 *         }
 *     }
 *     // found.count numbers in owners: below pack.zone_count a zone, from there on a coverage. Where not all
 *     // pack.coverage_count coverages are among them the pack does not know the position: restrict everything.
 *
 * What it promises. A position on an edge or a vertex of a zone is covered, one unit (1e-7 degrees) outside it is not:
 * integers only, no tolerance. After gp_verify returned GP_OK no query reads outside the pack, whatever its bytes are.
 * All functions are pure: threads may share a pack.
 *
 * What it costs. A position: at most pack.max_depth nodes, then at most pack.max_leaf_edges edges, each a few
 * comparisons and at most two products. A distance or a path: all leaves that meet the box around it, at most
 * pack.max_leaf_edges edges each; the pack bounds their number, nothing else does. Within half a degree of zones in
 * GCJ-02 or BD-09 a position is transformed first. Where doubles are software that is done by integers
 * (GP_INTEGER_FRAMES in gp_port.h): 2,300 or 2,900 instructions of a Cortex-M4 in the mean, but 47,000 or 56,000 for
 * one position in 200, which only doubles settle. gp_open takes constant time, gp_verify reads the pack once. No call
 * needs more than 2.5 KiB of stack on 32-bit and 64-bit x86, with optimization.
 *
 * What it expects. The bytes of a pack and the gp_pack_t outlive all calls and do not change. A pack that was opened
 * but not verified must come from trusted storage: what a query of a damaged one reads or answers is undefined. So
 * is the answer to arguments outside the ranges that are stated below; compile with GP_ASSERT defined as assert to find
 * such calls. A family that does not exist is refused always: with GP_ERR_RECORD, or by the answer that restricts most.
 *
 * What it does not do. It knows no rules, levels or times; it names zones. Every status but GP_OK means: restrict.
 *
 * Units. Degrees are doubles on WGS 84, latitude first. Grid units are 1e-7 degrees. Lengths are metres.
 */
#ifndef GP_KERNEL_H
#define GP_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GP_KERNEL_VERSION 100u    /* 0.1.0: 10,000 * major + 100 * minor + patch */
#define GP_FORMAT 1u              /* the pack format that this kernel reads */
#define GP_FORMAT_OVERLAY 2u      /* the same, of zones that are added to those of other packs */
#define GP_HEADER_BYTES 640u      /* of a pack */
#define GP_HALF_TURN 1800000000   /* 180 degrees in grid units */
#define GP_FULL_TURN 3600000000LL /* 360 degrees */
#define GP_POLE 900000000         /* 90 degrees of latitude */
#define GP_MAX_LAT_E7 850000000   /* beyond 85 degrees no distance is judged */
#define GP_LIMIT_M 10000.0        /* no distance beyond this is judged */
#define GP_MAX_DEPTH 16u          /* a cell of 2^32 units, halved twice a level, has one unit at depth 16 */

/* Frame families (docs/semantics.md): each has an index of its own in the pack, perhaps an empty one. */
#define GP_WGS84 0u
#define GP_GCJ02 1u
#define GP_BD09 2u
#define GP_FAMILIES 3u

/* What a pack, or a call, may be refused for. */
typedef enum {
    GP_OK = 0,
    GP_ERR_SIZE,     /* shorter or longer than its header says, or than a header */
    GP_ERR_MAGIC,    /* not a pack */
    GP_ERR_FORMAT,   /* a format that this kernel does not read */
    GP_ERR_SECTION,  /* a section is missing, misplaced, misaligned or of a wrong length */
    GP_ERR_INDEX,    /* the index refers to something that is not there, or breaks a bound in the header */
    GP_ERR_RECORD,   /* a zone, ring, set, vertex or family is out of range */
    GP_ERR_CAPACITY, /* the caller's array is too short for the answer: call again with a longer one */
} gp_status_t;

/* The index of one frame family: a grid of root cells, and a tree of 4 x 4 cells below each. */
typedef struct {
    const uint8_t *roots;  /* cols * rows entries */
    int32_t min_x, min_y;  /* grid units */
    uint32_t shift;        /* a root cell has 2^shift units a side */
    uint32_t cols, rows;   /* 0: no zone of this family */
    uint64_t width, height;
    uint32_t north, south; /* sets that cover the poles */
    uint32_t depth;        /* levels of nodes below the roots */
} gp_family_index_t;

/* An opened pack: pointers into the caller's bytes. To be read, not written. */
typedef struct {
    const uint8_t *bytes;
    uint64_t size;
    const uint8_t *vertices;    /* pairs of int32: x, y */
    const uint8_t *rings;       /* pairs of uint32: first vertex, kind */
    const uint8_t *zones;       /* records of 32 bytes: zones, then coverages */
    const uint8_t *set_ends;    /* uint32: end of each set in the members */
    const uint8_t *set_members; /* uint32: owners, ascending in each set */
    const uint8_t *nodes;       /* 16 entries each */
    const uint8_t *leaves;      /* words of 4 bytes */
    const uint8_t *terms;       /* pairs of uint32: offset and length in the text */
    const uint8_t *text;        /* UTF-8 */
    uint32_t zone_count, coverage_count, vertex_count, ring_count, set_count, member_count;
    uint32_t node_count, leaf_words, term_count, text_bytes;
    uint32_t max_depth, max_leaf_edges;
    gp_family_index_t families[GP_FAMILIES];
} gp_pack_t;

/* A position on the grid of one family: |x| <= GP_HALF_TURN, |y| <= GP_POLE. */
typedef struct {
    int32_t x, y;
} gp_point_t;

/* Names the answer for a position: positions of one family with equal ids are covered by the same zones. 0: by none.
 * GP_ANSWER_UNNAMED: more zones border here than an id can name; ask gp_covering. Else it is below 2^63, and bits 48
 * to 61 are 0. */
typedef uint64_t gp_answer_id_t;
#define GP_ANSWER_UNNAMED UINT64_MAX

/* The cell whose positions share an answer id: x in [x, x + side), y likewise; side 0 where none is known. */
typedef struct {
    int32_t x, y;
    uint32_t side;
} gp_cell_t;

/* Owners found, each once, in no order. The caller gives the arrays and their capacity and sets count to 0;
 * distance_sq may be NULL where a call does not fill it. When a call returns GP_ERR_CAPACITY the answer
 * is not whole. capacity zone_count + coverage_count always suffices. */
typedef struct {
    uint32_t *owners;
    double *distance_sq; /* square metres to the nearest border; see each call */
    uint32_t capacity, count;
} gp_found_t;

/* A straight path between two positions on the grid of one family, as gp_path_between makes it. */
typedef struct {
    int64_t x[2], y[2];
    double per_lat, per_lon; /* the smallest metres per unit anywhere on it */
    double radius_m;         /* planar; 0: only what it touches */
} gp_path_t;

/* ---- Opening ---------------------------------------------------------------------------------------- */

/* Reads the header and places the sections; constant time. Enough for packs from storage that is trusted; for all others
 * call gp_verify too. A pack that is refused no longer refers to what was opened in it before. */
gp_status_t gp_open(gp_pack_t *pack, const void *bytes, uint64_t size);

/* The same for an overlay, which gp_open refuses: a pack without coverages, whose zones count beside those of a pack
 * that gp_open has opened. It makes no position known: with overlays alone, restrict everything. */
gp_status_t gp_open_overlay(gp_pack_t *pack, const void *bytes, uint64_t size);

/* Checks every offset, count and number, once through the pack. */
gp_status_t gp_verify(const gp_pack_t *pack);

/* The id of a zone, UTF-8, length bytes with no zero behind them; an empty one is not NULL. NULL, and length 0,
 * for a coverage and whatever else is no zone: those have no id. */
const char *gp_zone_id(const gp_pack_t *pack, uint32_t owner, uint32_t *length);

/* ---- Positions -------------------------------------------------------------------------------------- */

/* Whether lat is in [-90, 90] and lon in [-180, 180]; NaN is not. All calls below expect such positions. */
bool gp_is_position(double lat, double lon);

/* The position on the grid of a family. false: no zone of the family can cover it or come within 20,000 m of it, and
 * there is nothing to ask for. For a family that does not exist it is true, so that the query that follows refuses. */
bool gp_to_grid(const gp_pack_t *pack, uint32_t family, double lat, double lon, gp_point_t *at);

/* The answer id of a position, and the cell around it (cell may be NULL). GP_ANSWER_UNNAMED for a family that does not
 * exist. */
gp_answer_id_t gp_locate(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_cell_t *cell);

/* The answer ids of many positions: faster than one by one, because look-ups that wait for memory overlap. */
void gp_locate_many(const gp_pack_t *pack, uint32_t family, const gp_point_t *points, uint32_t count,
                    gp_answer_id_t *ids);

/* Fetches what the queries about many scattered positions will read, so that their waits for memory overlap; some
 * dozens at a time, just before they are asked. Changes no answer. */
void gp_fetch(const gp_pack_t *pack, uint32_t family, const gp_point_t *points, uint32_t count);

/* Adds all owners that cover a position. distance_sq is not used.
 * GP_ERR_CAPACITY if they are more than fit. */
gp_status_t gp_covering(const gp_pack_t *pack, uint32_t family, gp_point_t at, gp_found_t *found);

/* ---- Distances: planar, in the tangent plane at the position (docs/semantics.md); |lat| <= 85 -------- */

/* Metres per grid unit of latitude and longitude at a latitude. */
void gp_scales(double y_e7, double *per_lat, double *per_lon);

/* The planar radius that holds everything within a geodesic distance of a position; 0 stays 0. Distance up to
 * 20,000 m. Infinite where no distance is judged, or for a family that does not exist. */
double gp_widen(double distance_m, int32_t y_e7, uint32_t family);

/* The geodesic radius within which nothing lies if nothing does within a planar one; 0 where no distance is judged, or
 * for a family that does not exist. */
double gp_narrow(double distance_m, int32_t y_e7, uint32_t family);

/* Adds all owners with a border within a planar radius, distance_sq the squared distance to it.
 * radius_m is 0 to 20,000. GP_ERR_CAPACITY if they are more than fit. */
gp_status_t gp_near(const gp_pack_t *pack, uint32_t family, gp_point_t at, double radius_m, gp_found_t *found);

/* Squared planar metres to the nearest border within limit_m (0 to 20,000); infinite if there is none, 0 for a family
 * that does not exist. */
double gp_nearest(const gp_pack_t *pack, uint32_t family, gp_point_t at, double limit_m);

/* ---- Paths ------------------------------------------------------------------------------------------ */

/* The straight path between two positions, the short way round the Earth, for a family and a horizontal accuracy
 * (0 to 10,000 m). false: it cannot meet a zone of the family. Each call sets is_known: to false where the family does
 * not exist, or an end of a path into its domain lies too far outside of it, which is to be treated as unknown; else to
 * true. Give each
 * family its own, or the next one forgets it. */
bool gp_path_between(const gp_pack_t *pack, uint32_t family, const double lat[2], const double lon[2],
                     double accuracy_m, gp_path_t *path, bool *is_known);

/* Adds all owners with an edge that the path touches or passes within its radius. distance_sq is 0 where a
 * border is met, infinite where only an edge is that counts for no distance. Zones that hold the whole
 * path inside are not added: ask gp_covering for its ends. GP_ERR_CAPACITY if they are more than fit. */
gp_status_t gp_touched_by(const gp_pack_t *pack, uint32_t family, const gp_path_t *path, gp_found_t *found);

/* ---- Frames ----------------------------------------------------------------------------------------- */

/* WGS 84 to a family, in place, degrees. Meant for latitude -1 to 61, longitude 69 to 141. NaN for a family that does
 * not exist. */
void gp_forward(uint32_t family, double *lat, double *lon);

/* sin(pi t), off by less than 1e-15 for |t| < 2^50; the correctly rounded square root of x >= 0. */
double gp_sin_pi(double t);
double gp_sqrt(double x);

#ifdef __cplusplus
}
#endif

#endif
