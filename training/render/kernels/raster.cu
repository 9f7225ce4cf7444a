// Draws dressed people: what training/render/numba_posing.py and numba_pixels.py do on the processor, step for step in
// the same order, so that both give the same pictures but for the last digits of powers and square roots (compiled
// without fused multiply-adds; see tools/build_kernels.py). Compiled to PTX by that tool; the tests compile this same
// text with g++.
//
// What the arrays are is said in training/render/library.py (Bound), scene.py (Scene) and textures.py.

namespace {

const int COLUMNS = 10;  // of the table of things
enum { PICTURE, VERTEX, VERTICES, TRIANGLE, TRIANGLES, SCENE_VERTEX, SCENE_TRIANGLE, TEXTURE, CUT, SKIN };
const int JOINTS = 55, BONES = 8;
const int PLAIN = -1;
const unsigned LAST = 0xffffffffu;
const float NEAR_M = 0.05f, SMALLEST_AREA = 1e-9f;
const float EDGE = -1e-4f;                          // a sample on the seam of two triangles belongs to both
const float ALPHA_FIRST = 0.2f, ALPHA_STEP = 0.2f;  // four levels of coverage over blocks of two by two samples
const float GAMMA = 2.2f, DIMMEST = 0.02f;
const float SHADOW_BIAS_M = 0.012f, SHADOW_SLOPE_M = 0.02f, SHADOW_EDGE = 0.35f;

typedef unsigned char Byte;
typedef unsigned long long Key;  // inverse depth above, LAST - triangle below; 0 where nothing is

struct Texel {
    float rgba[4];  // in [0, 1]
};

// Between four texels; coordinates wrap.
__device__ inline Texel texel_at(const Byte* texels, const int* table, int row, float u, float v) {
    const int* picture = table + 3 * row;
    const int width = picture[1], height = picture[2];
    const float x = u * (float)width - 0.5f, y = (1.0f - v) * (float)height - 0.5f;
    const float left = floorf(x), top = floorf(y);
    const float right = x - left, down = y - top;
    const int column = (int)left, line = (int)top;
    Texel sum = {{0.0f, 0.0f, 0.0f, 0.0f}};
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) {
            const float weight = (i ? right : 1.0f - right) * (j ? down : 1.0f - down);
            const int r = ((line + j) % height + height) % height, c = ((column + i) % width + width) % width;
            const Byte* texel = texels + 4 * ((long long)picture[0] + (long long)r * width + c);
            for (int a = 0; a < 4; ++a) sum.rgba[a] = sum.rgba[a] + weight * ((float)texel[a] * (1.0f / 255.0f));
        }
    return sum;
}

struct Triangle {
    int corners[3];  // in the scene
    float x0, y0, ux, uy, vx, vy;
    float per_area;
    float za, zb, zc;
};

// False for one that is behind the camera or has no area.
__device__ inline bool set_up(Triangle* t, const int* face, int first, const float* seen) {
    const float* p[3];
    for (int k = 0; k < 3; ++k) {
        t->corners[k] = first + face[k];
        p[k] = seen + 3 * (long long)t->corners[k];
    }
    t->za = p[0][2], t->zb = p[1][2], t->zc = p[2][2];
    t->x0 = p[0][0], t->y0 = p[0][1];
    t->ux = p[1][0] - t->x0, t->uy = p[1][1] - t->y0;
    t->vx = p[2][0] - t->x0, t->vy = p[2][1] - t->y0;
    const float area = t->ux * t->vy - t->vx * t->uy;
    t->per_area = 1.0f / area;
    return fminf(t->za, fminf(t->zb, t->zc)) > NEAR_M && fabsf(area) >= SMALLEST_AREA;
}

struct Place {
    float inverse;  // 1 / depth
    float k[3];     // barycentric, perspective-correct
    bool inside;
};

__device__ inline Place place_in(const Triangle& t, int x, int y) {
    const float px = (float)x + 0.5f - t.x0, py = (float)y + 0.5f - t.y0;
    const float w1 = (px * t.vy - t.vx * py) * t.per_area, w2 = (t.ux * py - px * t.uy) * t.per_area;
    const float w0 = 1.0f - w1 - w2;
    Place place;
    place.inside = w0 >= EDGE && w1 >= EDGE && w2 >= EDGE;
    const float a = w0 / t.za, b = w1 / t.zb;
    place.inverse = a + b + w2 / t.zc;
    place.k[0] = a / place.inverse, place.k[1] = b / place.inverse;
    place.k[2] = 1.0f - place.k[0] - place.k[1];
    return place;
}

__device__ inline void uv_at(const float* uv, const float* k, float* out) {
    for (int a = 0; a < 2; ++a) out[a] = k[0] * uv[a] + k[1] * uv[2 + a] + k[2] * uv[4 + a];
}

__device__ inline float inverse_of(Key key) {
    const unsigned bits = (unsigned)(key >> 32);
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

// Light on a surface whose normal has y up, divided by pi.
__device__ inline void irradiance(const float* harmonics, float x, float y, float z, float* light) {
    const float basis[9] = {0.282095f,         0.488603f * y,
                            0.488603f * z,     0.488603f * x,
                            1.092548f * x * y, 1.092548f * y * z,
                            0.315392f * (3.0f * z * z - 1.0f), 1.092548f * x * z,
                            0.546274f * (x * x - y * y)};
    for (int a = 0; a < 3; ++a) {
        float sum = 0.0f;
        for (int k = 0; k < 9; ++k) sum = sum + basis[k] * harmonics[3 * k + a];
        light[a] = fmaxf(sum, DIMMEST);
    }
}

// Share of light that reaches a point past the rest of the person.
__device__ inline float unshadowed(const float* row, const Key* map, int size, float strength, const float* point,
                                   const float* normal) {
    if (strength <= 0.0f) return 1.0f;
    float place[3];
    for (int a = 0; a < 3; ++a)
        place[a] = row[4 * a] * point[0] + row[4 * a + 1] * point[1] + row[4 * a + 2] * point[2] + row[4 * a + 3];
    // depth grows away from the light along the third row, a unit vector
    const float facing = -(row[8] * normal[0] + row[9] * normal[1] + row[10] * normal[2]);
    const float bias = SHADOW_BIAS_M + SHADOW_SLOPE_M * (1.0f - fabsf(facing));
    const int column = (int)floorf(place[0]), line = (int)floorf(place[1]);
    float hidden = 0.0f;
    for (int i = -1; i < 2; ++i)
        for (int j = -1; j < 2; ++j) {
            const int x = column + i, y = line + j;
            if (x < 0 || x >= size || y < 0 || y >= size) continue;
            const float nearest = inverse_of(map[(long long)y * size + x]);
            if (nearest > 0.0f && place[2] - 1.0f / nearest > bias) hidden = hidden + 1.0f / 9.0f;
        }
    return 1.0f - strength * hidden * fmaxf(0.0f, fminf(1.0f, SHADOW_EDGE + facing));
}

struct Scene {
    const int* things;
    const float* gains;
    const int *first_thing, *faces;
    const float* uv;
    const Byte* texels;
    const int* table;
    const float *points, *normals, *seen, *lights;
    const Key* shadow_keys;
    int shadow_size;
    const float *shadows, *harmonics;
};

struct Sample {
    float colour[3], luminance;
    float inverse;  // 1 / depth
    float normal[3];
    long long number;  // of the triangle in the library
};

__device__ inline Sample shade_sample(const Scene& s, Key key, int picture, int x, int y) {
    Sample sample;
    const int triangle = (int)(LAST - (unsigned)key);
    int t = s.first_thing[picture];
    while (t + 1 < s.first_thing[picture + 1] && s.things[COLUMNS * (t + 1) + SCENE_TRIANGLE] <= triangle) ++t;
    const int* thing = s.things + COLUMNS * t;
    sample.number = thing[TRIANGLE] + (triangle - thing[SCENE_TRIANGLE]);
    Triangle t3;
    set_up(&t3, s.faces + 3 * sample.number, thing[SCENE_VERTEX], s.seen);
    const Place place = place_in(t3, x, y);
    float point[3] = {0.0f, 0.0f, 0.0f}, normal[3] = {0.0f, 0.0f, 0.0f};
    for (int i = 0; i < 3; ++i)
        for (int a = 0; a < 3; ++a) {
            point[a] = point[a] + place.k[i] * s.points[3 * (long long)t3.corners[i] + a];
            normal[a] = normal[a] + place.k[i] * s.normals[3 * (long long)t3.corners[i] + a];
        }
    const float away = normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2];
    const float square = normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2];
    const float turn = (away > 0.0f ? -1.0f : 1.0f) / fmaxf(sqrtf(square), 1e-9f);  // cloth has two sides
    for (int a = 0; a < 3; ++a) sample.normal[a] = normal[a] * turn;
    float light[3];
    irradiance(s.harmonics + 27 * picture, sample.normal[0], -sample.normal[1], -sample.normal[2], light);
    const Key* map = s.shadow_keys + (long long)picture * s.shadow_size * s.shadow_size;
    const float reaches =
        unshadowed(s.lights + 12 * picture, map, s.shadow_size, s.shadows[picture], point, sample.normal);
    Texel texel = {{1.0f, 1.0f, 1.0f, 1.0f}};
    if (thing[TEXTURE] != PLAIN) {
        float at[2];
        uv_at(s.uv + 6 * sample.number, place.k, at);
        texel = texel_at(s.texels, s.table, thing[TEXTURE], at[0], at[1]);
    }
    for (int a = 0; a < 3; ++a) {
        const float albedo = powf(fmaxf(fminf(texel.rgba[a] * s.gains[3 * t + a], 1.0f), 0.0f), GAMMA);
        light[a] = light[a] * reaches;
        sample.colour[a] = albedo * light[a];
    }
    sample.luminance = 0.2126f * light[0] + 0.7152f * light[1] + 0.0722f * light[2];
    sample.inverse = place.inverse;
    return sample;
}

}  // namespace

// One thread poses one vertex of one thing: grid x over its vertices, y over things.
//   points  where it is in the camera frame
//   seen    column, row and depth in samples of the picture
//   lit     the same in the picture that the light sees
extern "C" __global__ void pose_vertices(const int* things, int count, const float* scales, const int* references,
                                         const float* shares, const float* offsets, const int* bones,
                                         const float* weights, const float* rest, int base, const float* moves,
                                         const float* cameras, const float* lights, float* points, float* seen,
                                         float* lit) {
    const int k = blockIdx.x * blockDim.x + threadIdx.x, t = blockIdx.y;
    if (t >= count || k >= things[COLUMNS * t + VERTICES]) return;
    const int* thing = things + COLUMNS * t;
    const int picture = thing[PICTURE];
    const long long v = thing[VERTEX] + k, out = 3 * (long long)(thing[SCENE_VERTEX] + k);
    const float *scale = scales + 3 * t, *offset = offsets + 9 * v;
    float hung[3] = {0.0f, 0.0f, 0.0f}, place[3] = {0.0f, 0.0f, 0.0f};
    for (int i = 0; i < 3; ++i) {
        const float* below = rest + 3 * ((long long)picture * base + references[3 * v + i]);
        for (int a = 0; a < 3; ++a) hung[a] = hung[a] + shares[3 * v + i] * below[a];
    }
    for (int a = 0; a < 3; ++a)
        hung[a] = hung[a] +
                  (offset[3 * a] * scale[0] + offset[3 * a + 1] * scale[1] + offset[3 * a + 2] * scale[2]);
    for (int j = 0; j < BONES; ++j) {
        const float weight = weights[BONES * v + j];
        if (weight <= 0.0f) break;
        const float* move = moves + 12 * ((long long)picture * JOINTS + bones[BONES * v + j]);
        for (int a = 0; a < 3; ++a)
            place[a] = place[a] + weight * (move[4 * a] * hung[0] + move[4 * a + 1] * hung[1] +
                                            move[4 * a + 2] * hung[2] + move[4 * a + 3]);
    }
    const float *camera = cameras + 4 * picture, *light = lights + 12 * picture;
    const float depth = fmaxf(place[2], 1e-3f);
    seen[out] = camera[0] * place[0] / depth + camera[2];
    seen[out + 1] = camera[1] * place[1] / depth + camera[3];
    seen[out + 2] = place[2];
    for (int a = 0; a < 3; ++a) {
        points[out + a] = place[a];
        lit[out + a] = light[4 * a] * place[0] + light[4 * a + 1] * place[1] + light[4 * a + 2] * place[2] +
                       light[4 * a + 3];
    }
}

// One thread gives one vertex its normal: the sum of its triangles', weighted by their area.
extern "C" __global__ void vertex_normals(const int* things, int count, const int* faces, const int* around_first,
                                          const int* around, const float* points, float* normals) {
    const int k = blockIdx.x * blockDim.x + threadIdx.x, t = blockIdx.y;
    if (t >= count || k >= things[COLUMNS * t + VERTICES]) return;
    const int* thing = things + COLUMNS * t;
    float sum[3] = {0.0f, 0.0f, 0.0f};
    const int v = thing[VERTEX] + k;
    for (int n = around_first[v]; n < around_first[v + 1]; ++n) {
        const int* face = faces + 3 * (long long)(thing[TRIANGLE] + around[n]);
        const float* p[3];
        for (int i = 0; i < 3; ++i) p[i] = points + 3 * (long long)(thing[SCENE_VERTEX] + face[i]);
        float u[3], w[3];
        for (int a = 0; a < 3; ++a) u[a] = p[1][a] - p[0][a], w[a] = p[2][a] - p[0][a];
        sum[0] = sum[0] + (u[1] * w[2] - u[2] * w[1]);
        sum[1] = sum[1] + (u[2] * w[0] - u[0] * w[2]);
        sum[2] = sum[2] + (u[0] * w[1] - u[1] * w[0]);
    }
    const float length = fmaxf(sqrtf(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]), 1e-20f);
    for (int a = 0; a < 3; ++a) normals[3 * (long long)(thing[SCENE_VERTEX] + k) + a] = sum[a] / length;
}

// One thread draws one of every `gridDim.z` rows of one triangle of one thing: the nearest triangle of each sample stays.
extern "C" __global__ void rasterise(const int* things, int count, const int* faces, const float* uv,
                                     const int* references, const long long* hidden_by, const long long* worn,
                                     const Byte* texels, const int* table, const float* seen, int height, int width,
                                     int strips, Key* keys) {
    const int k = blockIdx.x * blockDim.x + threadIdx.x, t = blockIdx.y, strip = blockIdx.z;
    if (t >= count || k >= things[COLUMNS * t + TRIANGLES]) return;
    const int* thing = things + COLUMNS * t;
    const long long number = thing[TRIANGLE] + k;
    const int* face = faces + 3 * number;
    if (thing[SKIN]) {  // what is worn covers it
        const long long items = worn[thing[PICTURE]];
        bool covered = true;
        for (int i = 0; i < 3; ++i)
            covered = covered && (hidden_by[references[3 * (thing[VERTEX] + face[i])]] & items) != 0;
        if (covered) return;
    }
    Triangle t3;
    if (!set_up(&t3, face, thing[SCENE_VERTEX], seen)) return;
    const float low_x = fminf(0.0f, fminf(t3.ux, t3.vx)), high_x = fmaxf(0.0f, fmaxf(t3.ux, t3.vx));
    const float low_y = fminf(0.0f, fminf(t3.uy, t3.vy)), high_y = fmaxf(0.0f, fmaxf(t3.uy, t3.vy));
    const float w = (float)width, h = (float)height;
    const int left = (int)fminf(w, fmaxf(0.0f, ceilf(t3.x0 + low_x - 0.5f)));
    const int right = (int)fminf(w - 1.0f, fmaxf(-1.0f, floorf(t3.x0 + high_x - 0.5f)));
    const int top = (int)fminf(h, fmaxf(0.0f, ceilf(t3.y0 + low_y - 0.5f)));
    const int bottom = (int)fminf(h - 1.0f, fmaxf(-1.0f, floorf(t3.y0 + high_y - 0.5f)));
    const int texture = thing[TEXTURE];
    const bool cut = thing[CUT] && texture != PLAIN;
    const unsigned scene_triangle = (unsigned)(thing[SCENE_TRIANGLE] + k);
    for (int y = top + strip; y <= bottom; y += strips)
        for (int x = left; x <= right; ++x) {
            const Place place = place_in(t3, x, y);
            if (!place.inside || !(place.inverse > 0.0f)) continue;
            unsigned bits;
            memcpy(&bits, &place.inverse, 4);
            const Key key = ((Key)bits << 32) | (LAST - scene_triangle);
            Key* nearest = keys + ((long long)thing[PICTURE] * height + y) * width + x;
            if (key <= *nearest) continue;
            if (cut) {
                float at[2];
                uv_at(uv + 6 * number, place.k, at);
                const float alpha = texel_at(texels, table, texture, at[0], at[1]).rgba[3];
                if (alpha < ALPHA_FIRST + ALPHA_STEP * (float)((y & 1) * 2 + (x & 1))) continue;
            }
            atomicMax(nearest, key);
        }
}

// One thread shades one pixel of one picture from its `finer` times `finer` samples; grid z over pictures.
//   colours  (3, size, size) each: mean linear RGB, black where nobody is
//   layers   (6, size, size) each: share of the samples that show somebody, mean light on them, 1 / depth of the nearest,
//            and its unit normal
//   labels   (size, size) each: part of the nearest sample; 0 where less than half shows somebody
extern "C" __global__ void shade(const int* things, const float* gains, const int* first_thing, const int* faces,
                                 const float* uv, const Byte* parts, const Byte* texels, const int* table,
                                 const float* points, const float* normals, const float* seen, const Key* keys,
                                 const float* lights, const Key* shadow_keys, int shadow_size, const float* shadows,
                                 const float* harmonics, int size, int finer, float* colours, float* layers,
                                 Byte* labels) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    const int picture = blockIdx.z;
    if (x >= size || y >= size) return;
    const Scene scene = {things, gains,   first_thing, faces,  uv,          texels,      table,    points,
                         normals, seen, lights, shadow_keys, shadow_size, shadows, harmonics};
    const int side = size * finer;
    float colour[3] = {0.0f, 0.0f, 0.0f}, normal[3] = {0.0f, 0.0f, 0.0f};
    float luminance = 0.0f, covered = 0.0f, nearest = 0.0f;
    Byte label = 0;
    for (int sub = 0; sub < finer * finer; ++sub) {
        const int sx = x * finer + sub % finer, sy = y * finer + sub / finer;
        const Key key = keys[((long long)picture * side + sy) * side + sx];
        if (key == 0) continue;
        const Sample sample = shade_sample(scene, key, picture, sx, sy);
        for (int a = 0; a < 3; ++a) colour[a] = colour[a] + sample.colour[a];
        luminance = luminance + sample.luminance;
        covered = covered + 1.0f;
        if (sample.inverse > nearest) {
            nearest = sample.inverse;
            label = parts[sample.number];
            for (int a = 0; a < 3; ++a) normal[a] = sample.normal[a];
        }
    }
    const long long plane = (long long)size * size, here = (long long)y * size + x;
    const float share = 1.0f / (float)(finer * finer);
    float *rgb = colours + 3 * plane * picture + here, *layer = layers + 6 * plane * picture + here;
    for (int a = 0; a < 3; ++a) rgb[a * plane] = colour[a] * share;
    layer[0] = covered * share;
    layer[plane] = luminance * share;
    layer[2 * plane] = nearest;
    for (int a = 0; a < 3; ++a) layer[(3 + a) * plane] = normal[a];
    labels[plane * picture + here] = covered * share >= 0.5f ? label : 0;
}
