package org.patchgrid.input;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.List;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.study.PatchgridException;

/** How the records of a prompt file become the fields of pairs. */
public sealed interface PromptDialect extends Serializable
    permits OwnDialect, EapIgDialect, AutoCircuitDialect, MibDialect {
  /** Whose format it is. */
  PromptFormat format();

  /**
   * What was chosen in the file, and what of it is left alone: {@code corrupted prompts from
   * corrupted_hard}. Files of equal content and dialects of equal description give equal pairs.
   */
  List<String> remarks();

  /**
   * The fields of a pair.
   *
   * @param raw a record as the file has it
   * @throws PatchgridException if the record is malformed
   */
  ObjectNode fields(ObjectNode raw, PromptLocation where);
}
