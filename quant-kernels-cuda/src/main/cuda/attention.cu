// Attention of few rows: a module of the kernel split over the positions and of the one for any head size.
#include "attention_any.cu"
#include "attention_split.cu"
