package org.patchgrid.input;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One record of a prompt file.
 *
 * @param fields as the file has them, not yet checked
 */
record PromptRecord(PromptIndex.Checkpoint start, PromptLocation where, ObjectNode fields) {}
