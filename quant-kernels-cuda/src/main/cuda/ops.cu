// The small operations: a module of them.
#include "elementwise.cu"
#include "norm.cu"
#include "rotary.cu"
#include "rows_to_half.cu"
