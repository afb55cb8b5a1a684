package io.quant4j.gguf.mapping;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.PlannedTensor;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a GGUF file can say about a model. A model that other tools would load and run wrongly is
 * refused; one that came from a GGUF file is taken to be right.
 */
public final class WriteRules {
  private static final String KEEP = "Keep the container that the model is in.";

  private final Path target;
  private final ModelFacts facts;

  private WriteRules(Path target, ModelFacts facts) {
    this.target = target;
    this.facts = facts;
  }

  /**
   * Checks hyper-parameters, tokenizer and file type.
   *
   * @param target named in errors
   * @throws UnsupportedModelException if they cannot be expressed
   */
  public static void check(Path target, CheckpointContents contents) {
    WriteRules rules = new WriteRules(target, ModelFacts.of(contents));
    rules.checkRotation(contents.tensors());
    rules.checkTokenizer();
    fileType(target, contents.fileType());
  }

  /** The layout in which an architecture is stored. */
  public static RotaryLayout rotaryLayout(String architecture) {
    return RotaryLayouts.of(architecture)
        .orElseThrow(() ->
            new UnsupportedModelException(
                ErrorLocation.subject(architecture),
                "it is not known how GGUF stores models of this architecture",
                KEEP));
  }

  /** The number of a file type's name. */
  public static OptionalInt fileType(Path target, Optional<String> name) {
    if (name.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt number = FileTypes.numberOf(name.get());
    if (number.isEmpty()) {
      throw new UnsupportedModelException(
          ErrorLocation.of(target, name.get()),
          "GGUF has no number for this file type",
          "Leave the file type out, or choose one of upstream's.");
    }
    return number;
  }

  private void checkRotation(List<PlannedTensor> tensors) {
    ModelMetadata model = facts.metadata();
    RotaryLayout layout = rotaryLayout(model.architecture());
    if (model.rotaryLayout() != layout) {
      throw refuse(
          model.architecture(),
          "query and key rows are %s where GGUF has %s".formatted(model.rotaryLayout(), layout),
          "Reorder the rows of both projections first.");
    }
    switch (model.ropeScaling()) {
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Yarn _ -> {}
      case RopeScaling.Llama3 _, RopeScaling.LongRope _ ->
          throw refuse(
              model.ropeScaling().toString(),
              "GGUF stores this rope scaling as a tensor of divisors",
              "Add the tensor and state that the factors are stored.");
      case RopeScaling.StoredFactors _ -> requireFactors(tensors, TensorRole.Kind.ROPE_FREQUENCIES);
      case RopeScaling.StoredLongRope _ -> {
        requireFactors(tensors, TensorRole.Kind.ROPE_FACTORS_LONG);
        requireFactors(tensors, TensorRole.Kind.ROPE_FACTORS_SHORT);
      }
      case RopeScaling.Other(String type) -> {
        if (facts.source().isEmpty()) {
          throw refuse(type, "rope scaling of another container cannot be translated", KEEP);
        }
      }
    }
  }

  private void requireFactors(List<PlannedTensor> tensors, TensorRole.Kind kind) {
    TensorRole role = TensorRole.weight(kind);
    if (tensors.stream().noneMatch(t -> t.role().filter(role::equals).isPresent())) {
      throw refuse(TensorNames.nameOf(role), "the divisors of rope scaling are missing", KEEP);
    }
  }

  private void checkTokenizer() {
    if (facts.tokenizer().isEmpty()) {
      return;
    }
    TokenizerSpec spec = facts.tokenizer().get();
    TokenizerModel model =
        TokenizerModel.forAlgorithm(spec.algorithm())
            .orElseThrow(() ->
                refuse(spec.algorithm(), "GGUF has no name for this kind of tokenizer", KEEP));
    if (facts.source().isEmpty()) {
      checkSplit(model, spec);
      checkVocabulary(spec);
    }
  }

  private void checkSplit(TokenizerModel model, TokenizerSpec spec) {
    if (model.isByteLevelBpe() && spec.preTokenizer().filter(PreTokenizers::isKnown).isEmpty()) {
      throw refuse(
          spec.preTokenizer().orElse(TokenizerKeys.PRE),
          "GGUF has no name for the way this tokenizer splits text into words; other tools would"
              + " tokenize wrongly",
          KEEP);
    }
  }

  private void checkVocabulary(TokenizerSpec spec) {
    List<String> pieces = spec.vocabulary().pieces();
    int rows = facts.metadata().vocabularySize();
    if (pieces.size() != rows) {
      throw refuse(
          TokenizerKeys.TOKENS,
          "%d tokens for an embedding of %d rows; other tools want as many"
              .formatted(pieces.size(), rows),
          "Fill the vocabulary up with unused entries.");
    }
    Set<String> seen = HashSet.newHashSet(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      if (!seen.add(pieces.get(id))) {
        throw refuse(
            TokenizerKeys.TOKENS,
            "token %d, \"%s\", is in the vocabulary twice".formatted(id, pieces.get(id)),
            "Give every entry a text of its own; other tools stop at such a file.");
      }
    }
  }

  private UnsupportedModelException refuse(String subject, String reason, String remedy) {
    return new UnsupportedModelException(ErrorLocation.of(target, subject), reason, remedy);
  }
}
