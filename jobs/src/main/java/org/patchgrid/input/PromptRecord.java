package org.patchgrid.input;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One record of a prompt file, as fields that are not yet checked. */
record PromptRecord(PromptIndex.Checkpoint start, ObjectNode fields) {}
