/* gp_port: all that depends on the compiler; shared by the files of the kernel, no part of its API.
 * SPDX-License-Identifier: Apache-2.0
 *
 * GCC and clang: their builtins, which need no library. Others, or where GP_PORTABLE is defined: C11 as every
 * freestanding implementation has it, without any function of a library. Answers are the same to the last bit. */
#ifndef GP_PORT_H
#define GP_PORT_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if (defined(__GNUC__) || defined(__clang__)) && !defined(GP_PORTABLE)
#define GP_HAS_BUILTINS 1
#else
#define GP_HAS_BUILTINS 0
#endif

/* What a caller promises and what the code concludes from it. Empty by default; to check, compile with for example
 * -include assert.h -DGP_ASSERT=assert */
#ifndef GP_ASSERT
#define GP_ASSERT(condition) ((void)0)
#endif

#ifdef __cplusplus
#define GP_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define GP_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#if FLT_EVAL_METHOD != 0
#error "doubles must be evaluated as doubles: on 32-bit x86 compile with -msse2 -mfpmath=sse"
#endif
#if defined(__FAST_MATH__) || defined(_M_FP_FAST) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0) || \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "NaN must be no position, and doubles no approximations: compile without -ffast-math, -Ofast and parts of them"
#endif
GP_STATIC_ASSERT(sizeof(double) == 8 && FLT_RADIX == 2 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024,
                 "doubles must be those of IEEE 754");

/* No product and sum may become one rounding: distances have the same bits on every machine. GCC knows no pragma for
 * this but its own, and contracts only where the machine can and ISO C is not asked for. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#if defined(__FP_FAST_FMA) && (defined(__cplusplus) || !defined(__STRICT_ANSI__))
#pragma GCC optimize("fp-contract=off")
#endif
#elif defined(_MSC_VER)
#pragma fp_contract(off)
#else
#pragma STDC FP_CONTRACT OFF
#endif

#if GP_HAS_BUILTINS

#define INFINITE ((double)__builtin_inff())
#define PREFETCH(address) __builtin_prefetch(address)

static inline void copy_bytes(void *to, const void *from, size_t count)
{
    __builtin_memcpy(to, from, count);
}

static inline void clear_bytes(void *to, size_t count)
{
    __builtin_memset(to, 0, count);
}

/* Below 0, 0 or above 0, as memcmp. */
static inline int compare_bytes(const void *left, const void *right, size_t count)
{
    return __builtin_memcmp(left, right, count);
}

/* The word of 4 bytes at p + 4 * index, least byte first, wherever p points to. */
static inline uint32_t u32_at(const uint8_t *p, uint64_t index)
{
    uint32_t value;
    copy_bytes(&value, p + 4u * index, 4);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap32(value);
#endif
    return value;
}

#else

#define INFINITE infinite()
#define PREFETCH(address) ((void)(address))

static inline void copy_bytes(void *to, const void *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
}

static inline void clear_bytes(void *to, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)to)[i] = 0;
    }
}

static inline int compare_bytes(const void *left, const void *right, size_t count)
{
    const uint8_t *a = (const uint8_t *)left, *b = (const uint8_t *)right;
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

static inline uint32_t u32_at(const uint8_t *p, uint64_t index)
{
    const uint8_t *word = p + 4u * index;
    return word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
}

static inline double infinite(void)
{
    const uint64_t bits = UINT64_C(0x7FF0000000000000);
    double value;
    copy_bytes(&value, &bits, sizeof value);
    return value;
}

#endif

/* The square root in one instruction, which IEEE 754 rounds correctly. The builtin would call sqrt, for errno, where x
 * is negative. Define GP_SOFT_SQRT to do without. */
#if GP_HAS_BUILTINS && !defined(GP_SOFT_SQRT) && (defined(__SSE2__) || defined(__aarch64__))
#define GP_HAS_SQRT 1
static inline double machine_sqrt(double x)
{
    double root;
#ifdef __SSE2__
    __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(x));
#else
    __asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(x));
#endif
    return root;
}
#else
#define GP_HAS_SQRT 0
#endif

/* Where doubles are software, frames are evaluated by integers first (gp_settle.h). Define it as 0 or 1 to choose. */
#ifndef GP_INTEGER_FRAMES
#if (defined(__arm__) && (!defined(__ARM_FP) || (__ARM_FP & 8) == 0)) || defined(__SOFTFP__) || defined(__XTENSA__) || \
    (defined(__riscv) && (!defined(__riscv_flen) || __riscv_flen < 64))
#define GP_INTEGER_FRAMES 1
#else
#define GP_INTEGER_FRAMES 0
#endif
#endif

#endif
