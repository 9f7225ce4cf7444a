// The kernels of training/render/kernels/raster.cu on this computer's processor.

#include "host_kernels.h"

std::map<std::string, Function> functions = {
    {"pose_vertices", function_of(pose_vertices)},
    {"vertex_normals", function_of(vertex_normals)},
    {"rasterise", function_of(rasterise)},
    {"shade", function_of(shade)},
};
