package org.patchgrid.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.CacheDirectory;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.Reason;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * Turns pairs of prompts into token ids, and says which pairs cannot be used and why.
 *
 * <p>What is wrong with one pair never throws: it is the pair's status, with a reason of one line.
 * Prompts are neither truncated nor padded, whatever tokenizer.json asks for.
 *
 * <p>Holds native memory until it is closed. May be shared between threads: the native tokenizer is
 * only read. No thread may be using it when it is closed.
 */
public final class PromptTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final BosToken bosToken;
  private final TextEncoder encoder;
  private final int vocabularySize;

  private PromptTokenizer(
      HuggingFaceTokenizer tokenizer,
      Vocabulary vocabulary,
      BosToken bosToken,
      int vocabularySize) {
    this.tokenizer = tokenizer;
    this.bosToken = bosToken;
    this.encoder = new TextEncoder(tokenizer, vocabulary, bosToken);
    this.vocabularySize = vocabularySize;
  }

  /**
   * Opens the tokenizer of a model, after {@link TokenizerCheck} has seen it load elsewhere.
   *
   * @param modelDirectory holds tokenizer.json and, where the model has one, tokenizer_config.json
   * @param vocabularySize rows of the model's embedding; ids must be below it
   * @throws PatchgridException when a file is missing or damaged
   */
  public static PromptTokenizer open(Path modelDirectory, int vocabularySize) {
    return open(modelDirectory, vocabularySize, new TokenizerCheck(CacheDirectory.ofThisMachine()));
  }

  static PromptTokenizer open(Path modelDirectory, int vocabularySize, TokenizerCheck check) {
    Path file = modelDirectory.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new PatchgridException(
          "Cannot find %s: Patchgrid needs a model's tokenizer.json; download it beside config.json"
              .formatted(file));
    }
    try {
      byte[] content = Files.readAllBytes(file);
      check.check(file, content);
      Vocabulary vocabulary = Vocabulary.read(content);
      requireEmbeddings(file, vocabulary, vocabularySize);
      BosToken bosToken = BosToken.read(modelDirectory, vocabulary);
      return new PromptTokenizer(
          TokenizerProbe.load(new ByteArrayInputStream(content)),
          vocabulary,
          bosToken,
          vocabularySize);
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot read %s: %s; check its permissions or download it again"
              .formatted(file, Reason.of(e)),
          e);
    }
  }

  /** Added tokens may have no embedding: some stand for images. Pairs that have one are invalid. */
  private static void requireEmbeddings(Path file, Vocabulary vocabulary, int vocabularySize) {
    if (vocabulary.largestId() >= vocabularySize) {
      throw new PatchgridException(
          "%s has tokens up to id %d, and the model has embeddings of %d: tokenizer.json and the weights are not of one model; download both again"
              .formatted(file, vocabulary.largestId(), vocabularySize));
    }
  }

  /**
   * Reads one pair. Where several things are wrong with it, the first is told: the prompts, their
   * lengths, the answer, the foil, the labels.
   *
   * @throws PatchgridException if {@code bos} is {@link BosPolicy#ALWAYS} and the tokenizer has no
   *     BOS token
   */
  public TokenizedPair tokenize(PromptPair pair, BosPolicy bos, AnswerTokenPolicy policy) {
    if (bos == BosPolicy.ALWAYS) {
      bosToken.require();
    }
    PromptReader prompts = new PromptReader(encoder, vocabularySize);
    EncodedPrompt clean = prompts.read("clean", pair.clean(), bos);
    boolean hasCorrupted = pair.hasCorrupted();
    EncodedPrompt corrupted =
        hasCorrupted ? prompts.read("corrupted", pair.corrupted(), bos) : clean;
    AnswerReader answers = new AnswerReader(encoder, vocabularySize, bos, policy);

    PairStatus status = PairStatus.OK;
    Optional<String> reason = Optional.empty();
    AnswerTokens answer = new AnswerTokens.None();
    AnswerTokens foil = new AnswerTokens.None();
    Map<String, TokenSpan> labels = Map.of();
    try {
      requireUsable(clean, corrupted);
      answer = answers.read("answer", pair.answer(), clean);
      foil = answers.read("foil", hasCorrupted ? pair.foil() : withoutRun(pair.foil()), clean);
      labels = new LabelFinder(clean, corrupted).find(pair.labels());
    } catch (UnusablePair problem) {
      status = problem.status();
      reason = Optional.of(problem.reason());
    }
    return new TokenizedPair(
        pair,
        status,
        reason,
        clean.text(),
        hasCorrupted ? corrupted.text() : "",
        clean.tokens(),
        corrupted.tokens(),
        labels,
        answer,
        foil);
  }

  /** The top token of a run that there is not, is none. */
  private static AnswerSpec withoutRun(AnswerSpec foil) {
    return foil instanceof AnswerSpec.Auto ? new AnswerSpec.None() : foil;
  }

  /**
   * The tokens of a text alone, without those that the tokenizer puts around it; empty if it
   * refuses the text.
   */
  public Optional<TokenSequence> tokens(String text) {
    try {
      return Optional.of(encoder.encode(text, BosPolicy.NEVER).tokens());
    } catch (UnusablePair refused) {
      return Optional.empty();
    }
  }

  /** The token of an id as the vocabulary spells it; {@code [id]} for one without a token. */
  public String spelling(int id) {
    return encoder.spelling(id);
  }

  /**
   * What it does with a sentence.
   *
   * @throws PatchgridException if it refuses it
   */
  public TokenizerBehaviour behaviour(String sentence) {
    try {
      TokenSequence tokens = encoder.encode(sentence, BosPolicy.NEVER).tokens();
      List<String> added =
          new ArrayList<>(encoder.encode(sentence, BosPolicy.TOKENIZER).tokens().texts());
      tokens.texts().forEach(added::remove);
      return new TokenizerBehaviour(sentence, added, tokens.texts(), encoder.decode(tokens.ids()));
    } catch (UnusablePair problem) {
      throw new PatchgridException(problem.reason(), problem);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static void requireUsable(EncodedPrompt clean, EncodedPrompt corrupted)
      throws UnusablePair {
    Optional<String> problem = clean.problem().or(corrupted::problem);
    if (problem.isPresent()) {
      throw new UnusablePair(PairStatus.INVALID, problem.get());
    }
    int cleanLength = clean.tokens().length();
    int corruptedLength = corrupted.tokens().length();
    if (cleanLength != corruptedLength) {
      throw new UnusablePair(
          PairStatus.LENGTH_MISMATCH,
          "clean has %d tokens, corrupted %d; reword one prompt so that both have equally many"
              .formatted(cleanLength, corruptedLength));
    }
  }
}
