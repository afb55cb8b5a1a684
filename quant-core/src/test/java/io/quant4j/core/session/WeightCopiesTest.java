package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Progress;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.WeightMemory;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WeightCopiesTest {
  private static final TensorRole EMBEDDING = TensorRole.weight(Kind.TOKEN_EMBEDDING);
  private static final LoadOptions COPIED =
      LoadOptions.defaults().withThreads(2).withWeights(WeightMemory.COPIED);

  private final Checkpoint checkpoint = Checkpoints.open(TinyNovels.directory());
  private final CheckpointWeights weights =
      CheckpointWeights.of(
          checkpoint,
          Extensions.installed()
              .architecture(checkpoint.metadata().architecture(), ErrorLocation.none()));
  private final ThreadTeam team = new ThreadTeam(2);
  private final Operations host = new HostOperations(ScalarBackend.kernels(), team);

  @AfterEach
  void close() {
    team.close();
    checkpoint.close();
  }

  /** Operations that are not those of the host; never called. */
  private static Operations device() {
    return (Operations)
        Proxy.newProxyInstance(
            Operations.class.getClassLoader(),
            new Class<?>[] {Operations.class},
            (proxy, method, args) -> {
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private WeightCopies copies(Placement placement) {
    return WeightCopies.of(weights, placement, team, ProgressListener.NONE);
  }

  private static TensorRole query(int layer) {
    return TensorRole.weight(Kind.ATTENTION_QUERY, layer);
  }

  @Test
  void matrices_areCopiedToTheByte() {
    try (WeightCopies copies = copies(Placement.all(host))) {
      for (TensorRole role : List.of(EMBEDDING, query(0), query(5))) {
        TensorView copy = copies.weights().require(role);
        TensorView stored = weights.require(role);

        assertThat(copy.data().isMapped()).as("%s", role).isFalse();
        assertThat(copy.data().mismatch(stored.data())).as("%s", role).isEqualTo(-1);
        assertThat(copy.shape()).isEqualTo(stored.shape());
        assertThat(copy.format()).isEqualTo(stored.format());
      }
    }
  }

  @Test
  void vectors_stayInTheFile() {
    TensorRole norm = TensorRole.weight(Kind.ATTENTION_NORM, 0);
    try (WeightCopies copies = copies(Placement.all(host))) {
      assertThat(copies.weights().require(norm).data().isMapped()).isTrue();
    }
  }

  @Test
  void matricesOfDevices_areNotCopied() {
    Operations device = device();
    try (WeightCopies copies = copies(layer -> layer < 3 ? host : device)) {
      assertThat(copies.weights().require(EMBEDDING).data().isMapped()).isFalse();
      assertThat(copies.weights().require(query(2)).data().isMapped()).isFalse();
      assertThat(copies.weights().require(query(3)).data().isMapped()).isTrue();
    }
  }

  @Test
  void closed_freesTheCopiesOnce() {
    WeightCopies copies = copies(Placement.all(host));
    TensorView copy = copies.weights().require(EMBEDDING);
    copies.close();
    copies.close();

    assertThat(copy.data().scope().isAlive()).isFalse();
  }

  @Test
  void listener_isToldUpToTheEnd() {
    List<Progress> told = new ArrayList<>();
    WeightCopies.of(weights, Placement.all(host), team, told::add).close();

    assertThat(told).isNotEmpty().allMatch(p -> p.phase().equals("copy weights"));
    assertThat(told.stream().map(Progress::done)).isSorted();
    assertThat(told.getLast().fraction()).isEqualTo(1);
  }

  @Test
  void listenerThatThrows_endsTheWork() {
    assertThatThrownBy(() ->
            WeightCopies.of(
                weights,
                Placement.all(host),
                team,
                progress -> {
                  throw new IllegalStateException("enough");
                }))
        .hasMessage("enough");
  }

  @Test
  void tooLittleMemory_isRefusedWithBothNumbers() {
    assertThatThrownBy(() -> WeightCopies.checkFits(5_000, OptionalLong.of(4_999)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("weights", "5,000", "4,999", "mapped file");
    assertThatCode(() -> WeightCopies.checkFits(5_000, OptionalLong.of(5_000)))
        .doesNotThrowAnyException();
    assertThatCode(() -> WeightCopies.checkFits(5_000, OptionalLong.empty()))
        .doesNotThrowAnyException();
  }

  private static float[] logits(LoadOptions options) {
    try (Model model = Model.load(TinyNovels.directory(), options);
        InferenceSession session = model.newSession(64)) {
      return session.evaluate(1, 2, 3);
    }
  }

  @Test
  void model_computesWhatItComputesFromTheFile() {
    assertThat(logits(COPIED)).isEqualTo(logits(COPIED.withWeights(WeightMemory.MAPPED)));
  }

  /** Linux tells which pages of a mapping are resident in a process. */
  @Test
  void model_keepsLittleOfTheFileResidentBesideItsCopy() throws IOException {
    close(); // or its own mapping of the file would count
    Path file = TinyNovels.directory().resolve("model.safetensors");
    try (Model model = Model.load(TinyNovels.directory(), COPIED);
        InferenceSession session = model.newSession(64)) {
      session.evaluate(1, 2, 3);

      assertThat(resident(file)).isLessThan(Files.size(file) / 8);
    }
  }

  private static long resident(Path file) throws IOException {
    long bytes = 0;
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        inside = line.endsWith(" " + file.toRealPath());
      } else if (inside && line.startsWith("Rss:")) {
        bytes += Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return bytes;
  }
}
