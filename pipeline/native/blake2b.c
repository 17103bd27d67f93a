/* BLAKE2b (RFC 7693) with a digest of eight bytes and no key: the counterpart of hashlib.blake2b(data, digest_size=8). */
#include "kernels.h"

#define BLOCK 128
#define ROUNDS 12
#define DIGEST 8

static const uint64_t INITIAL[8] = {
    UINT64_C(0x6A09E667F3BCC908), UINT64_C(0xBB67AE8584CAA73B), UINT64_C(0x3C6EF372FE94F82B), UINT64_C(0xA54FF53A5F1D36F1),
    UINT64_C(0x510E527FADE682D1), UINT64_C(0x9B05688C2B3E6C1F), UINT64_C(0x1F83D9ABFB41BD6B), UINT64_C(0x5BE0CD19137E2179),
};

static const unsigned char ORDER[ROUNDS][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
};

static uint64_t turned(uint64_t value, int bits)
{
    return value >> bits | value << (64 - bits);
}

static void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y)
{
    v[a] += v[b] + x;
    v[d] = turned(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = turned(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = turned(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = turned(v[b] ^ v[c], 63);
}

/* Takes in a block, after which so many bytes have been. */
static void take_in(uint64_t state[8], const unsigned char *block, uint64_t bytes, int is_last)
{
    uint64_t m[16], v[16];
    for (int i = 0; i < 16; i++)
        m[i] = eight_bytes((const char *)block + 8 * i);
    for (int i = 0; i < 8; i++) {
        v[i] = state[i];
        v[i + 8] = INITIAL[i];
    }
    v[12] ^= bytes;
    if (is_last)
        v[14] = ~v[14];
    for (int i = 0; i < ROUNDS; i++) {
        const unsigned char *s = ORDER[i];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; i++)
        state[i] ^= v[i] ^ v[i + 8];
}

uint64_t blake2b_8(const unsigned char *data, size_t size)
{
    uint64_t state[8];
    memcpy(state, INITIAL, sizeof state);
    state[0] ^= 0x01010000 ^ DIGEST;
    uint64_t bytes = 0;
    while (size > BLOCK) {
        bytes += BLOCK;
        take_in(state, data, bytes, 0);
        data += BLOCK;
        size -= BLOCK;
    }
    unsigned char last[BLOCK] = {0};
    memcpy(last, data, size);
    take_in(state, last, bytes + size, 1);
    uint64_t number = 0;
    for (int i = 0; i < DIGEST; i++)
        number = number << 8 | (state[0] >> (8 * i) & 0xFF);
    return number;
}
