/* Tests of the look-up: test_kernel FOLDER [NAME ...], the folder of make_corpus.py; all tests if none is named.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

unsigned long checks_made, checks_failed;

static void port(const char *folder)
{
    (void)folder;
    test_port();
}

static void frames(const char *folder)
{
    (void)folder;
    test_frames();
}

static void settle(const char *folder)
{
    (void)folder;
    test_settle();
}

static const struct {
    const char *name;
    void (*test)(const char *folder);
} tests[] = {{"port", port},   {"open", test_open},           {"verify", test_verify}, {"positions", test_positions},
             {"cells", test_cells}, {"distances", test_distances}, {"paths", test_paths},   {"families", test_families},
             {"frames", frames}, {"settle", settle}};

static bool is_asked(const char *name, int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return true;
        }
    }
    return argc == 2;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: test_kernel FOLDER [NAME ...]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        if (is_asked(tests[i].name, argc, argv)) {
            tests[i].test(argv[1]);
        }
    }
    printf("%lu checks, %lu failed\n", checks_made, checks_failed);
    return checks_failed == 0 && checks_made > 0 ? 0 : 1;
}
