// The format a module is made for: build-ptx defines FORMAT; FORMAT_IS_REORDERED for those not stored as in files; and
// TILES for those multiplied on tensor cores.
#pragma once

#include "block_products.cuh"
