/* guest: what the host and the guest have in common. SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>

#define MOST_PACK_BYTES 0x60000u
#define MOST_WORDS 8192u
#define NUMBERS 5u /* latitude, longitude, accuracy or family; of a path those of both ends, then the accuracy */

extern uint8_t guest_pack[MOST_PACK_BYTES];
extern uint64_t guest_question[NUMBERS]; /* bits of doubles; to load a pack, its bytes */
extern uint64_t guest_answer[MOST_WORDS];
extern uint64_t guest_count; /* words of the answer */

void guest_load(void);
void guest_point(void);
void guest_disc(void);
void guest_path(void);
void guest_transform(void);
void guest_tell(void);
void guest_halt(void);

#endif
