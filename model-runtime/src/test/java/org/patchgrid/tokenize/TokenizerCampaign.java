package org.patchgrid.tokenize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Damaged tokenizers through the check and, where it passes them, into a driver's hands
 * (bin/fuzz-tokenizers): the check may die of any, what it has passed may not harm who uses it.
 */
public final class TokenizerCampaign {
  private static final int MUTANTS_A_BATCH = 250;
  private static final long MOST_MILLISECONDS = 1000;
  private static final String HEADER =
      "first\tmutants\tpassed\trefused\tdied_in_check\tfindings\tslowest_ms\tgrown_mib\n";

  private final Path out;
  private final TokenizerMutants mutants = TokenizerMutants.ofEveryStyle();

  /**
   * What came of some mutants.
   *
   * @param passed the check
   * @param deaths of processes that checked
   * @param slowest milliseconds of a use
   * @param grown bytes of the process that used all that passed, from its first to its last
   */
  record Batch(int passed, int refused, int deaths, int findings, long slowest, long grown) {}

  TokenizerCampaign(Path out) throws IOException {
    this.out = Files.createDirectories(out);
  }

  /**
   * Goes on where it was stopped.
   *
   * @param arguments a directory for what was found, and how many mutants
   */
  public static void main(String[] arguments) throws IOException {
    TokenizerCampaign campaign = new TokenizerCampaign(Path.of(arguments[0]));
    Path list = campaign.out.resolve("tokenizers.tsv");
    if (!Files.exists(list)) {
      Files.writeString(list, HEADER);
    }
    int done = (Files.readAllLines(list).size() - 1) * MUTANTS_A_BATCH;
    int findings = 0;
    for (int first = done; first < Integer.parseInt(arguments[1]); first += MUTANTS_A_BATCH) {
      Batch batch = campaign.batch(first, MUTANTS_A_BATCH);
      findings += batch.findings();
      String line =
          "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n"
              .formatted(
                  first,
                  MUTANTS_A_BATCH,
                  batch.passed(),
                  batch.refused(),
                  batch.deaths(),
                  batch.findings(),
                  batch.slowest(),
                  batch.grown() >> 20);
      Files.writeString(list, line, StandardOpenOption.APPEND);
      System.out.print(line);
    }
    System.exit(findings > 0 ? 1 : 0);
  }

  Batch batch(int first, int count) throws IOException {
    int passed = 0;
    int refused = 0;
    int findings = 0;
    long slowest = 0;
    long residentAtFirst = 0;
    long residentAtLast = 0;
    Path checked = Files.createDirectories(out.resolve("checked"));
    Path used = Files.createDirectories(out.resolve("used"));
    try (ServantProcess check = new ServantProcess(checked);
        ServantProcess driver = new ServantProcess(used)) {
      requirePassed(check.ask("probe", mutants.whole()));
      requirePassed(driver.ask("use", mutants.whole()));
      for (int number = first; number < first + count; number++) {
        byte[] mutant = mutants.mutant(number);
        Optional<ServantProcess.Reply> verdict = check.ask("probe", mutant);
        if (verdict.isEmpty() || verdict.get().answer() != TokenizerServant.Answer.PASSED) {
          refused++;
          continue;
        }
        passed++;
        Optional<ServantProcess.Reply> use = driver.ask("use", mutant);
        if (isFinding(use)) {
          findings++;
          keep(number, mutant, use);
        }
        slowest = Math.max(slowest, use.map(ServantProcess.Reply::milliseconds).orElse(0L));
        residentAtLast = driver.residentBytes().orElse(residentAtLast);
        residentAtFirst = residentAtFirst == 0 ? residentAtLast : residentAtFirst;
      }
      return new Batch(
          passed, refused, check.deaths(), findings, slowest, residentAtLast - residentAtFirst);
    }
  }

  /** What is whole passes, or nothing is learnt from what does not. */
  private static void requirePassed(Optional<ServantProcess.Reply> reply) {
    if (reply.isEmpty() || reply.get().answer() != TokenizerServant.Answer.PASSED) {
      throw new IllegalStateException("A whole tokenizer does not pass: " + reply);
    }
  }

  private static boolean isFinding(Optional<ServantProcess.Reply> use) {
    return use.isEmpty()
        || use.get().answer() == TokenizerServant.Answer.BUG
        || use.get().milliseconds() > MOST_MILLISECONDS;
  }

  private void keep(int number, byte[] mutant, Optional<ServantProcess.Reply> use)
      throws IOException {
    Path findings = Files.createDirectories(out.resolve("findings"));
    Files.write(findings.resolve(number + ".json"), mutant);
    String why = use.map(Object::toString).orElse("the process that used it died");
    Files.write(findings.resolve(number + ".txt"), List.of(why));
    System.out.println("mutant " + number + ": " + why);
  }
}
