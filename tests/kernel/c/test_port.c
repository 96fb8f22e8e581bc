/* What gp_port.h does itself where there are no builtins: the same as with them, and nothing beside.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "gp_port.h"

#define BYTES 12u

static const uint8_t LETTERS[BYTES + 1u] = "abcdefghijkl";

static void test_copy_and_clear(void)
{
    for (size_t first = 0; first <= BYTES; first++) {
        for (size_t count = 0; first + count <= BYTES; count++) {
            uint8_t copied[BYTES], cleared[BYTES];
            memset(copied, '-', BYTES);
            memcpy(cleared, LETTERS, BYTES);
            copy_bytes(copied + first, LETTERS + first, count);
            clear_bytes(cleared + first, count);
            for (size_t i = 0; i < BYTES; i++) {
                const bool is_meant = i >= first && i < first + count;
                CHECK(copied[i] == (is_meant ? LETTERS[i] : '-'));
                CHECK(cleared[i] == (is_meant ? 0 : LETTERS[i]));
            }
        }
    }
}

static void test_compare(void)
{
    for (size_t count = 0; count <= BYTES; count++) {
        for (size_t at = 0; at < BYTES; at++) {
            uint8_t less[BYTES], more[BYTES];
            memcpy(less, LETTERS, BYTES);
            memcpy(more, LETTERS, BYTES);
            less[at] = 0;
            more[at] = 255; /* as a byte without a sign */
            const int32_t sign = at < count ? 1 : 0;
            const int of_less = compare_bytes(less, LETTERS, count), of_more = compare_bytes(more, LETTERS, count);
            CHECK((of_less > 0) - (of_less < 0) == -sign && (of_more > 0) - (of_more < 0) == sign);
        }
    }
}

static void test_words(void)
{
    static const uint8_t bytes[] = {0x00, 0x01, 0x02, 0x83, 0xFE, 0x05, 0x06, 0x07, 0x08, 0x09};
    CHECK(u32_at(bytes, 0) == 0x83020100u && u32_at(bytes, 1) == 0x070605FEu);
    CHECK(u32_at(bytes + 1, 0) == 0xFE830201u && u32_at(bytes + 2, 1) == 0x09080706u); /* wherever it lies */
}

void test_port(void)
{
    test_copy_and_clear();
    test_compare();
    test_words();
    const double infinite_number = INFINITE;
    CHECK(infinite_number > DBL_MAX && infinite_number == infinite_number);
}
