/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Single-precision floating point: a filter, a rotation with its quaternion kept at unit length, bodies that attract
 * each other, a polynomial. The result is only roughly checked: the host may round between multiply and add.
 */
#include <math.h>

#include "program.h"

#define ROUNDS 60000
#define TAPS   32
#define BODIES 5

static float coefficients[TAPS], samples[2 * TAPS];

static NOINLINE float filter(void)
{
    float out = 0;

    for (unsigned at = 0; at < TAPS; at++) {
        float sum = 0;
        for (unsigned i = 0; i < TAPS; i++)
            sum += coefficients[i] * samples[at + i];
        out += sum > 0 ? sum : -sum;
    }
    return out;
}

struct quaternion {
    float w, x, y, z;
};

static NOINLINE void rotate(struct quaternion *q, float rx, float ry, float rz)
{
    struct quaternion p = *q;
    float scale;

    q->w = p.w - 0.5f * (p.x * rx + p.y * ry + p.z * rz);
    q->x = p.x + 0.5f * (p.w * rx + p.y * rz - p.z * ry);
    q->y = p.y + 0.5f * (p.w * ry - p.x * rz + p.z * rx);
    q->z = p.z + 0.5f * (p.w * rz + p.x * ry - p.y * rx);
    scale = 1.0f / sqrtf(q->w * q->w + q->x * q->x + q->y * q->y + q->z * q->z);
    q->w *= scale, q->x *= scale, q->y *= scale, q->z *= scale;
}

static struct body {
    float x, y, vx, vy, mass;
} bodies[BODIES];

static NOINLINE void attract(float dt)
{
    for (struct body *a = bodies; a < bodies + BODIES; a++)
        for (const struct body *b = bodies; b < bodies + BODIES; b++) {
            float dx = b->x - a->x, dy = b->y - a->y, r2 = dx * dx + dy * dy + 0.01f;
            float pull = b->mass * dt / (r2 * sqrtf(r2));
            a->vx += dx * pull;
            a->vy += dy * pull;
        }
    for (struct body *a = bodies; a < bodies + BODIES; a++) {
        a->x += a->vx * dt;
        a->y += a->vy * dt;
    }
}

static NOINLINE float sine(float x)
{
    float x2 = x * x;
    return x * (1 - x2 * (1 / 6.0f - x2 * (1 / 120.0f - x2 * (1 / 5040.0f))));
}

int main(void)
{
    struct quaternion q = {1, 0, 0, 0};
    float level = 0, length;

    for (unsigned i = 0; i < TAPS; i++)
        coefficients[i] = sine((float)i * 0.05f) / TAPS;
    for (unsigned i = 0; i < BODIES; i++)
        bodies[i] = (struct body){(float)i, (float)(i * i % 3), 0, 0, 1.0f + (float)i};
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < 2 * TAPS; i++)
            samples[i] = sine((float)((i + round) & 31) * 0.1f - 1.5f);
        level += (filter() - level) * 0.01f;
        for (unsigned i = 0; i < 20; i++)
            rotate(&q, 0.001f, 0.002f, level * 0.001f);
        attract(0.0001f);
    }
    length = q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z;
    return !(length > 0.999f && length < 1.001f && level > 0.1f && level < 100);
}
