/* plane: the sweep of one level over pieces that do not overlap.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "merge_sort.h"
#include "work.h"

/* A sweep, and the corner at which it is: corners[from, to). */
typedef struct {
    work_t *work;
    seen_t *seen;
    level_t level;
    uint32_t first_ring, ring_count;
    size_t from, to;
    int64_t x, y;
} sweep_t;

static bool is_below(const sweep_t *sweep, const uint32_t *one, const uint32_t *other)
{
    const piece_t *a = &sweep->work->pieces.items[*one], *b = &sweep->work->pieces.items[*other];
    return products_sign(a->bx - sweep->x, b->by - sweep->y, a->by - sweep->y, b->bx - sweep->x) < 0;
}

MERGE_SORT(sort_upwards, uint32_t, const sweep_t *, is_below)

static piece_t *piece_at(const sweep_t *sweep, uint32_t node)
{
    return &sweep->work->pieces.items[sweep->work->tree.nodes[node].piece];
}

static bool is_through(const sweep_t *sweep, uint32_t node)
{
    return node != 0 && turn(piece_at(sweep, node), sweep->x, sweep->y) == 0;
}

/* The highest node below the corner. */
static uint32_t node_below(const sweep_t *sweep)
{
    const node_t *nodes = sweep->work->tree.nodes;
    const corner_t *corner = &sweep->work->corners[sweep->from];
    uint32_t below = 0;
    if (!corner->is_start) { /* a piece that ends here is known to be through the corner */
        below = nodes[sweep->work->pieces.items[corner->piece].node].previous;
        while (is_through(sweep, below)) {
            below = nodes[below].previous;
        }
        return below;
    }
    for (uint32_t node = sweep->work->tree.root; node != 0;) {
        const bool is_node_below = turn(piece_at(sweep, node), sweep->x, sweep->y) > 0;
        below = is_node_below ? node : below;
        node = is_node_below ? nodes[node].right : nodes[node].left;
    }
    return below;
}

/* Writes the pieces right of the corner to work->through, the lowest first; how many. left: how many are left of it.
 * SIZE_MAX: no memory. */
static size_t pieces_right(sweep_t *sweep, uint32_t below, size_t *left)
{
    work_t *work = sweep->work;
    size_t count = 0, starts = 0;
    *left = 0;
    for (uint32_t node = work->tree.nodes[below].next; is_through(sweep, node); node = work->tree.nodes[node].next) {
        ++*left;
    }
    for (size_t i = sweep->from; i < sweep->to; i++) {
        starts += work->corners[i].is_start;
    }
    const size_t most = 2u * (*left + starts);
    uint32_t *through = reserved(work->through, &work->through_capacity, most, sizeof *through);
    if (through == NULL) {
        return SIZE_MAX;
    }
    work->through = through;
    uint32_t node = below;
    for (size_t i = 0; i < *left; i++) {
        node = work->tree.nodes[node].next;
        const piece_t *piece = piece_at(sweep, node);
        if (piece->bx != sweep->x || piece->by != sweep->y) {
            through[count++] = work->tree.nodes[node].piece;
        }
    }
    for (size_t i = sweep->from; i < sweep->to; i++) {
        if (work->corners[i].is_start) {
            through[count++] = work->corners[i].piece;
        }
    }
    sort_upwards(through, through + most / 2u, count, sweep);
    return count;
}

static uint32_t root_of(uint32_t *parents, uint32_t ring)
{
    while (parents[ring] != ring) {
        parents[ring] = parents[parents[ring]];
        ring = parents[ring];
    }
    return ring;
}

/* One more ring that has the corner, with the one before, or none; the ring. Two that hang together already cut the
 * inside of their polygon in two. */
static uint32_t meet(sweep_t *sweep, uint32_t before, const piece_t *piece)
{
    work_t *work = sweep->work;
    const uint32_t ring = piece->ring - sweep->first_ring;
    if (work->seen[ring] == (uint32_t)sweep->to) { /* seen at this corner */
        return before;
    }
    work->seen[ring] = (uint32_t)sweep->to;
    if (before != UINT32_MAX) {
        const uint32_t one = root_of(work->parents, before), other = root_of(work->parents, ring);
        sweep->seen->touches |= one == other;
        work->parents[other] = one;
    }
    return ring;
}

/* What it means that more than two pieces meet in the corner. */
static void note_meeting(sweep_t *sweep, uint32_t below, size_t left)
{
    if (sweep->level == LEVEL_RING) {
        sweep->seen->touches = true;
    }
    if (sweep->level != LEVEL_POLYGON) {
        return;
    }
    uint32_t ring = UINT32_MAX, node = below;
    for (size_t i = 0; i < left; i++) {
        node = sweep->work->tree.nodes[node].next;
        ring = meet(sweep, ring, piece_at(sweep, node));
    }
    for (size_t i = sweep->from; i < sweep->to; i++) {
        if (sweep->work->corners[i].is_start) {
            ring = meet(sweep, ring, &sweep->work->pieces.items[sweep->work->corners[i].piece]);
        }
    }
}

/* Whether a face may be. */
static bool is_face(sweep_t *sweep, face_t face)
{
    seen_t *seen = sweep->seen;
    switch (sweep->level) {
    case LEVEL_RING: /* it winds once round what it encloses, everywhere in one direction */
        seen->sign = seen->sign != 0 ? seen->sign : face.area;
        return (face.area == 0 || face.area == seen->sign) && face.area <= 1 && face.area >= -1;
    case LEVEL_POLYGON: /* holes lie inside the exterior and in no other hole */
        seen->is_any_left |= face.area == 1 && face.holes == 0;
        return (face.area == 0 || face.area == 1) && face.holes >= 0 && face.holes <= face.area;
    case LEVEL_PARTS: /* it belongs to one part at most */
        return face.area == 0 || face.area == 1;
    default:
        return true;
    }
}

static void find(sweep_t *sweep, uint32_t ring, face_t face, double x, double y)
{
    seen_t *seen = sweep->seen;
    seen->has_finding = true;
    seen->ring = ring;
    seen->face = face;
    seen->x = x;
    seen->y = y;
}

/* Puts the pieces right of the corner into the status, where left nodes stand now. last: the highest node that is not
 * above the corner. false: no memory. */
static bool put(sweep_t *sweep, uint32_t below, size_t left, size_t right, uint32_t *last)
{
    work_t *work = sweep->work;
    tree_t *tree = &work->tree;
    face_t face = below != 0 ? tree->nodes[below].above : (face_t){0, 0};
    *last = below;
    for (size_t i = 0; i < right; i++) {
        piece_t *piece = &work->pieces.items[work->through[i]];
        const uint32_t node = i < left ? tree->nodes[*last].next : tree_insert_after(tree, *last);
        if (node == 0) {
            return false;
        }
        *last = node;
        face.area += piece->value.area;
        face.holes += piece->value.holes;
        piece->node = node;
        tree->nodes[node].piece = work->through[i];
        tree->nodes[node].above = face;
        if (!is_face(sweep, face)) {
            find(sweep, piece->ring, face, (double)sweep->x, (double)sweep->y);
            return true;
        }
    }
    for (size_t i = right; i < left; i++) {
        tree_remove(tree, tree->nodes[*last].next, work->pieces.items);
    }
    return true;
}

static bool is_corner(const work_t *work, int64_t x, int64_t y)
{
    size_t low = 0, high = work->corner_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2u;
        const corner_t *corner = &work->corners[middle];
        if (corner->x < x || (corner->x == x && corner->y < y)) {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low < work->corner_count && work->corners[low].x == x && work->corners[low].y == y;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Whether two pieces that cross do so at a corner. Positions of whole coordinates on the lower one are whole steps
 * apart, fewer than 2^53, so that the number of steps to the crossing is off by less than 3 in doubles: of the numbers
 * about it, the one is sought whose position lies on the upper one exactly. */
static bool cross_at_corner(const work_t *work, const piece_t *lower, const piece_t *upper, double share)
{
    const int64_t dx = lower->bx - lower->ax, dy = lower->by - lower->ay, steps = common_divisor(dx, dy);
    const int64_t about = (int64_t)(share * (double)steps);
    for (int64_t step = about - 4; step <= about + 5; step++) {
        if (step > 0 && step < steps) {
            const int64_t x = lower->ax + step * (dx / steps), y = lower->ay + step * (dy / steps);
            if (turn(upper, x, y) == 0) {
                return is_corner(work, x, y);
            }
        }
    }
    return false;
}

/* Ends the sweep where two neighbours cross beyond it, but at no corner. */
static void compare_neighbours(sweep_t *sweep, uint32_t below)
{
    const node_t *nodes = sweep->work->tree.nodes;
    const uint32_t above = nodes[below].next;
    if (below == 0 || above == 0 || sweep->seen->has_finding) {
        return;
    }
    const piece_t *lower = piece_at(sweep, below), *upper = piece_at(sweep, above);
    const bool is_lower_first = lower->bx != upper->bx ? lower->bx < upper->bx : lower->by < upper->by;
    if (is_lower_first ? turn(upper, lower->bx, lower->by) <= 0 : turn(lower, upper->bx, upper->by) >= 0) {
        return;
    }
    const int64_t dx = lower->bx - lower->ax, dy = lower->by - lower->ay;
    const int64_t ux = upper->bx - upper->ax, uy = upper->by - upper->ay;
    const double share = products_difference(upper->ax - lower->ax, uy, upper->ay - lower->ay, ux) /
                         products_difference(dx, uy, dy, ux);
    if (!cross_at_corner(sweep->work, lower, upper, share)) {
        const face_t before = nodes[below].above;
        const face_t beyond = {before.area - lower->value.area + upper->value.area,
                               before.holes - lower->value.holes + upper->value.holes};
        find(sweep, lower->ring > upper->ring ? lower->ring : upper->ring, beyond,
             (double)lower->ax + share * (double)dx, (double)lower->ay + share * (double)dy);
    }
}

/* Takes the sweep over one corner. */
static bool pass_corner(sweep_t *sweep)
{
    size_t left;
    uint32_t last;
    const uint32_t below = node_below(sweep);
    const size_t right = pieces_right(sweep, below, &left);
    if (right == SIZE_MAX) {
        return false;
    }
    if (left + right > 2u) {
        note_meeting(sweep, below, left);
    }
    sweep->seen->pieces += right;
    sweep->seen->corners++;
    if (!put(sweep, below, left, right, &last)) {
        return false;
    }
    compare_neighbours(sweep, below);
    if (last != below) {
        compare_neighbours(sweep, last);
    }
    return true;
}

/* The ends of all pieces in the order of the sweep, and room for the rings of a polygon. */
static bool prepare(work_t *work, uint32_t ring_count)
{
    const size_t count = 2u * work->pieces.count;
    corner_t *corners = reserved(work->corners, &work->corner_capacity, 2u * count, sizeof *corners);
    if (corners == NULL && count > 0) {
        return false;
    }
    work->corners = corners;
    work->corner_count = count;
    if (!tree_clear(&work->tree)) {
        return false;
    }
    for (size_t i = 0; i < work->pieces.count; i++) {
        const piece_t *piece = &work->pieces.items[i];
        corners[2u * i] = (corner_t){piece->ax, piece->ay, (uint32_t)i, 1};
        corners[2u * i + 1u] = (corner_t){piece->bx, piece->by, (uint32_t)i, 0};
    }
    sort_corners(corners, corners + count, count);
    uint32_t *rings = reserved(work->parents, &work->ring_capacity, 2u * (size_t)ring_count, sizeof *rings);
    if (rings == NULL && ring_count > 0) {
        return false;
    }
    work->parents = rings;
    work->seen = rings == NULL ? NULL : rings + ring_count;
    for (uint32_t ring = 0; ring < ring_count; ring++) {
        work->parents[ring] = ring;
        work->seen[ring] = 0;
    }
    return true;
}

bool sweep_plane(work_t *work, level_t level, uint32_t first_ring, uint32_t ring_count, seen_t *seen)
{
    sweep_t sweep = {.work = work, .seen = seen, .level = level, .first_ring = first_ring};
    if (!prepare(work, ring_count)) {
        return false;
    }
    while (sweep.to < work->corner_count && !seen->has_finding) {
        const corner_t *corner = &work->corners[sweep.to];
        sweep.from = sweep.to;
        sweep.x = corner->x;
        sweep.y = corner->y;
        while (sweep.to < work->corner_count && work->corners[sweep.to].x == sweep.x &&
               work->corners[sweep.to].y == sweep.y) {
            sweep.to++;
        }
        if (!pass_corner(&sweep)) {
            return false;
        }
    }
    return true;
}
