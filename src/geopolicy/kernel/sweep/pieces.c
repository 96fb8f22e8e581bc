/* pieces: edges that lie on one another become pieces that do not overlap.
 * SPDX-License-Identifier: Apache-2.0 */
#include "work.h"

#include <math.h>

#include "merge_sort.h"

static bool slope_comes_after(const piece_t *edges, const sloped_t *one, const sloped_t *other)
{
    (void)edges;
    return one->slope > other->slope;
}

/* The order of two lines: by direction, then from right to left. 0: they are one line. */
static int compare_lines(const piece_t *one, const piece_t *other)
{
    const int direction =
        products_sign(one->by - one->ay, other->bx - other->ax, one->bx - one->ax, other->by - other->ay);
    return direction != 0 ? direction : -turn(one, other->ax, other->ay);
}

static bool line_comes_after(const piece_t *edges, const sloped_t *one, const sloped_t *other)
{
    return compare_lines(&edges[one->edge], &edges[other->edge]) > 0;
}

static bool end_comes_after(const piece_t *edges, const corner_t *one, const corner_t *other)
{
    (void)edges;
    if (one->x != other->x) {
        return one->x > other->x;
    }
    return one->y != other->y ? one->y > other->y : one->is_start > other->is_start;
}

MERGE_SORT(sort_slopes, sloped_t, const piece_t *, slope_comes_after)
MERGE_SORT(sort_lines, sloped_t, const piece_t *, line_comes_after)
MERGE_SORT(sort_ends, corner_t, const piece_t *, end_comes_after)

void sort_corners(corner_t *corners, corner_t *room, size_t count)
{
    sort_ends(corners, room, count, NULL);
}

static bool add_piece(pieces_t *pieces, const piece_t *piece)
{
    piece_t *items = reserved(pieces->items, &pieces->capacity, pieces->count + 1u, sizeof *items);
    if (items == NULL) {
        return false;
    }
    pieces->items = items;
    items[pieces->count++] = *piece;
    return true;
}

/* Adds the pieces of the edges of one line, whose ends are in order. */
static bool add_line(work_t *work, const corner_t *ends, size_t end_count, bool keeps_all, bool *has_overlap)
{
    piece_t piece = {.bx = ends[0].x, .by = ends[0].y};
    int32_t depth = 0;
    for (size_t i = 0; i < end_count; i++) {
        const corner_t *end = &ends[i];
        const piece_t *edge = &work->edges.items[end->piece];
        const int32_t sign = end->is_start ? 1 : -1;
        if (end->x != piece.bx || end->y != piece.by) {
            piece.ax = piece.bx;
            piece.ay = piece.by;
            piece.bx = end->x;
            piece.by = end->y;
            const bool is_kept = piece.value.area != 0 || piece.value.holes != 0 || (keeps_all && depth > 0);
            if (is_kept && !add_piece(&work->pieces, &piece)) {
                return false;
            }
            *has_overlap |= depth > 1;
        }
        depth += sign;
        piece.value.area += sign * edge->value.area;
        piece.value.holes += sign * edge->value.holes;
        piece.ring = end->is_start ? edge->ring : piece.ring;
    }
    return true;
}

/* Adds the pieces of edges of one line. */
static bool add_edges(work_t *work, const sloped_t *line, size_t count, bool keeps_all, bool *has_overlap)
{
    if (count == 1u) {
        const piece_t *edge = &work->edges.items[line[0].edge];
        return add_piece(&work->pieces, edge);
    }
    corner_t *ends = reserved(work->corners, &work->corner_capacity, 4u * count, sizeof *ends);
    if (ends == NULL) {
        return false;
    }
    work->corners = ends;
    for (size_t i = 0; i < count; i++) {
        const piece_t *edge = &work->edges.items[line[i].edge];
        ends[2u * i] = (corner_t){edge->ax, edge->ay, line[i].edge, 1};
        ends[2u * i + 1u] = (corner_t){edge->bx, edge->by, line[i].edge, 0};
    }
    sort_corners(ends, ends + 2u * count, 2u * count);
    return add_line(work, ends, 2u * count, keeps_all, has_overlap);
}

/* Adds the pieces of edges of one slope, as far as doubles tell. */
static bool add_slope(work_t *work, sloped_t *sloped, sloped_t *room, size_t count, bool keeps_all, bool *has_overlap)
{
    const piece_t *edges = work->edges.items;
    if (count > 1u) {
        sort_lines(sloped, room, count, edges);
    }
    for (size_t from = 0, to = 0; from < count; from = to) {
        while (to < count && (to == from || compare_lines(&edges[sloped[from].edge], &edges[sloped[to].edge]) == 0)) {
            to++;
        }
        if (!add_edges(work, sloped + from, to - from, keeps_all, has_overlap)) {
            return false;
        }
    }
    return true;
}

bool make_pieces(work_t *work, bool keeps_all, bool *has_overlap)
{
    const size_t count = work->edges.count;
    const piece_t *edges = work->edges.items;
    work->pieces.count = 0;
    sloped_t *sloped = reserved(work->sloped, &work->sloped_capacity, 2u * count, sizeof *sloped);
    if (sloped == NULL && count > 0) {
        return false;
    }
    work->sloped = sloped;
    for (size_t i = 0; i < count; i++) {
        const int64_t dx = edges[i].bx - edges[i].ax, dy = edges[i].by - edges[i].ay;
        sloped[i] = (sloped_t){dx == 0 ? HUGE_VAL : (double)dy / (double)dx, (uint32_t)i};
    }
    sort_slopes(sloped, sloped + count, count, edges);
    for (size_t from = 0, to = 0; from < count; from = to) {
        while (to < count && sloped[to].slope <= sloped[from].slope) {
            to++;
        }
        if (!add_slope(work, sloped + from, sloped + count, to - from, keeps_all, has_overlap)) {
            return false;
        }
    }
    return true;
}
