/* status: the pieces that reach over the place where the sweep is, from below to above. A tree of Adelson-Velsky and
 * Landis, so that no ring can make it deep, and a list of neighbours.
 * SPDX-License-Identifier: Apache-2.0 */
#include "work.h"

static void set_height(node_t *nodes, uint32_t node)
{
    const uint32_t left = nodes[nodes[node].left].height, right = nodes[nodes[node].right].height;
    nodes[node].height = (left > right ? left : right) + 1u;
}

/* Puts a node, or none, where another one hangs. */
static void replace(tree_t *tree, uint32_t old, uint32_t new)
{
    node_t *nodes = tree->nodes;
    const uint32_t parent = nodes[old].parent;
    if (parent == 0) {
        tree->root = new;
    } else if (nodes[parent].left == old) {
        nodes[parent].left = new;
    } else {
        nodes[parent].right = new;
    }
    if (new != 0) {
        nodes[new].parent = parent;
    }
}

/* Lifts the left or right child of a node above it. */
static uint32_t rotate(tree_t *tree, uint32_t node, bool lifts_left)
{
    node_t *nodes = tree->nodes;
    const uint32_t child = lifts_left ? nodes[node].left : nodes[node].right;
    const uint32_t inner = lifts_left ? nodes[child].right : nodes[child].left;
    replace(tree, node, child);
    *(lifts_left ? &nodes[node].left : &nodes[node].right) = inner;
    *(lifts_left ? &nodes[child].right : &nodes[child].left) = node;
    nodes[node].parent = child;
    if (inner != 0) {
        nodes[inner].parent = node;
    }
    set_height(nodes, node);
    set_height(nodes, child);
    return child;
}

/* Balances a node and all above it whose height changes. */
static void balance(tree_t *tree, uint32_t node)
{
    node_t *nodes = tree->nodes;
    while (node != 0) {
        const uint32_t before = nodes[node].height;
        const uint32_t left = nodes[node].left, right = nodes[node].right;
        if (nodes[left].height > nodes[right].height + 1u) {
            if (nodes[nodes[left].left].height < nodes[nodes[left].right].height) {
                rotate(tree, left, false);
            }
            node = rotate(tree, node, true);
        } else if (nodes[right].height > nodes[left].height + 1u) {
            if (nodes[nodes[right].right].height < nodes[nodes[right].left].height) {
                rotate(tree, right, true);
            }
            node = rotate(tree, node, false);
        } else {
            set_height(nodes, node);
        }
        if (nodes[node].height == before) {
            return;
        }
        node = nodes[node].parent;
    }
}

bool tree_clear(tree_t *tree)
{
    node_t *nodes = reserved(tree->nodes, &tree->capacity, 1, sizeof *nodes);
    if (nodes == NULL) {
        return false;
    }
    nodes[0] = (node_t){0};
    tree->nodes = nodes;
    tree->count = 1;
    tree->root = tree->free = 0;
    return true;
}

uint32_t tree_insert_after(tree_t *tree, uint32_t node)
{
    uint32_t new = tree->free;
    if (new == 0) {
        node_t *grown = reserved(tree->nodes, &tree->capacity, tree->count + 1u, sizeof *grown);
        if (grown == NULL) {
            return 0;
        }
        tree->nodes = grown;
        new = (uint32_t)tree->count++;
    } else {
        tree->free = tree->nodes[new].next;
    }
    node_t *nodes = tree->nodes;
    const uint32_t next = nodes[node].next;
    nodes[new] = (node_t){.height = 1, .previous = node, .next = next};
    nodes[node].next = nodes[next].previous = new;
    if (node != 0 && nodes[node].right == 0) {
        nodes[node].right = new;
        nodes[new].parent = node;
    } else if (next != 0) { /* which has none to its left: it is the first, or the first right of node */
        nodes[next].left = new;
        nodes[new].parent = next;
    } else {
        tree->root = new;
    }
    balance(tree, nodes[new].parent);
    return new;
}

void tree_remove(tree_t *tree, uint32_t node, piece_t *pieces)
{
    node_t *nodes = tree->nodes;
    if (nodes[node].left != 0 && nodes[node].right != 0) {
        const uint32_t next = nodes[node].next; /* has none to its left */
        nodes[node].piece = nodes[next].piece;
        nodes[node].above = nodes[next].above;
        pieces[nodes[node].piece].node = node;
        node = next;
    }
    const uint32_t parent = nodes[node].parent;
    replace(tree, node, nodes[node].left != 0 ? nodes[node].left : nodes[node].right);
    nodes[nodes[node].previous].next = nodes[node].next;
    nodes[nodes[node].next].previous = nodes[node].previous;
    nodes[node].next = tree->free;
    tree->free = node;
    balance(tree, parent);
}
