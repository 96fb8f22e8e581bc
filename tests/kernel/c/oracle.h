/* oracle: the answers by definition, edge after edge over all rings; slow, and without the index.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Takes rings and zones as docs/spec/pack-v1.md has them, for packs whose borders are all edges of rings. */
#ifndef ORACLE_H
#define ORACLE_H

#include <math.h>

#include "check.h"
#include "gp_kernel.h"

#define RING_BORDER 2u
#define ORIGIN_UNITS 100000000LL

/* The end of a ring, in vertices, and a vertex in absolute units. */
static inline uint32_t oracle_ring_end(const gp_pack_t *pack, uint32_t ring)
{
    return ring + 1u < pack->ring_count ? word_at(pack->rings, 8u * (ring + 1u)) : pack->vertex_count;
}

static inline void oracle_vertex(const gp_pack_t *pack, uint32_t vertex, int64_t origin, int64_t place[2])
{
    place[0] = (int32_t)word_at(pack->vertices, 8u * vertex) + origin;
    place[1] = (int32_t)word_at(pack->vertices, 8u * vertex + 4u);
}

/* Whether x, y is on the edge (*is_on), and whether a ray to the east crosses it (1 or 0). */
static inline uint32_t oracle_edge(const int64_t a[2], const int64_t b[2], int64_t x, int64_t y, bool *is_on)
{
    const int64_t cross = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
    const bool is_in_x = (x >= a[0] && x <= b[0]) || (x >= b[0] && x <= a[0]);
    const bool is_in_y = (y >= a[1] && y <= b[1]) || (y >= b[1] && y <= a[1]);
    *is_on = *is_on || (cross == 0 && is_in_x && is_in_y);
    if ((a[1] > y) == (b[1] > y)) {
        return 0;
    }
    return (b[1] > a[1]) == (cross < 0);
}

/* Squared metres from the origin to an edge in metres. */
static inline double oracle_distance_sq(double ax, double ay, double bx, double by)
{
    const double dx = bx - ax, dy = by - ay, length_sq = dx * dx + dy * dy;
    double share = length_sq > 0.0 ? -(ax * dx + ay * dy) / length_sq : 0.0;
    share = share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
    return (ax + share * dx) * (ax + share * dx) + (ay + share * dy) * (ay + share * dy);
}

/* Whether an owner covers a position of its family. */
static inline bool oracle_covers(const gp_pack_t *pack, uint32_t owner, gp_point_t at)
{
    const uint8_t *zone = pack->zones + 32u * (uint64_t)owner;
    const uint32_t first = word_at(zone, 20), end = first + word_at(zone, 24);
    const int64_t origin = (int8_t)zone[29] * ORIGIN_UNITS;
    bool is_covered = false;
    for (int64_t turn = -1; turn <= 1 && !is_covered; turn++) {
        uint32_t crossings = 0;
        for (uint32_t ring = first; ring < end; ring++) {
            if (word_at(pack->rings, 8u * ring + 4u) == RING_BORDER) {
                continue;
            }
            int64_t a[2], b[2];
            oracle_vertex(pack, word_at(pack->rings, 8u * ring), origin, a);
            for (uint32_t v = word_at(pack->rings, 8u * ring) + 1u; v < oracle_ring_end(pack, ring); v++) {
                oracle_vertex(pack, v, origin, b);
                crossings += oracle_edge(a, b, at.x + turn * GP_FULL_TURN, at.y, &is_covered);
                memcpy(a, b, sizeof a);
            }
        }
        is_covered = is_covered || crossings % 2u != 0;
    }
    return is_covered;
}

typedef struct {
    bool is_covered;
    double distance_sq;
} oracle_t;

/* What is true of an owner at a position of its family. */
static inline oracle_t oracle(const gp_pack_t *pack, uint32_t owner, gp_point_t at)
{
    const uint8_t *zone = pack->zones + 32u * (uint64_t)owner;
    const uint32_t first = word_at(zone, 20), end = first + word_at(zone, 24);
    const int64_t origin = (int8_t)zone[29] * ORIGIN_UNITS;
    oracle_t answer = {false, HUGE_VAL};
    double per_lat, per_lon;
    gp_scales((double)at.y, &per_lat, &per_lon);
    for (int64_t turn = -1; turn <= 1; turn++) {
        const int64_t x = at.x + turn * GP_FULL_TURN, y = at.y;
        uint32_t crossings = 0;
        bool is_on = false;
        for (uint32_t ring = first; ring < end; ring++) {
            const bool is_border = word_at(pack->rings, 8u * ring + 4u) == RING_BORDER;
            for (uint32_t v = word_at(pack->rings, 8u * ring); v + 1u < oracle_ring_end(pack, ring); v++) {
                int64_t a[2], b[2];
                oracle_vertex(pack, v, origin, a);
                oracle_vertex(pack, v + 1u, origin, b);
                crossings += is_border ? 0u : oracle_edge(a, b, x, y, &is_on);
                const double distance_sq =
                    oracle_distance_sq((double)(a[0] - x) * per_lon, (double)(a[1] - y) * per_lat,
                                       (double)(b[0] - x) * per_lon, (double)(b[1] - y) * per_lat);
                answer.distance_sq = distance_sq < answer.distance_sq ? distance_sq : answer.distance_sq;
            }
        }
        answer.is_covered = answer.is_covered || is_on || crossings % 2u != 0;
    }
    return answer;
}

static inline int64_t oracle_side(const int64_t a[2], const int64_t b[2], const int64_t c[2])
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/* Whether c, on the line through a and b, lies between them. */
static inline bool oracle_between(const int64_t a[2], const int64_t b[2], const int64_t c[2])
{
    const int64_t ahead = (b[0] - a[0]) * (c[0] - a[0]) + (b[1] - a[1]) * (c[1] - a[1]);
    const int64_t back = (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]);
    return ahead >= 0 && back >= 0 && (ahead > 0 || back > 0 || (a[0] == c[0] && a[1] == c[1]));
}

static inline bool oracle_segments_meet(const int64_t a[2], const int64_t b[2], const int64_t c[2],
                                        const int64_t d[2])
{
    const int64_t of_a = oracle_side(c, d, a), of_b = oracle_side(c, d, b);
    const int64_t of_c = oracle_side(a, b, c), of_d = oracle_side(a, b, d);
    if ((of_a == 0 && oracle_between(c, d, a)) || (of_b == 0 && oracle_between(c, d, b)) ||
        (of_c == 0 && oracle_between(a, b, c)) || (of_d == 0 && oracle_between(a, b, d))) {
        return true;
    }
    return ((of_a < 0) != (of_b < 0)) && ((of_c < 0) != (of_d < 0)) && of_a != 0 && of_b != 0 && of_c != 0 && of_d != 0;
}

/* Whether an edge of an owner meets a path; differences of coordinates below 2^30, origin 0. */
static inline bool oracle_meets(const gp_pack_t *pack, uint32_t owner, gp_point_t from, gp_point_t to)
{
    const uint8_t *zone = pack->zones + 32u * (uint64_t)owner;
    const uint32_t first = word_at(zone, 20), end = first + word_at(zone, 24);
    const int64_t start[2] = {from.x, from.y}, stop[2] = {to.x, to.y};
    bool is_met = false;
    for (uint32_t ring = first; ring < end; ring++) {
        for (uint32_t v = word_at(pack->rings, 8u * ring); v + 1u < oracle_ring_end(pack, ring); v++) {
            int64_t a[2], b[2];
            oracle_vertex(pack, v, 0, a);
            oracle_vertex(pack, v + 1u, 0, b);
            is_met = is_met || oracle_segments_meet(start, stop, a, b);
        }
    }
    return is_met;
}

#endif
