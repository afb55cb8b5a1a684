package io.quant4j.cli;

import io.quant4j.api.CheckpointCheck;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorInfo;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows what a checkpoint holds, for people or as JSON. */
final class CheckpointPrinter {
  private static final int LONGEST_VALUE = 80;

  private final Checkpoint checkpoint;
  private final List<TensorInfo> tensors;
  private final boolean listTensors;
  private final Optional<CheckpointCheck> check;

  /**
   * @param checkpoint open as long as this printer is in use
   * @param listTensors whether every tensor is listed
   * @param check what reading the tensors found, if they were read
   */
  CheckpointPrinter(Checkpoint checkpoint, boolean listTensors, Optional<CheckpointCheck> check) {
    this.checkpoint = checkpoint;
    this.tensors = checkpoint.tensors().stream().map(StoredTensor::info).toList();
    this.listTensors = listTensors;
    this.check = check;
  }

  /** Everything as one object. */
  Json.Members json() {
    Json.Members json =
        Json.object()
            .with("path", checkpoint.path().toString())
            .with("container", checkpoint.container())
            .with("parameters", elements(tensors))
            .with("tensor_bytes", bytes(tensors))
            .with("model", CheckpointFacts.model(checkpoint.metadata()))
            .withPresent("tokenizer", checkpoint.tokenizer().map(CheckpointFacts::tokenizer))
            .with("sampling", CheckpointFacts.sampling(checkpoint.generationDefaults()))
            .with("other", CheckpointFacts.other(checkpoint))
            .with("formats", byFormat().entrySet().stream().map(this::formatJson).toList())
            .withPresent("check", check.map(CheckpointPrinter::checkJson));
    return listTensors
        ? json.with("tensors", tensors.stream().map(CheckpointPrinter::tensorJson).toList())
        : json;
  }

  private static Json.Members checkJson(CheckpointCheck check) {
    return Json.object()
        .with("sound", check.sound())
        .with("unchecked", check.unchecked())
        .with(
            "damages",
            check.damages().stream()
                .map(d -> Json.object().with("tensor", d.tensor()).with("row", d.row()))
                .toList());
  }

  private Json.Members formatJson(Map.Entry<FormatId, List<TensorInfo>> entry) {
    return Json.object()
        .with("format", entry.getKey().name())
        .with("tensors", entry.getValue().size())
        .with("elements", elements(entry.getValue()))
        .with("bytes", bytes(entry.getValue()));
  }

  private static Json.Members tensorJson(TensorInfo tensor) {
    return Json.object()
        .with("name", tensor.name())
        .with("format", tensor.format().name())
        .with("shape", tensor.shape().sizes())
        .with("bytes", tensor.byteSize());
  }

  /** Sections of facts, then tables. */
  void print(PrintWriter out) {
    out.println(
        Text.format(
            "%s: %s, %s parameters, %s",
            Text.printable(checkpoint.path().toString()),
            checkpoint.container(),
            Text.count(elements(tensors)),
            Text.bytes(bytes(tensors))));
    Facts.print(out, "Model", CheckpointFacts.model(checkpoint.metadata()), LONGEST_VALUE);
    checkpoint
        .tokenizer()
        .ifPresent(
            spec -> Facts.print(out, "Tokenizer", CheckpointFacts.tokenizer(spec), LONGEST_VALUE));
    Facts.print(
        out,
        "Recommended sampling",
        CheckpointFacts.sampling(checkpoint.generationDefaults()),
        LONGEST_VALUE);
    Facts.print(out, "Other metadata", CheckpointFacts.other(checkpoint), LONGEST_VALUE);
    printFormats(out);
    if (listTensors) {
      printTensors(out);
    }
    check.ifPresent(c -> printCheck(c, out));
  }

  private static void printCheck(CheckpointCheck check, PrintWriter out) {
    out.println();
    out.println(
        check.sound()
            ? "All tensors that can be read hold finite numbers."
            : "Damaged, get the model again from its source:");
    check
        .damages()
        .forEach(damage ->
            out.println(
                Text.format(
                    "  %s: row %d holds NaN or infinity",
                    Text.printable(damage.tensor()), damage.row())));
    check
        .unchecked()
        .forEach(name ->
            out.println("  " + Text.printable(name) + ": format not installed, not checked"));
    out.flush();
  }

  private void printFormats(PrintWriter out) {
    Table table = new Table("format", ">tensors", ">elements", ">size");
    byFormat()
        .forEach((format, members) ->
            table.row(
                format.name(),
                Text.count(members.size()),
                Text.count(elements(members)),
                Text.bytes(bytes(members))));
    out.println();
    table.print(out);
  }

  private void printTensors(PrintWriter out) {
    Table table = new Table("tensor", "format", "shape", ">size");
    tensors.forEach(tensor ->
        table.row(
            Text.printable(tensor.name()),
            tensor.format().name(),
            tensor.shape().toString(),
            Text.bytes(tensor.byteSize())));
    out.println();
    table.print(out);
  }

  private Map<FormatId, List<TensorInfo>> byFormat() {
    return tensors.stream()
        .collect(
            Collectors.groupingBy(TensorInfo::format, LinkedHashMap::new, Collectors.toList()));
  }

  private static long elements(List<TensorInfo> tensors) {
    return tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum();
  }

  private static long bytes(List<TensorInfo> tensors) {
    return tensors.stream().mapToLong(TensorInfo::byteSize).sum();
  }
}
