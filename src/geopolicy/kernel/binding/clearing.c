/* Implements clearing.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "clearing.h"

#include "answer.h"

#define MOST_LON 179.9     /* beyond, the antimeridian may be near: edges on it are no borders */
#define DEGREE_E7 1e7
#define WIDER 1.03         /* a degree of longitude 10 km nearer the equator, up to latitude 85, against one here */
#define MOST_STEP_M 250.0  /* between positions that follow each other closely */
#define STEPS 24.0 /* for which a clearing is to last */
#define LEAST_AHEAD_M 10.0 /* where the last step was short */

/* What a clearing must have around a position. A disc meets a border at a planar distance of up to 1.034 accuracy_m +
 * 0.02 m (gp_widen), and a planar distance and a true one differ by no more than that, once more; the rest is for the
 * rounding of positions to the grid. */
static double needed_m(double accuracy_m)
{
    return 1.08 * accuracy_m + 0.5;
}

/* At least the square of the distance between a position and the centre, where that is less than 10 km. */
static double distance_sq(const clearing_t *clearing, double lat, double lon)
{
    const double y = (lat - clearing->lat) * clearing->per_lat, x = (lon - clearing->lon) * clearing->per_lon;
    return x * x + y * y;
}

bool clearing_holds(const clearing_t *clearing, double lat, double lon, double accuracy_m)
{
    const double left_m = clearing->radius_m - needed_m(accuracy_m);
    return left_m >= 0.0 && lon > -MOST_LON && lon < MOST_LON && distance_sq(clearing, lat, lon) <= left_m * left_m;
}

/* How far beyond what is needed to look: as far as the next positions may lie. 0: they lie anywhere. */
static double ahead_m(const clearing_t *clearing, double lat, double lon)
{
    clearing_t last = *clearing;
    last.lat = clearing->last_lat;
    last.lon = clearing->last_lon;
    const double step_sq = distance_sq(&last, lat, lon);
    if (!(step_sq <= MOST_STEP_M * MOST_STEP_M)) {
        return 0.0;
    }
    const double ahead = STEPS * gp_sqrt(step_sq);
    return ahead > LEAST_AHEAD_M ? ahead : LEAST_AHEAD_M;
}

bool clearing_find(clearing_t *clearing, const gp_pack_t *pack, double lat, double lon, double accuracy_m)
{
    double per_lat, per_lon;
    gp_scales(lat * DEGREE_E7, &per_lat, &per_lon);
    clearing->per_lat = WIDER * DEGREE_E7 * per_lat;
    clearing->per_lon = WIDER * DEGREE_E7 * per_lon;
    const double needed = needed_m(accuracy_m), ahead = ahead_m(clearing, lat, lon);
    clearing->last_lat = lat;
    clearing->last_lon = lon;
    clearing->radius_m = 0.0;
    if (ahead == 0.0 || clearing->is_passed || needed + ahead > GP_LIMIT_M || !(lon > -MOST_LON && lon < MOST_LON)) {
        return false;
    }
    clearing->lat = lat;
    clearing->lon = lon;
    const double radius_m = answer_safe_radius(pack, lat, lon, needed + ahead);
    clearing->radius_m = radius_m >= needed ? radius_m : 0.0;
    return radius_m >= needed;
}
