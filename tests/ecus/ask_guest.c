/* ask_guest: the guest as a program of an operating system, for emulators of processes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads a question a line, in hexadecimal: 0, the bytes of a pack, and then these bytes; or from 1 to 4, a point, disc,
 * path or transform, and the bits of its numbers. Prints the words of the answer on a line. */
#include <inttypes.h>
#include <stdio.h>

#include "guest.h"

int main(void)
{
    static void (*const calls[])(void) = {guest_load, guest_point, guest_disc, guest_path, guest_transform};
    unsigned call, byte;
    while (scanf("%x", &call) == 1 && call < sizeof calls / sizeof calls[0]) {
        for (uint32_t i = 0; i < (call == 0 ? 1u : NUMBERS); i++) {
            if (scanf("%" SCNx64, &guest_question[i]) != 1) {
                return 1;
            }
        }
        for (uint64_t i = 0; call == 0 && i < guest_question[0] && i < MOST_PACK_BYTES; i++) {
            if (scanf("%x", &byte) != 1) {
                return 1;
            }
            guest_pack[i] = (uint8_t)byte;
        }
        calls[call]();
        if (call != 0) {
            guest_tell();
        }
        for (uint64_t i = 0; i < guest_count && i < MOST_WORDS; i++) {
            printf("%" PRIx64 " ", guest_answer[i]);
        }
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
