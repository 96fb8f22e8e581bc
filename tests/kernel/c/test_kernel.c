/* test_kernel: the kernel alone, without Python. Usage: test_kernel FOLDER, with packs of make_corpus.py in it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

unsigned long checks_made, checks_failed;

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: test_kernel FOLDER\n");
        return 2;
    }
    test_open(argv[1]);
    test_verify(argv[1]);
    test_positions(argv[1]);
    test_distances(argv[1]);
    test_paths(argv[1]);
    test_families(argv[1]);
    test_frames();
    test_settle();
    printf("%lu checks, %lu failed\n", checks_made, checks_failed);
    return checks_failed == 0 && checks_made > 0 ? 0 : 1;
}
