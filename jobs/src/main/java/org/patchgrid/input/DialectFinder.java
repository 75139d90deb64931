package org.patchgrid.input;

import java.util.List;
import java.util.Optional;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.study.PatchgridException;

/**
 * Tells whose format a prompt file has. A table or record whose names are all ours is ours; the
 * other formats need a name that is not.
 */
record DialectFinder(PromptLocation where, FileKind kind, FileSample sample, FormatChoice choice) {
  private static final String LOOKED_FOR =
      "looked for Patchgrid's clean and corrupted; EAP-IG's clean, corrupted and correct_idx,"
          + " answers_idx, country_idx, clean_answer_idx, label or plural in CSV;"
          + " auto-circuit's prompts in a JSON object; MIB's prompt and ..._counterfactual";

  /**
   * @throws PatchgridException if it is of no known format, or not of the chosen one
   */
  PromptDialect find() {
    PromptDialect dialect =
        choice.format().isPresent() ? chosen(choice.format().get()) : recognized();
    boolean hasOne =
        dialect.format() == PromptFormat.PATCHGRID || dialect.format() == PromptFormat.AUTO_CIRCUIT;
    if (hasOne && choice.counterfactual().isPresent()) {
      throw where.problem(
          "prompts.counterfactual = %s is for EAP-IG and MIB, and this is read as %s, whose records have one corrupted prompt each: leave it out"
              .formatted(choice.counterfactual().get(), dialect.format().title()));
    }
    return dialect;
  }

  private PromptDialect recognized() {
    if (sample.isPromptDocument()) {
      return autoCircuit();
    }
    boolean isOurs = sample.names().stream().allMatch(PromptFields::isKnown);
    if (isOurs) {
      return own();
    }
    Optional<PromptDialect> foreign = eapIg().or(this::mib);
    if (foreign.isPresent()) {
      return foreign.get();
    }
    boolean isAlmostOurs = sample.names().stream().anyMatch(PromptFields::isKnown);
    if (isAlmostOurs) {
      return own(); // whose complaint about the unknown name says more
    }
    throw unrecognized();
  }

  private PromptDialect chosen(PromptFormat format) {
    return switch (format) {
      case PATCHGRID -> own();
      case EAP_IG -> eapIg().orElseThrow(this::notAsChosen);
      case MIB -> mib().orElseThrow(this::notAsChosen);
      case AUTO_CIRCUIT -> {
        if (!sample.isPromptDocument()) {
          throw notAsChosen();
        }
        yield autoCircuit();
      }
    };
  }

  private PromptDialect own() {
    if (sample.isPromptDocument()) {
      throw notAsChosen();
    }
    if (sample.isTable()) {
      PromptFields.checkColumns(sample.names(), where);
    }
    return new OwnDialect(sample.isTable());
  }

  private Optional<PromptDialect> eapIg() {
    return kind == FileKind.CSV
        ? EapIgDialect.of(sample.names(), choice.counterfactual(), where).map(d -> d)
        : Optional.empty();
  }

  private Optional<PromptDialect> mib() {
    return kind == FileKind.CSV
        ? Optional.empty()
        : MibDialect.of(sample.names(), choice.counterfactual(), where).map(d -> d);
  }

  private PromptDialect autoCircuit() {
    return AutoCircuitDialect.of(sample.wordIndices(), sample.countsBos());
  }

  private PatchgridException unrecognized() {
    return where.problem(
        "cannot tell the format of the prompts: %s %s; %s"
            .formatted(
                sample.isTable() ? "the columns are" : "the fields are", names(), LOOKED_FOR));
  }

  private PatchgridException notAsChosen() {
    return where.problem(
        "this is not the format that prompts.format = %s names: %s"
            .formatted(
                choice.format().map(PromptFormat::label).orElse("auto"),
                sample.isPromptDocument()
                    ? "it is a JSON object with a list of prompts"
                    : "it is a " + kind.suffix() + " file with " + names() + "; " + LOOKED_FOR));
  }

  private String names() {
    List<String> names = sample.names();
    return String.join(", ", names.subList(0, Math.min(12, names.size())))
        + (names.size() > 12 ? ", ..." : "");
  }
}
