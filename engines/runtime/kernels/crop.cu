// Cuts the network inputs out of an 8-bit BGR frame on the device: what engines/expose/crops.py does on the CPU.
//
// Bilinear samples at the crossings of some columns and rows; planar RGB (3, size, size) in float32 out. One thread
// makes one pixel of one crop. Compiled to PTX by tools/build_kernels.py; the tests compile this same text with g++.
//
//   frame   height x width x 3 bytes, rows without gaps
//   colour  mean of red, green, blue in [0, 1], then what they are divided by
//   boxes   right hand, left hand, head: centre x, y and side in pixels of the frame

namespace {

const int RED_FROM_BGR = 2;
const int LEFT_HAND = 1;

struct Place {
    int first;     // the pixel before the sample
    float second;  // weight of the pixel after it
};

// Far outside, and where a network gave no number, is just outside.
__device__ inline Place place_of(float position) {
    position = fminf(fmaxf(position, -2.0f), 1.0e6f);
    const float first = floorf(position);
    return {(int)first, position - first};
}

// The pixels of a row or column of `extent` pixels that cv2.resize samples, whose ends repeat.
__device__ inline Place resized(int index, int size, float start, float end) {
    const float extent = end - start;
    const float position = (index + 0.5f) * (extent / size) - 0.5f;
    Place place = place_of(fminf(fmaxf(position, 0.0f), extent - 1.0f));
    place.first += (int)start;
    return place;
}

// From one edge of a square to the other, both included: grid_sample with align_corners.
__device__ inline Place stretched(int index, int size, float centre, float side) {
    return place_of(side * ((float)index / (size - 1)) + (centre - side / 2));
}

struct Sample {
    float rgb[3];  // in [0, 1]; nothing is added for pixels outside the frame
    float inside;  // weight of the pixels that are inside
};

__device__ inline Sample sample(const unsigned char* frame, int height, int width, Place column, Place row) {
    Sample sum = {{0.0f, 0.0f, 0.0f}, 0.0f};
    for (int tap = 0; tap < 4; ++tap) {
        const int x = column.first + (tap & 1), y = row.first + (tap >> 1);
        if (x < 0 || x >= width || y < 0 || y >= height) continue;
        const float weight =
            ((tap & 1) ? column.second : 1.0f - column.second) * ((tap >> 1) ? row.second : 1.0f - row.second);
        const unsigned char* pixel = frame + 3 * ((size_t)y * width + x);
        for (int c = 0; c < 3; ++c) sum.rgb[c] += weight * (pixel[RED_FROM_BGR - c] * (1.0f / 255.0f));
        sum.inside += weight;
    }
    return sum;
}

// `mean_share` is how much of the mean is taken away: all of it makes the outside black, the share of the pixels inside
// makes it the mean colour.
__device__ inline void write(float* crop, int size, int x, int y, Sample sum, float mean_share, const float* colour) {
    for (int c = 0; c < 3; ++c)
        crop[((size_t)c * size + y) * size + x] = (sum.rgb[c] - mean_share * colour[c]) / colour[3 + c];
}

}  // namespace

// corners: upper left x, y and lower right x, y of the body square, whole numbers.
extern "C" __global__ void crop_body(const unsigned char* frame, int height, int width, const float* corners,
                                     const float* colour, int size, float* out) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= size || y >= size) return;
    const Place column = resized(x, size, corners[0], corners[2]), row = resized(y, size, corners[1], corners[3]);
    write(out, size, x, y, sample(frame, height, width, column, row), 1.0f, colour);
}

// One layer of the grid for each part, from `first_part` on; the left hand is mirrored to a right hand.
extern "C" __global__ void crop_parts(const unsigned char* frame, int height, int width, const float* boxes,
                                      const float* colour, int first_part, int size, float* out) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= size || y >= size) return;
    const int part = first_part + blockIdx.z;
    const float* box = boxes + 3 * part;
    const Place column = stretched(part == LEFT_HAND ? size - 1 - x : x, size, box[0], box[2]);
    const Place row = stretched(y, size, box[1], box[2]);
    const Sample sum = sample(frame, height, width, column, row);
    write(out + (size_t)blockIdx.z * 3 * size * size, size, x, y, sum, sum.inside, colour);
}

// Three threads: whose own network's answer counts. Wanted, and the centre is in the frame.
extern "C" __global__ void parts_seen(const float* boxes, int height, int width, const unsigned char* wanted,
                                      unsigned char* seen) {
    const float x = boxes[3 * threadIdx.x], y = boxes[3 * threadIdx.x + 1];
    seen[threadIdx.x] = wanted[threadIdx.x] && x >= 0.0f && x < width && y >= 0.0f && y < height;
}
