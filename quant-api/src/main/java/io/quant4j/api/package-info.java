/**
 * What users call: {@link io.quant4j.api.Quantizer} to make a model small, {@link
 * io.quant4j.api.Model} and {@link io.quant4j.api.InferenceSession} to run it.
 */
@NullMarked
package io.quant4j.api;

import org.jspecify.annotations.NullMarked;
