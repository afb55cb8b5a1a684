import org.jspecify.annotations.NullMarked;

/** The types that users and extenders of Quant4J compile against. */
@NullMarked
module io.quant4j.api {
  requires static transitive org.jspecify;

  exports io.quant4j.api;
  exports io.quant4j.api.error;
  exports io.quant4j.api.model;
  exports io.quant4j.api.spi;
  exports io.quant4j.api.tensor;

  uses io.quant4j.api.spi.EngineProvider;
}
