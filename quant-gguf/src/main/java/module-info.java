import org.jspecify.annotations.NullMarked;

/** The GGUF container. */
@NullMarked
module io.quant4j.gguf {
  requires io.quant4j.api;
  requires static org.jspecify;
}
