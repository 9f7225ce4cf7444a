// CUDA kernels as functions of this process: what they need to be compiled by g++ (-DKERNELS="path"), and a loop over
// their threads, one after the other. Include this first, then list the kernels in `functions`.

#pragma once

#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#define __global__
#define __device__
struct Dim {
    int x, y, z;
};
static thread_local Dim blockIdx, blockDim, threadIdx;

template <typename T>
T atomicMax(T* place, T value) {
    const T before = *place;
    if (value > before) *place = value;
    return before;
}

#include KERNELS

struct Function {
    std::function<void(void**)> call;
    std::vector<size_t> sizes;  // of the arguments
};

template <typename... A, size_t... I>
void call_with(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
    kernel(*(A*)arguments[I]...);
}

template <typename... A>
Function function_of(void (*kernel)(A...)) {
    return {[=](void** arguments) { call_with(kernel, arguments, std::index_sequence_for<A...>{}); }, {sizeof(A)...}};
}

extern std::map<std::string, Function> functions;

extern "C" int run_kernel(const char* name, const int* grid, const int* block, void** arguments) {
    auto found = functions.find(name);
    if (found == functions.end()) return 500;  // CUDA_ERROR_NOT_FOUND
    blockDim = {block[0], block[1], block[2]};
    for (int bz = 0; bz < grid[2]; ++bz)
        for (int by = 0; by < grid[1]; ++by)
            for (int bx = 0; bx < grid[0]; ++bx)
                for (int tz = 0; tz < block[2]; ++tz)
                    for (int ty = 0; ty < block[1]; ++ty)
                        for (int tx = 0; tx < block[0]; ++tx) {
                            blockIdx = {bx, by, bz};
                            threadIdx = {tx, ty, tz};
                            found->second.call(arguments);
                        }
    return 0;
}
