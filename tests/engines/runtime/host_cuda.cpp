// A CUDA driver whose GPU is this computer's processor: the functions that engines/runtime uses, and the kernels of
// crop.cu compiled by g++ (-DKERNELS="path"). Streams do their work at once, or record it while they are captured.
//
// Environment: HOST_CUDA_VERSION (13000), HOST_CUDA_DEVICES (1), HOST_CUDA_MEMORY (bytes; unlimited).

#include <dlfcn.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "host_kernels.h"

std::map<std::string, Function> functions = {
    {"crop_body", function_of(crop_body)},
    {"crop_parts", function_of(crop_parts)},
    {"parts_seen", function_of(parts_seen)},
};

namespace {

enum { OK = 0, INVALID = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, NOT_CAPTURED = 401, INVALID_PTX = 218, NOT_FOUND = 500 };

using Work = std::function<void()>;
using Graph = std::vector<Work>;
struct Stream {
    Graph* capturing = nullptr;
};
struct Event {
    std::chrono::steady_clock::time_point at;
};
std::map<void*, size_t> allocations;
size_t allocated = 0;

long setting(const char* name, long otherwise) {
    const char* text = std::getenv(name);
    return text ? std::atol(text) : otherwise;
}

int submit(void* stream, Work work) {
    Graph* graph = ((Stream*)stream)->capturing;
    if (graph)
        graph->push_back(work);
    else
        work();
    return OK;
}

int allocate(void** out, size_t size) {
    if (allocated + size > (size_t)setting("HOST_CUDA_MEMORY", 1L << 40)) return OUT_OF_MEMORY;
    *out = std::aligned_alloc(256, (size + 255) / 256 * 256);
    std::memset(*out, 0xff, size);  // floats that are not numbers: nobody reads what nobody wrote
    allocations[*out] = size;
    allocated += size;
    return OK;
}

int release(void* memory) {
    auto found = allocations.find(memory);
    if (found == allocations.end()) return INVALID;
    allocated -= found->second;
    allocations.erase(found);
    std::free(memory);
    return OK;
}

}  // namespace

extern "C" {

size_t host_cuda_allocations() { return allocations.size(); }

int cuInit(unsigned) { return setting("HOST_CUDA_DEVICES", 1) ? OK : NO_DEVICE; }
int cuDriverGetVersion(int* version) { return *version = (int)setting("HOST_CUDA_VERSION", 13000), OK; }
int cuDeviceGetCount(int* count) { return *count = (int)setting("HOST_CUDA_DEVICES", 1), OK; }
int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, OK; }
int cuDeviceGetName(char* name, int size, int) { return std::strncpy(name, "this computer", size), OK; }
int cuDeviceGetAttribute(int* value, int attribute, int) { return *value = attribute == 75 ? 9 : 0, OK; }
int cuDevicePrimaryCtxRetain(void** context, int) { return *context = (void*)1, OK; }
int cuDevicePrimaryCtxRelease_v2(int) { return OK; }
int cuCtxPushCurrent_v2(void*) { return OK; }
int cuCtxPopCurrent_v2(void** context) { return *context = (void*)1, OK; }
int cuMemAlloc_v2(void** out, size_t size) { return allocate(out, size); }
int cuMemFree_v2(void* memory) { return release(memory); }
int cuMemAllocHost_v2(void** out, size_t size) { return allocate(out, size); }
int cuMemFreeHost(void* memory) { return release(memory); }
int cuStreamCreate(void** out, unsigned) { return *out = new Stream, OK; }
int cuStreamDestroy_v2(void* stream) { return delete (Stream*)stream, OK; }
int cuStreamSynchronize(void* stream) { return ((Stream*)stream)->capturing ? NOT_CAPTURED : OK; }
int cuStreamWaitEvent(void* stream, void*, unsigned) { return submit(stream, [] {}); }
int cuEventCreate(void** out, unsigned) { return *out = new Event, OK; }
int cuEventDestroy_v2(void* event) { return delete (Event*)event, OK; }
int cuEventSynchronize(void*) { return OK; }
int cuEventRecord(void* event, void* stream) {
    return submit(stream, [event] { ((Event*)event)->at = std::chrono::steady_clock::now(); });
}
int cuEventElapsedTime_v2(float* ms, void* start, void* end) {
    return *ms = std::chrono::duration<float, std::milli>(((Event*)end)->at - ((Event*)start)->at).count(), OK;
}
int cuEventElapsedTime(float* ms, void* start, void* end) { return cuEventElapsedTime_v2(ms, start, end); }
int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t size, void* stream) {
    return submit(stream, [=] { std::memcpy(to, from, size); });
}
int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t size, void* stream) {
    return submit(stream, [=] { std::memcpy(to, from, size); });
}
int cuModuleLoadData(void** module, const void* image) {
    if (!std::strstr((const char*)image, ".version")) return INVALID_PTX;
    return *module = strdup((const char*)image), OK;
}
int cuModuleUnload(void* module) { return std::free(module), OK; }
int cuModuleGetFunction(void** function, void* module, const char* name) {
    auto found = functions.find(name);
    const std::string entry = std::string(".entry ") + name + "(";
    if (found == functions.end() || !std::strstr((const char*)module, entry.c_str())) return NOT_FOUND;
    return *function = (void*)found->first.c_str(), OK;
}
int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned, void* stream, void** arguments, void** packed) {
    const std::string name = (const char*)function;
    std::vector<std::string> kept;  // the caller's arguments are gone when a graph is launched
    const auto& sizes = functions.at(name).sizes;
    size_t offset = 0;
    for (size_t k = 0; k < sizes.size(); ++k) {
        offset = (offset + sizes[k] - 1) / sizes[k] * sizes[k];
        // pycuda gives one buffer: {CU_LAUNCH_PARAM_BUFFER_POINTER, buffer, ...}
        kept.emplace_back(packed ? (const char*)packed[1] + offset : (const char*)arguments[k], sizes[k]);
        offset += sizes[k];
    }
    return submit(stream, [=]() mutable {
        std::vector<void*> pointers;
        for (auto& value : kept) pointers.push_back(value.data());
        const int grid[] = {(int)gx, (int)gy, (int)gz}, block[] = {(int)bx, (int)by, (int)bz};
        run_kernel(name.c_str(), grid, block, pointers.data());
    });
}
int cuStreamBeginCapture_v2(void* stream, int) { return ((Stream*)stream)->capturing = new Graph, OK; }
int cuStreamEndCapture(void* stream, void** graph) {
    *graph = ((Stream*)stream)->capturing;
    return ((Stream*)stream)->capturing = nullptr, *graph ? OK : INVALID;
}
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
    return *executable = new Graph(*(Graph*)graph), OK;
}
int cuGraphDestroy(void* graph) { return delete (Graph*)graph, OK; }
int cuGraphExecDestroy(void* graph) { return delete (Graph*)graph, OK; }
int cuGraphLaunch(void* graph, void* stream) {
    for (auto& work : *(Graph*)graph) submit(stream, work);
    return OK;
}

// What pycuda asks for besides.
int cuDeviceComputeCapability(int* major, int* minor, int) { return *major = 9, *minor = 0, OK; }
int cuCtxGetDevice(int* device) { return *device = 0, OK; }
int cuMemHostAlloc(void** out, size_t size, unsigned) { return allocate(out, size); }
int cuFuncSetBlockShape(void*, int, int, int) { return OK; }
int cuModuleLoadDataEx(void** module, const void* image, unsigned, void*, void*) {
    return cuModuleLoadData(module, image);
}
int cuGetErrorString(int code, const char** text) {
    *text = code == NO_DEVICE ? "no CUDA-capable device is detected" : code == OUT_OF_MEMORY ? "out of memory" : "error";
    return OK;
}

int cuGetProcAddress_v2(const char* name, void** function, int, uint64_t, int* status) {
    for (const char* version : {"", "_v2", "WithFlags"}) {
        *function = dlsym(RTLD_DEFAULT, (std::string(name) + version).c_str());
        if (!*function)
            if (void* self = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD))
                *function = dlsym(self, (std::string(name) + version).c_str());
        if (*function) break;
    }
    if (status) *status = *function ? 0 : 1;
    return *function ? OK : NOT_FOUND;
}
int cuGetProcAddress(const char* name, void** function, int version, uint64_t flags) {
    return cuGetProcAddress_v2(name, function, version, flags, nullptr);
}

}  // extern "C"
