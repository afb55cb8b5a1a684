// All kernels that read the matrices of one format: a module for each.
#include "dequantize.cu"
#include "embed.cu"
#include "matvec.cu"
#include "planes.cu"
