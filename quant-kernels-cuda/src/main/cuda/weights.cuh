// The format a module is made for: build-ptx defines FORMAT, and FORMAT_IS_PLANAR for those stored in planes.
#pragma once

#include "row_products.cuh"
